/*
 * Breakages of single fields, each of which one decision of a reader refuses: a header's byte, a point or scalar of a
 * proof, a JSON value of another kind, a column. What the mutation of the verifier (test/mutation) asks for.
 */
#include "base/file.h"
#include "base/json.h"
#include "unit/breakage.h"
#include "unit/sample.h"
#include <string.h>

#define GOOD "whole"
#define F VERIFY_FAILS
#define PATCH(n, f, a, b, c, s) {.name = n, .shape = GOOD, .check = c, .outcome = F, .about = s, .edit = EDIT_PATCH, .file = f, .at = a, .with = b}
#define FLIP(n, f, a, c, s) {.name = n, .shape = GOOD, .check = c, .outcome = F, .about = s, .edit = EDIT_FLIP, .file = f, .at = a}
#define SHORT(n, f, a, c, s) {.name = n, .shape = GOOD, .check = c, .outcome = F, .about = s, .edit = EDIT_CUT_AT, .file = f, .at = a}
#define TEXT(n, f, a, b, c, s) {.name = n, .shape = GOOD, .check = c, .outcome = F, .about = s, .edit = EDIT_REPLACE, .file = f, .find = a, .with = b}
#define DO(n, c, s, f) {.name = n, .shape = GOOD, .check = c, .outcome = F, .about = s, .alter = f}
#define P "lists/presidencia/"
#define HIGH "\xff\xff\xff\xff\xff\xff\xff\xff" /* the scalar that begins so is above n */

/* presidencia: 12 votes, width 3; the header ends at 57 (PROTOCOL 9). */
enum { N = 12, HEAD = 57, A = HEAD + 10 * 65, R_A = A + 32 * N, TAU = R_A + 32, AT = TAU + 32, RT = AT + 32 * N,
       BT = RT + 32, FACTORS = HEAD + 65 * 3 * N };

static enum status json_file(struct whole *w, const char *file, const char *path, json_t *value)
{
	json_t *root = json_load_file(whole_path(w, file), 0, NULL);
	struct buffer b = BUFFER_INIT;
	enum status r;

	sample_set(root, path, value);
	if ((r = json_write(&b, root)) == OK)
		r = file_replace(whole_path(w, file), b.data, b.len, 0644);
	buffer_free(&b);
	json_decref(root);
	return r;
}

#define JSON(name, file, path, value)                                                                                  \
	static enum status name(struct whole *w)                                                                       \
	{                                                                                                              \
		return json_file(w, file, path, value);                                                                \
	}
#define OFF_CURVE                                                                                                      \
	"04" "0000000000000000000000000000000000000000000000000000000000000001"                                        \
	     "0000000000000000000000000000000000000000000000000000000000000001"

static json_t *many(size_t n, json_t *item)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append(list, item);
	json_decref(item);
	return list;
}

JSON(keys_members_object, "keys.json", "members", json_object())
JSON(keys_members_few, "keys.json", "members", json_pack("[{s:i, s:s}]", "card", 1, "name", "x"))
JSON(keys_members_many, "keys.json", "members", many(300, json_object()))
JSON(keys_member_name, "keys.json", "members.0.name", json_integer(1))
JSON(keys_member_field, "keys.json", "members.0.note", json_string(""))
JSON(keys_commitments_object, "keys.json", "commitments", json_object())
JSON(keys_committee_five, "keys.json", "committee_key",
     many(5, json_hex(w->keys->committee_key[0].octets, POINT_BYTES)))
JSON(keys_committee_twice, "keys.json", "committee_key.1", json_hex(w->keys->committee_key[0].octets, POINT_BYTES))
JSON(too_many_voters, "election.json", "max_voters", json_integer(3))
JSON(seal_format_number, "seal.json", "format", json_integer(1))
JSON(keys_point_number, "keys.json", "commitments.0", json_integer(4))
JSON(keys_point_off, "keys.json", "election_key", json_string(OFF_CURVE))
JSON(keys_commitment_off, "keys.json", "commitments.0", json_string(OFF_CURVE))
JSON(keys_election_number, "keys.json", "election", json_integer(1))
JSON(keys_election_long, "keys.json", "election", json_string("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff"))
JSON(keys_threshold_beyond, "keys.json", "threshold", json_integer(6))
JSON(keys_threshold_text, "keys.json", "threshold", json_string("3"))
JSON(opening_election_number, "opening.json", "election", json_integer(1))
JSON(opening_opened_number, "opening.json", "opened", json_integer(1))
JSON(opening_opened_long, "opening.json", "opened", json_string("2027-05-15T20:00:00.000000000000000000000-06:00"))
JSON(opening_opened_none, "opening.json", "opened", json_string("ayer"))
JSON(opening_no_keys, "opening.json", "system_keys", json_array())
JSON(opening_registrar_off, "opening.json", "registrar_key", json_string(OFF_CURVE))
JSON(opening_hash_number, "opening.json", "system_hash", json_integer(1))
JSON(seal_eid_number, "seal.json", "eid", json_integer(1))
JSON(seal_ballots_negative, "seal.json", "ballots", json_integer(-1))
JSON(seal_signature_number, "seal.json", "signature", json_integer(1))
JSON(seal_signature_long, "seal.json", "signature",
     json_string("3000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
                 "000000000000000000000000000000000000000000000000000000000000000000000000000000"))
JSON(seal_reissues_hash, "seal.json", "reissues_sha256", json_integer(0))
JSON(ask_object, "challenges.json", "challenges", json_object())
JSON(ask_list, "challenges.json", "challenges.0.list", json_integer(0))
JSON(ask_observer, "challenges.json", "challenges.0.observer", json_integer(0))
JSON(ask_u, "challenges.json", "challenges.0.u", json_integer(0))
JSON(ask_v, "challenges.json", "challenges.0.v", json_integer(0))
JSON(ask_v_high, "challenges.json", "challenges.0.v",
     json_string("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"))
JSON(ask_answer, "challenges.json", "challenges.0.answer", json_integer(0))

/* Ballot 2, its first contest at 102, signed again by its voter after each change. */
enum { CONTEST = 102, WIDTH = CONTEST + 12, C0 = WIDTH + 1, PROOF = C0 + 4 * 65, ANSWER = PROOF + 65 };

static enum status ballot_byte(struct whole *w, size_t at, uint8_t value)
{
	w->ballots[2].bytes.data[at] = value;
	TRY(whole_sign(w, 2, w->ballots[2].person));
	return whole_reseal(w);
}

#define BALLOT(name, at, value)                                                                                        \
	static enum status name(struct whole *w)                                                                       \
	{                                                                                                              \
		return ballot_byte(w, at, value);                                                                      \
	}
BALLOT(ballot_no_contests, CONTEST - 1, 0)
BALLOT(ballot_255_contests, CONTEST - 1, 255)
BALLOT(ballot_name_none, CONTEST, 0)
BALLOT(ballot_name_upper, CONTEST + 1, 'P')
BALLOT(ballot_name_long, CONTEST, 41)
BALLOT(ballot_width_1, WIDTH, 1)
BALLOT(ballot_width_5, WIDTH, 5)
BALLOT(ballot_proof_off, PROOF + 20, 0xa5)

static enum status ballot_scalar_high(struct whole *w)
{
	memset(w->ballots[2].bytes.data + ANSWER, 0xff, 32);
	TRY(whole_sign(w, 2, w->ballots[2].person));
	return whole_reseal(w);
}

static enum status ballot_too_long(struct whole *w)
{
	while (w->ballots[2].bytes.len <= 64 * 1024)
		buffer_u8(&w->ballots[2].bytes, 0);
	return whole_reseal(w);
}

/* +1 on one proof's answer, -1 on the next's: with one weight for both they would cancel. */
static enum status ballot_cancel(struct whole *w)
{
	uint8_t *first = w->ballots[2].bytes.data + ANSWER, *second = first + 32 + 1;
	struct scalar z;

	second += second[-1] + 1;               /* past the name, at its points */
	second += ((size_t)second[-1] + 2) * 65; /* past them and A' */
	if (!scalar_read(&z, first))
		return E_FAILED;
	scalar_add(&z, &z, &SCALAR_ONE);
	scalar_write(first, &z);
	if (!scalar_read(&z, second))
		return E_FAILED;
	scalar_sub(&z, &z, &SCALAR_ONE);
	scalar_write(second, &z);
	TRY(whole_sign(w, 2, w->ballots[2].person));
	return whole_reseal(w);
}

/* Ballot 2 cut off here. */
#define BALLOT_CUT(name, at)                                                                                           \
	static enum status name(struct whole *w)                                                                       \
	{                                                                                                              \
		w->ballots[2].bytes.len = at;                                                                          \
		return whole_reseal(w);                                                                                \
	}
BALLOT_CUT(ballot_cut_in_eid, 20)
BALLOT_CUT(ballot_cut_in_name, CONTEST + 5)
BALLOT_CUT(ballot_cut_in_point, C0 + 30)
BALLOT(ballot_magic, 0, 'X')

/* Some bytes of ballot 2 for others, signed again. */
static enum status ballot_splice(struct whole *w, size_t from, size_t len, const void *with, size_t with_len)
{
	struct buffer *b = &w->ballots[2].bytes, out = BUFFER_INIT;

	buffer_put(&out, b->data, from);
	buffer_put(&out, with, with_len);
	buffer_put(&out, b->data + from + len, b->len - from - len);
	buffer_free(b);
	*b = out;
	TRY(whole_sign(w, 2, w->ballots[2].person));
	return whole_reseal(w);
}

static enum status ballot_narrower(struct whole *w) /* a good form, of width 2 where 3 is due */
{
	w->ballots[2].bytes.data[WIDTH] = 2;
	return ballot_splice(w, C0 + 3 * 65, 65, "", 0);
}

static enum status ballot_name_of_41(struct whole *w)
{
	return ballot_splice(w, CONTEST, 12, ")aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 42); /* ')' is 41 */
}

static enum status credential_twice(struct whole *w) /* the first voter's, in another district too */
{
	w->people[w->n_people] = w->people[0];
	w->people[w->n_people++].district = 1;
	return whole_write_credentials(w);
}

/* To whom, or from whom, is not in credentials.csv. */
static enum status reissue_with_nobody(struct whole *w, bool to)
{
	unsigned voter = whole_find(w, 1, false, 3), spare = whole_find(w, 1, true, 0), nobody = w->n_people++;
	struct whole_person *p = &w->people[nobody];

	p->district = 1;
	TRY(scalar_random(&p->sk));
	TRY(point_mul_base(&p->credential, &p->sk));
	w->reissues[w->n_reissues].from = to ? voter : nobody;
	w->reissues[w->n_reissues++].to = to ? nobody : spare;
	return whole_write_reissues(w);
}

static enum status reissue_to_nobody(struct whole *w)
{
	return reissue_with_nobody(w, true);
}

static enum status reissue_from_nobody(struct whole *w)
{
	return reissue_with_nobody(w, false);
}

static enum status reissue_signature(struct whole *w, const char *line_end)
{
	TRY(breakage_edit(w, EDIT_CUT_AT, "reissues.csv", NULL, NULL, 262));
	return breakage_edit(w, EDIT_APPEND, "reissues.csv", NULL, line_end, 0);
}

static enum status reissue_unsigned(struct whole *w)
{
	return reissue_signature(w, "\n");
}

static enum status reissue_signature_long(struct whole *w)
{
	char line[2 * 400 + 2];

	memset(line, '0', sizeof line - 2);
	strcpy(line + sizeof line - 2, "\n");
	return reissue_signature(w, line);
}

/* A digit of this column of the first valid row that is no lower-case one. */
static enum status upper_column(struct whole *w, int column)
{
	struct buffer in = BUFFER_INIT;
	char *at;
	enum status r;

	TRY(file_read(&in, whole_path(w, "decrypted-votes.csv"), 1 << 26));
	buffer_u8(&in, '\0');
	if ((at = strstr((char *)in.data, ",valid,")) == NULL)
		return E_FAILED;
	for (at += 7; column > 0; column--)
		at = strchr(at, ',') + 1;
	/* a column of digits alone gets a letter: it is refused before it is compared */
	at[strcspn(at, "abcdef,\n") < strcspn(at, ",\n") ? strcspn(at, "abcdef,\n") : 0] = 'A';
	r = file_replace(whole_path(w, "decrypted-votes.csv"), in.data, in.len - 1, 0644);
	buffer_free(&in);
	return r;
}

static enum status upper_seed(struct whole *w)
{
	return upper_column(w, 1);
}

static enum status upper_plain(struct whole *w)
{
	return upper_column(w, 2);
}

static enum status lists_is_a_file(struct whole *w)
{
	TRY(breakage_edit(w, EDIT_REMOVE, "lists", NULL, NULL, 0));
	return breakage_edit(w, EDIT_ADD, "lists", NULL, "", 0);
}

/* A row that says nothing known, with the columns of one that has no more to show. */
static enum status vote_of_no_status(struct whole *w)
{
	struct buffer in = BUFFER_INIT;
	char *row, *columns, *end;
	enum status r;

	TRY(file_read(&in, whole_path(w, "decrypted-votes.csv"), 1 << 26));
	buffer_u8(&in, '\0');
	if ((row = strstr((char *)in.data, ",valid,")) == NULL || (columns = strchr(row + 7, ',')) == NULL ||
	    (end = strchr(row, '\n')) == NULL)
		return E_FAILED;
	memcpy(row, ",Valid,", 7);
	memcpy(columns, ",,,", 3);
	memmove(columns + 3, end, strlen(end) + 1);
	r = file_replace(whole_path(w, "decrypted-votes.csv"), in.data, strlen((char *)in.data), 0644);
	buffer_free(&in);
	return r;
}

/* A mismatch whose W is -A, asked with u = v: the sum is the point at infinity, which has no x to compare. */
static enum status challenge_infinity(struct whole *w)
{
	uint8_t one[32] = {0}, zero[32] = {0};
	unsigned l = 0;
	struct opened_vote *v;
	uint64_t i;
	json_t *c;

	for (unsigned k = 0;; k++) {
		i = whole_vote_with(w, VOTE_MISMATCH, k, &l);
		v = &w->lists[l].votes[i];
		if (memcmp(v->inner, POINT_GENERATOR.octets + 1, 32) != 0)
			break;
	}
	point_neg(&v->w, &w->keys->election_key);
	one[31] = 1;
	c = json_array_get(w->challenges, 0);
	json_object_set_new(c, "list", json_string(w->lists[l].plan.name));
	json_object_set_new(c, "idx", json_integer((json_int_t)i));
	json_object_set_new(c, "u", json_hex(one, 32));
	json_object_set_new(c, "v", json_hex(one, 32));
	json_object_set_new(c, "answer", json_hex(zero, 32));
	while (json_array_size(w->challenges) > 1)
		json_array_remove(w->challenges, 1);
	TRY(whole_write_votes(w));
	return whole_write_challenges(w);
}

const struct breakage BREAKAGES_FIELDS[] = {
    SHORT("box-cut-in-magic", "encrypted-votes.box", 2, CHECK_BOX, "VMX1"),
    SHORT("box-cut-in-eid", "encrypted-votes.box", 20, CHECK_BOX, "otra elección"),
    SHORT("box-cut-in-count", "encrypted-votes.box", 40, CHECK_BOX, "no cabe"),
    FLIP("list-magic", P "0.list", 0, CHECK_LISTS, "VML1"),
    FLIP("list-name-length", P "0.list", 36, CHECK_LISTS, "no es «presidencia»"),
    SHORT("list-cut-in-magic", P "0.list", 2, CHECK_LISTS, "VML1"),
    SHORT("list-cut-in-eid", P "0.list", 20, CHECK_LISTS, "otra elección"),
    SHORT("list-cut-in-name", P "0.list", 40, CHECK_LISTS, "no es «presidencia»"),
    FLIP("proof-magic", P "1.proof", 0, CHECK_SHUFFLES, "VMP1"),
    FLIP("proof-name-length", P "1.proof", 36, CHECK_SHUFFLES, "otra lista"),
    FLIP("proof-width", P "1.proof", 48, CHECK_SHUFFLES, "otro ancho"),
    FLIP("proof-count", P "1.proof", 56, CHECK_SHUFFLES, "otro ancho"),
    FLIP("proof-c-a", P "1.proof", HEAD + 20, CHECK_SHUFFLES, "un punto"),
    FLIP("proof-c-b", P "1.proof", HEAD + 65 + 20, CHECK_SHUFFLES, "un punto"),
    FLIP("proof-c-a0", P "1.proof", HEAD + 2 * 65 + 20, CHECK_SHUFFLES, "un punto"),
    FLIP("proof-e0", P "1.proof", HEAD + 6 * 65 + 20, CHECK_SHUFFLES, "un punto"),
    FLIP("proof-c-d", P "1.proof", HEAD + 7 * 65 + 20, CHECK_SHUFFLES, "un punto"),
    FLIP("proof-c-delta", P "1.proof", HEAD + 8 * 65 + 20, CHECK_SHUFFLES, "un punto"),
    FLIP("proof-c-delta2", P "1.proof", HEAD + 9 * 65 + 20, CHECK_SHUFFLES, "un punto"),
    PATCH("proof-a-high", P "1.proof", R_A - 32, HIGH, CHECK_SHUFFLES, "menor que n"),
    PATCH("proof-r-a-high", P "1.proof", R_A, HIGH, CHECK_SHUFFLES, "menor que n"),
    PATCH("proof-tau-high", P "1.proof", TAU, HIGH, CHECK_SHUFFLES, "menor que n"),
    PATCH("proof-at-high", P "1.proof", RT - 32, HIGH, CHECK_SHUFFLES, "menor que n"),
    PATCH("proof-rt-high", P "1.proof", RT, HIGH, CHECK_SHUFFLES, "menor que n"),
    PATCH("proof-bt-high", P "1.proof", BT + 32 * (N - 1), HIGH, CHECK_SHUFFLES, "menor que n"),
    PATCH("proof-st-high", P "1.proof", BT + 32 * N, HIGH, CHECK_SHUFFLES, "menor que n"),
    FLIP("decryption-magic", P "decryption", 0, CHECK_DECRYPTION, "VMD1"),
    FLIP("decryption-eid", P "decryption", 20, CHECK_DECRYPTION, "otra elección"),
    FLIP("decryption-name-length", P "decryption", 36, CHECK_DECRYPTION, "otra lista"),
    FLIP("decryption-width", P "decryption", 48, CHECK_DECRYPTION, "otro ancho"),
    FLIP("decryption-count", P "decryption", 56, CHECK_DECRYPTION, "otro ancho"),
    FLIP("decryption-point", P "decryption", FACTORS + 20, CHECK_DECRYPTION, "un punto de la prueba"),
    FLIP("decryption-second-point", P "decryption", FACTORS + 65 + 20, CHECK_DECRYPTION, "un punto de la prueba"),
    PATCH("decryption-answer-high", P "decryption", FACTORS + 130, HIGH, CHECK_DECRYPTION, "menor que n"),
    SHORT("decryption-cut-in-magic", P "decryption", 2, CHECK_DECRYPTION, "VMD1"),
    SHORT("decryption-cut-in-eid", P "decryption", 20, CHECK_DECRYPTION, "otra elección"),
    SHORT("decryption-cut-in-name", P "decryption", 40, CHECK_DECRYPTION, "otra lista"),
    SHORT("decryption-cut-in-factors", P "decryption", 300, CHECK_DECRYPTION, "cortad"),
    SHORT("decryption-cut-in-proof", P "decryption", FACTORS + 70, CHECK_DECRYPTION, "un punto de la prueba"),
    DO("keys-members-object", CHECK_KEYS, "members", keys_members_object),
    DO("keys-members-few", CHECK_KEYS, "members", keys_members_few),
    DO("keys-members-many", CHECK_KEYS, "members", keys_members_many),
    DO("keys-member-name", CHECK_KEYS, "name", keys_member_name),
    DO("keys-member-field", CHECK_KEYS, "note", keys_member_field),
    DO("keys-commitments-object", CHECK_KEYS, "commitments", keys_commitments_object),
    DO("keys-committee-five", CHECK_KEYS, "committee_key", keys_committee_five),
    DO("keys-point-number", CHECK_KEYS, "commitments", keys_point_number),
    DO("keys-point-off-curve", CHECK_KEYS, "election_key", keys_point_off),
    DO("keys-commitment-off-curve", CHECK_KEYS, "commitments", keys_commitment_off),
    DO("keys-election-number", CHECK_KEYS, "election", keys_election_number),
    DO("keys-election-long", CHECK_KEYS, "demasiado largo", keys_election_long),
    DO("keys-threshold-beyond", CHECK_KEYS, "threshold", keys_threshold_beyond),
    DO("keys-threshold-text", CHECK_KEYS, "threshold", keys_threshold_text),
    DO("opening-election-number", CHECK_OPENING, "election", opening_election_number),
    DO("opening-opened-number", CHECK_OPENING, "opened", opening_opened_number),
    DO("opening-opened-long", CHECK_OPENING, "opened", opening_opened_long),
    DO("opening-opened-no-moment", CHECK_OPENING, "opened", opening_opened_none),
    DO("opening-no-keys", CHECK_OPENING, "system_keys", opening_no_keys),
    DO("opening-registrar-off-curve", CHECK_OPENING, "registrar_key", opening_registrar_off),
    DO("opening-hash-number", CHECK_OPENING, "system_hash", opening_hash_number),
    DO("seal-eid-number", CHECK_SEAL, "eid", seal_eid_number),
    DO("seal-ballots-negative", CHECK_SEAL, "ballots", seal_ballots_negative),
    DO("seal-signature-number", CHECK_SEAL, "signature", seal_signature_number),
    DO("seal-signature-long", CHECK_SEAL, "signature", seal_signature_long),
    DO("seal-reissues-number", CHECK_SEAL, "reissues_sha256", seal_reissues_hash),
    {.name = "seal-an-array", .shape = GOOD, .check = CHECK_SEAL, .outcome = F, .about = "no es un objeto",
     .edit = EDIT_WHOLE, .file = "seal.json", .with = "[]"},
    DO("challenges-object", CHECK_CHALLENGES, "challenges", ask_object),
    DO("challenge-list-number", CHECK_CHALLENGES, "list", ask_list),
    DO("challenge-observer-number", CHECK_CHALLENGES, "observer", ask_observer),
    DO("challenge-u-number", CHECK_CHALLENGES, "«u»", ask_u),
    DO("challenge-v-number", CHECK_CHALLENGES, "«v»", ask_v),
    DO("challenge-v-high", CHECK_CHALLENGES, "v no es menor", ask_v_high),
    DO("challenge-answer-number", CHECK_CHALLENGES, "answer", ask_answer),
    DO("challenge-infinity", CHECK_CHALLENGES, "no se cumple", challenge_infinity),
    DO("ballot-no-contests", CHECK_BALLOTS, "número de elecciones", ballot_no_contests),
    DO("ballot-255-contests", CHECK_BALLOTS, "número de elecciones", ballot_255_contests),
    DO("ballot-name-none", CHECK_BALLOTS, "nombre de una elección", ballot_name_none),
    DO("ballot-name-upper", CHECK_BALLOTS, "nombre de una elección", ballot_name_upper),
    DO("ballot-name-long", CHECK_BALLOTS, "nombre de una elección", ballot_name_long),
    DO("ballot-width-1", CHECK_BALLOTS, "ancho", ballot_width_1),
    DO("ballot-width-5", CHECK_BALLOTS, "ancho", ballot_width_5),
    DO("ballot-proof-off-curve", CHECK_BALLOTS, "el punto de una prueba", ballot_proof_off),
    DO("ballot-scalar-high", CHECK_BALLOTS, "menor que n", ballot_scalar_high),
    DO("ballot-too-long", CHECK_BALLOTS, "demasiado larga", ballot_too_long),
    DO("ballot-proofs-that-cancel", CHECK_BALLOTS, "prueba de conocimiento", ballot_cancel),
    DO("lists-is-a-file", CHECK_LISTS, "lists: no es una carpeta", lists_is_a_file),
    DO("keys-committee-twice", CHECK_KEYS, "no son distintas", keys_committee_twice),
    DO("seal-format-number", CHECK_SEAL, "format", seal_format_number),
    DO("credentials-too-many", CHECK_CREDENTIALS, "más del máximo", too_many_voters),
    DO("credentials-in-two-districts", CHECK_CREDENTIALS, "dos veces", credential_twice),
    {.name = "credentials-no-comma", .shape = GOOD, .check = CHECK_CREDENTIALS, .outcome = F, .about = "no es entidad",
     .edit = EDIT_WHOLE, .file = "credentials.csv", .with = "x\n"},
    TEXT("credentials-longer", "credentials.csv", ",v\n", "0,v\n", CHECK_CREDENTIALS, "no es entidad"),
    TEXT("credentials-no-second-comma", "credentials.csv", ",v\n", "0v\n", CHECK_CREDENTIALS, "no es entidad"),
    TEXT("credentials-kind", "credentials.csv", ",v\n", ",x\n", CHECK_CREDENTIALS, "no es entidad"),
    PATCH("credentials-district", "credentials.csv", 0, "08", CHECK_CREDENTIALS, "entidad desconocida"),
    PATCH("credentials-off-curve", "credentials.csv", 5, "0000000000000000", CHECK_CREDENTIALS, "no es un punto"),
    DO("reissues-to-nobody", CHECK_REISSUES, "no está en credentials.csv", reissue_to_nobody),
    DO("reissues-from-nobody", CHECK_REISSUES, "no está en credentials.csv", reissue_from_nobody),
    DO("reissues-unsigned", CHECK_REISSUES, "minúsculo", reissue_unsigned),
    DO("reissues-signature-long", CHECK_REISSUES, "minúsculo", reissue_signature_long),
    PATCH("reissues-comma", "reissues.csv", 130, "x", CHECK_REISSUES, "minúsculo"),
    PATCH("reissues-second-comma", "reissues.csv", 261, "x", CHECK_REISSUES, "minúsculo"),
    PATCH("reissues-new-no-hex", "reissues.csv", 255, "g", CHECK_REISSUES, "minúsculo"),
    PATCH("reissues-signature-no-hex", "reissues.csv", 280, "g", CHECK_REISSUES, "minúsculo"),
    SHORT("proof-cut-in-points", "lists/senadurias.rest/1.proof", 570, CHECK_SHUFFLES, "1.proof"),
    DO("ballot-cut-in-eid", CHECK_BALLOTS, "cortada", ballot_cut_in_eid),
    DO("ballot-cut-in-name", CHECK_BALLOTS, "nombre de una elección", ballot_cut_in_name),
    DO("ballot-cut-in-point", CHECK_BALLOTS, "un punto", ballot_cut_in_point),
    DO("ballot-magic", CHECK_BALLOTS, "VMB1", ballot_magic),
    DO("ballot-narrower", CHECK_BALLOTS, "donde va", ballot_narrower),
    DO("ballot-name-of-41", CHECK_BALLOTS, "nombre de una elección", ballot_name_of_41),
    DO("vote-seed-upper", CHECK_VOTES, "no se puede leer", upper_seed),
    DO("vote-plain-upper", CHECK_VOTES, "no se puede leer", upper_plain),
    DO("vote-of-no-status", CHECK_VOTES, "no se puede leer", vote_of_no_status),
    TEXT("vote-index-none", "decrypted-votes.csv", "jefatura-cdmx,1,", "jefatura-cdmx,,", CHECK_VOTES, "hay otra cosa"),
    {.name = NULL},
};
