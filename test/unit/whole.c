/* See whole.h: keys, people, and the files up to the seal. */
#include "unit/whole.h"
#include "base/file.h"
#include "base/json.h"
#include "base/report.h"
#include "protocol/hash.h"
#include "unit/sample.h"
#include "unit/signing.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *whole_path(const struct whole *w, const char *name)
{
	static char path[1024];

	snprintf(path, sizeof path, "%s/%s", w->folder, name);
	return path;
}

static enum status write_file(const struct whole *w, const char *name, struct buffer *b)
{
	enum status r = buffer_ok(b) ? file_replace(whole_path(w, name), b->data, b->len, 0644) : E_FAILED;

	buffer_free(b);
	return r;
}

static enum status make_definition(struct whole *w)
{
	json_t *root = sample_load("simulacro.json");
	struct buffer b = BUFFER_INIT;
	enum status r;

	if (root == NULL)
		return fault(E_FAILED, NULL, "no test/elections/simulacro.json: run from the sources");
	if (w->shape->edit != NULL)
		w->shape->edit(root);
	if ((r = sample_read(&w->d, root)) == OK && (r = json_write(&b, root)) == OK)
		r = write_file(w, "election.json", &b);
	json_decref(root);
	return r;
}

static enum status make_keys(struct whole *w)
{
	struct secret *entropy = secret_new(48), *shares[5];
	struct scalar k;

	if (entropy == NULL || (w->keys = calloc(1, sizeof *w->keys)) == NULL)
		return E_FAILED;
	TRY(scalar_random(&k));
	scalar_write(secret_bytes(entropy) + 16, &k);
	TRY(shares_make_k(&w->k, entropy));
	secret_free(entropy);
	strcpy(w->keys->election, w->d->id);
	w->keys->threshold = 3;
	w->keys->cards = 5;
	TRY(shares_split(shares, w->keys->commitments, w->k, 3, 5));
	for (int i = 0; i < 5; i++) {
		char name[32];

		secret_free(shares[i]);
		snprintf(name, sizeof name, "Integrante %d", i + 1);
		w->keys->members[i].name = strdup(name);
	}
	TRY(shares_committee_secrets(w->b, w->k));
	TRY(shares_committee_keys(w->keys->committee_key, w->k));
	TRY(scalar_random(&w->a));
	TRY(point_mul_base(&w->keys->election_key, &w->a));
	return keys_file_write(w->keys, whole_path(w, "keys.json"));
}

static enum status make_opening(struct whole *w)
{
	strcpy(w->opening.election, w->d->id);
	w->opening.n_system_keys = 1;
	memset(w->opening.system_hash, 0x5a, 32);
	strcpy(w->opening.opened, w->d->opens_text);
	if ((w->system = signing_new(&w->opening.system_keys[0])) == NULL ||
	    (w->registrar = signing_new(&w->opening.registrar_key)) == NULL)
		return E_FAILED;
	return opening_file_write(&w->opening, whole_path(w, "opening.json"));
}

static enum status make_people(struct whole *w)
{
	for (unsigned d = 0; d < w->d->n_districts; d++)
		for (unsigned i = 0; i < w->shape->voters[d] + 1 + 5; i++) { /* one who abstains, five spares */
			struct whole_person *p = &w->people[w->n_people++];

			if (w->n_people == WHOLE_PEOPLE)
				return fault(E_FAILED, NULL, "too many people");
			p->district = d;
			p->spare = i > w->shape->voters[d];
			TRY(scalar_random(&p->sk));
			TRY(point_mul_base(&p->credential, &p->sk));
		}
	return whole_write_credentials(w);
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Lines (malloc'd, without LF), sorted, into a file. */
static enum status write_lines(const struct whole *w, const char *name, char **lines, unsigned n)
{
	struct buffer b = BUFFER_INIT;

	if (n > 0)
		qsort(lines, n, sizeof *lines, by_text);
	for (unsigned i = 0; i < n; i++) {
		buffer_text(&b, lines[i]);
		buffer_text(&b, "\n");
		free(lines[i]);
	}
	return write_file(w, name, &b);
}

static char *text_of(struct buffer *b)
{
	char *s = buffer_str(b) != NULL ? strdup(buffer_str(b)) : NULL;

	buffer_free(b);
	return s;
}

enum status whole_write_credentials(struct whole *w)
{
	char *lines[WHOLE_PEOPLE];

	for (unsigned i = 0; i < w->n_people; i++) {
		struct buffer b = BUFFER_INIT;

		buffer_printf(&b, "%s,", w->d->districts[w->people[i].district].id);
		buffer_hex(&b, w->people[i].credential.octets, POINT_BYTES);
		buffer_text(&b, w->people[i].spare ? ",s" : ",v");
		lines[i] = text_of(&b);
	}
	return write_lines(w, "credentials.csv", lines, w->n_people);
}

enum status whole_write_reissues(struct whole *w)
{
	char *lines[WHOLE_REISSUES] = {NULL};

	for (unsigned i = 0; i < w->n_reissues; i++) {
		const struct point *old = &w->people[w->reissues[i].from].credential,
		                   *new = &w->people[w->reissues[i].to].credential;
		struct buffer b = BUFFER_INIT, m = BUFFER_INIT;
		uint8_t der[SIGNATURE_MAX];
		size_t len;

		signature_reissue_message(&m, w->eid, old, new);
		TRY(signing_sign(der, &len, w->registrar, m.data, m.len));
		buffer_free(&m);
		buffer_hex(&b, old->octets, POINT_BYTES);
		buffer_text(&b, ",");
		buffer_hex(&b, new->octets, POINT_BYTES);
		buffer_text(&b, ",");
		buffer_hex(&b, der, len);
		lines[i] = text_of(&b);
	}
	return write_lines(w, "reissues.csv", lines, w->n_reissues);
}

enum status whole_eid(struct whole *w)
{
	static const char *const names[4] = {"election.json", "keys.json", "credentials.csv", "opening.json"};
	uint8_t h[4][32];

	for (int i = 0; i < 4; i++)
		TRY(file_sha256(h[i], whole_path(w, names[i])));
	return hash_eid(w->eid, h[0], h[1], h[2], h[3]);
}

static int by_tracker(const void *a, const void *b)
{
	return memcmp(((const struct whole_ballot *)a)->tracker, ((const struct whole_ballot *)b)->tracker, 32);
}

enum status whole_write_box(struct whole *w, bool sorted)
{
	struct buffer b = BUFFER_INIT;

	if (sorted)
		qsort(w->ballots, w->n_ballots, sizeof *w->ballots, by_tracker);
	buffer_text(&b, "VMX1");
	buffer_put(&b, w->eid, 32);
	buffer_u64(&b, w->n_ballots);
	for (unsigned i = 0; i < w->n_ballots; i++) {
		const char *district = w->d->districts[w->ballots[i].district].id;

		buffer_u8(&b, (uint8_t)strlen(district));
		buffer_text(&b, district);
		buffer_lp(&b, w->ballots[i].bytes.data, w->ballots[i].bytes.len);
	}
	return write_file(w, "encrypted-votes.box", &b);
}

enum status whole_write_seal(struct whole *w, EVP_PKEY *key, const char *closed, uint64_t ballots)
{
	struct seal_file s = {.ballots = ballots};
	struct buffer m = BUFFER_INIT;

	memcpy(s.eid, w->eid, 32);
	snprintf(s.closed, sizeof s.closed, "%s", closed);
	TRY(file_sha256(s.box_sha256, whole_path(w, "encrypted-votes.box")));
	TRY(file_sha256(s.reissues_sha256, whole_path(w, "reissues.csv")));
	signature_seal_message(&m, s.eid, s.box_sha256, s.reissues_sha256, s.ballots, s.closed);
	TRY(signing_sign(s.signature, &s.signature_len, key, m.data, m.len));
	buffer_free(&m);
	remove(whole_path(w, "seal.json"));
	return seal_file_write(&s, whole_path(w, "seal.json"));
}

enum status whole_reseal(struct whole *w)
{
	TRY(whole_write_box(w, true));
	return whole_write_seal(w, w->system, w->d->closes_text, w->n_ballots);
}

unsigned whole_find(const struct whole *w, unsigned district, bool spare, unsigned nth)
{
	for (unsigned i = 0; i < w->n_people; i++)
		if (w->people[i].district == district && w->people[i].spare == spare && nth-- == 0)
			return i;
	return WHOLE_PEOPLE - 1;
}

/* The first voter has lost one password, the second two: they vote by what they were given last. */
static enum status make_reissues(struct whole *w)
{
	if (w->shape->reissues) {
		w->reissues[w->n_reissues].from = whole_find(w, 0, false, 0);
		w->reissues[w->n_reissues++].to = whole_find(w, 0, true, 0);
		w->reissues[w->n_reissues].from = whole_find(w, 0, false, 1);
		w->reissues[w->n_reissues++].to = whole_find(w, 0, true, 1);
		w->reissues[w->n_reissues].from = whole_find(w, 0, true, 1);
		w->reissues[w->n_reissues++].to = whole_find(w, 0, true, 2);
	}
	return whole_write_reissues(w);
}

static enum status make_ballots(struct whole *w)
{
	for (unsigned d = 0; d < w->d->n_districts; d++)
		for (unsigned i = 0; i < w->shape->voters[d]; i++) {
			bool lost = w->shape->reissues && d == 0 && i < 2;
			unsigned who = lost ? whole_find(w, 0, true, 2 * i) : whole_find(w, d, false, i);
			enum whole_kind kind = w->shape->odd && d == 0 && i < 4 ? (enum whole_kind)(KIND_MISMATCH + i)
			                                                        : KIND_GOOD;

			TRY(whole_vote(w, w->n_ballots, who, d, kind, false));
		}
	return OK;
}

static enum status make(struct whole *w)
{
	uint64_t idx;
	unsigned l;

	TRY(file_mkdirs(w->folder, 0755));
	TRY(make_definition(w));
	TRY(make_keys(w));
	TRY(make_opening(w));
	TRY(make_people(w));
	TRY(whole_eid(w));
	TRY(make_reissues(w));
	TRY(make_ballots(w));
	TRY(whole_reseal(w));
	TRY(whole_mix(w));
	for (l = 0; l < w->plan->n; l++) {
		TRY(whole_decrypt(w, l));
		TRY(whole_open(w, l));
	}
	if (w->shape->challenged)
		for (unsigned k = 0; (idx = whole_vote_with(w, VOTE_MISMATCH, k, &l)) != UINT64_MAX; k++)
			TRY(whole_challenge(w, l, idx));
	TRY(whole_write_votes(w));
	TRY(whole_write_challenges(w));
	return whole_write_results(w);
}

enum status whole_make(struct whole **out, const char *folder, const struct whole_shape *shape)
{
	struct whole *w = calloc(1, sizeof *w);
	enum status r;

	*out = NULL;
	if (w == NULL)
		return E_FAILED;
	snprintf(w->folder, sizeof w->folder, "%s", folder);
	w->shape = shape;
	if ((r = make(w)) == OK)
		*out = w;
	else
		whole_free(w);
	return r;
}

static void *copy_of(const void *data, size_t len)
{
	void *out = malloc(len + 1);

	if (out == NULL)
		abort();
	return memcpy(out, data, len);
}

enum status whole_copy(struct whole **out, const struct whole *in, const char *folder)
{
	struct whole *w = copy_of(in, sizeof *in);
	char command[1200];

	*out = w;
	w->borrows = true;
	snprintf(w->folder, sizeof w->folder, "%s", folder);
	for (unsigned i = 0; i < w->n_ballots; i++) {
		w->ballots[i].bytes = (struct buffer)BUFFER_INIT;
		buffer_put(&w->ballots[i].bytes, in->ballots[i].bytes.data, in->ballots[i].bytes.len);
	}
	for (unsigned l = 0; l < w->plan->n; l++) {
		struct whole_list *x = &w->lists[l];

		for (unsigned j = 0; x->chain[0] != NULL && j <= x->mixes; j++) {
			x->chain[j] = copy_of(x->chain[j], sizeof *x->chain[j]);
			x->chain[j]->points = copy_of(x->chain[j]->points,
			                              x->chain[j]->n * (x->chain[j]->w + 1) * sizeof(struct point));
		}
		if (x->factors != NULL)
			x->factors = copy_of(x->factors, x->chain[0]->n * x->chain[0]->w * sizeof(struct point));
		if (x->votes != NULL)
			x->votes = copy_of(x->votes, x->chain[0]->n * sizeof *x->votes);
	}
	w->challenges = json_deep_copy(in->challenges);
	TRY(file_mkdirs(folder, 0755));
	snprintf(command, sizeof command, "cp -r '%s/.' '%s/'", in->folder, folder);
	return system(command) == 0 ? OK : fault(E_FAILED, NULL, "%s", command);
}

void whole_free(struct whole *w)
{
	if (w == NULL)
		return;
	for (unsigned i = 0; i < w->n_ballots; i++)
		buffer_free(&w->ballots[i].bytes);
	for (unsigned l = 0; l < WHOLE_LISTS; l++) {
		for (unsigned j = 0; j <= WHOLE_MIXES; j++)
			list_free(w->lists[l].chain[j]);
		free(w->lists[l].factors);
		free(w->lists[l].votes);
	}
	json_decref(w->challenges);
	if (!w->borrows) {
		definition_free(w->d);
		keys_file_free(w->keys);
		secret_free(w->k);
		for (int k = 0; k < COMMITTEE_KEYS; k++)
			secret_free(w->b[k]);
		EVP_PKEY_free(w->system);
		EVP_PKEY_free(w->registrar);
		lists_free(w->plan);
	}
	free(w);
}
