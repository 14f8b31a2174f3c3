/*
 * Sealed and signed ballots of an opened election, ready to be cast, for test/load/cast: what the page does for one voter,
 * for all of a voters.json (test/integration/server-election.mjs).
 *
 *   seal-casts --record DIR --voters FILE --out DIR
 *
 * Writes DIR/casts, a line a voter: token TAB csrf TAB tracker TAB ballot (hex), and DIR/sessions: SHA-256(token) (hex) TAB
 * user name, for the table of sessions. Everybody votes for an option of each contest in turn. Tests only.
 */
#include "backend/token.h"
#include "base/file.h"
#include "base/json.h"
#include "base/parallel.h"
#include "base/program.h"
#include "base/report.h"
#include "protocol/credential.h"
#include "protocol/hash.h"
#include "record/folder.h"
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

struct voter {
	const char *username, *password, *district; /* borrowed from the JSON */
	struct buffer ballot;
	uint8_t tracker[32];
};
struct work {
	json_t *json;
	struct record *record;
	struct voter *voters;
	size_t n;
};

static enum status keys_of(struct credential_keys *out, const struct voter *v, const char *slug)
{
	struct secret *password = NULL;
	enum status r = credential_read_password(&password, v->password, strlen(v->password));

	if (r == OK)
		r = credential_derive(out, slug, v->username, password);
	secret_free(password);
	return r;
}

static enum status seal(const struct work *w, struct voter *v, uint64_t number)
{
	const struct definition *d = w->record->definition;
	const struct keys_file *k = w->record->keys;
	int district = definition_district(d, v->district, strlen(v->district));
	struct ballot_vote votes[BALLOT_CONTESTS_MAX];
	uint8_t plain[BALLOT_CONTESTS_MAX][PLAIN_MAX] = {{0}};
	struct credential_keys own;
	struct ballot_form form;
	enum status r;

	if (district < 0)
		return fault(E_USAGE, NULL, "%s: no such district", v->district);
	if ((r = keys_of(&own, v, d->id)) != OK)
		return r;
	definition_form(&form, d, (unsigned)district);
	for (unsigned c = 0; r == OK && c < form.n; c++) {
		const struct contest *contest = definition_contest(d, form.contests[c].name);

		put_u64(plain[c], UINT64_C(1) << number % contest->n_options);
		votes[c].plain = plain[c];
		r = RAND_bytes(votes[c].seed, SEED_BYTES) == 1 ? scalar_random(&votes[c].t) : E_FAILED;
	}
	if (r == OK && (r = ballot_make_unsigned(&v->ballot, w->record->eid, &own.credential, &form, &k->election_key,
	                                         k->committee_key, votes)) == OK &&
	    (r = hash_sha256(v->tracker, v->ballot.data, v->ballot.len)) == OK)
		r = ballot_sign(&v->ballot, &own.credential, &own.sk);
	credential_wipe(&own);
	return r;
}

static enum status seal_some(void *ctx, uint64_t from, uint64_t to)
{
	struct work *w = ctx;
	enum status r = OK;

	for (uint64_t i = from; r == OK && i < to; i++)
		r = seal(w, &w->voters[i], i);
	return r;
}

static enum status read_voters(struct work *w, const char *path)
{
	json_t *one;
	size_t i;
	enum status r = json_read(&w->json, path, 256 << 20);

	if (r != OK)
		return r;
	if ((w->voters = calloc(json_array_size(w->json) + 1, sizeof *w->voters)) == NULL)
		return fault(E_FAILED, NULL, "no memory");
	json_array_foreach(w->json, i, one) {
		struct voter *v = &w->voters[w->n];

		v->username = json_string_value(json_object_get(one, "username"));
		v->password = json_string_value(json_object_get(one, "password"));
		v->district = json_string_value(json_object_get(one, "district"));
		if (v->username == NULL || v->password == NULL || v->district == NULL)
			return fault(E_EVIDENCE, NULL, "%s: voter %zu", path, i);
		/* spares have no phone and no session */
		w->n += *json_string_value(json_object_get(one, "phone")) != '\0';
	}
	return OK;
}

static enum status write_lines(const struct work *w, const char *folder)
{
	struct buffer casts = BUFFER_INIT, sessions = BUFFER_INIT;
	char *to_casts = file_path(folder, "casts", NULL), *to_sessions = file_path(folder, "sessions", NULL);
	enum status r = to_casts != NULL && to_sessions != NULL ? OK : E_FAILED;

	for (size_t i = 0; r == OK && i < w->n; i++) {
		const struct voter *v = &w->voters[i];
		char token[TOKEN_HEX + 1], csrf[TOKEN_HEX + 1];
		uint8_t hash[32];

		if ((r = token_new(token)) != OK || (r = token_csrf(csrf, token)) != OK || (r = token_sha256(hash, token)) != OK)
			break;
		buffer_printf(&casts, "%s\t%s\t", token, csrf);
		buffer_hex(&casts, v->tracker, 32);
		buffer_text(&casts, "\t");
		buffer_hex(&casts, v->ballot.data, v->ballot.len);
		buffer_text(&casts, "\n");
		buffer_hex(&sessions, hash, 32);
		buffer_printf(&sessions, "\t%s\n", v->username);
	}
	if (r == OK && (r = file_create(to_casts, casts.data, casts.len, 0600)) == OK)
		r = file_create(to_sessions, sessions.data, sessions.len, 0600);
	buffer_free(&casts);
	buffer_free(&sessions);
	free(to_casts);
	free(to_sessions);
	return r;
}

static enum status make(struct work *w, const char *record, const char *voters, const char *out)
{
	enum status r;

	if ((r = record_open(&w->record, record)) == OK && (r = read_voters(w, voters)) == OK &&
	    (r = parallel_for(w->n, 8, seal_some, w)) == OK)
		r = write_lines(w, out);
	for (size_t i = 0; i < w->n; i++)
		buffer_free(&w->voters[i].ballot);
	free(w->voters);
	json_decref(w->json);
	record_free(w->record);
	return r;
}

int main(int argc, char **argv)
{
	const char *record = NULL, *voters = NULL, *out = NULL;
	const struct program_option options[] = {{"record", &record, NULL}, {"voters", &voters, NULL}, {"out", &out, NULL}, {0}};
	struct work w = {0};
	int next;

	program_start("seal-casts");
	if (program_options(argc, argv, options, "see the head of test/tools/seal-casts.c\n", &next) != PROGRAM_GO ||
	    record == NULL || voters == NULL || out == NULL)
		return program_end(fault(E_USAGE, NULL, "seal-casts --record --voters --out"));
	return program_end(make(&w, record, voters, out));
}
