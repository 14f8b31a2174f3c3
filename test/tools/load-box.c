/*
 * The record up to the closing of an election of any size (PROTOCOL 11), for measurements and for the standing case:
 * what test/tools/make-box.mjs makes with the page's own modules for small ones.
 *
 *   load-box --keys FILE --definition FILE --votes FILE --out DIR [--number N] [--only yes]
 *
 * --votes: {"what", "contest", "rows": [{"options": [id, …], "write_in": text or absent, "votes"}]} for one contest, as
 * many votes as its rows say; --number takes an even sample of N of them. Other contests get one option each, in turn.
 * --only yes: the definition is written with that contest alone. Districts by 40, 35, 25 percent (the last: the rest).
 * Keys of registrar and system are thrown away. Tests only.
 */
#include "base/file.h"
#include "base/json.h"
#include "base/parallel.h"
#include "base/program.h"
#include "base/report.h"
#include "protocol/hash.h"
#include "record/box.h"
#include "record/folder.h"
#include "unit/signing.h"
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

struct row {
	uint64_t marks, until; /* votes 0 … until-1 are of this row or one before */
	const char *text;
};
struct voter {
	struct scalar sk;
	struct point credential;
	unsigned district;
	uint8_t tracker[32];
	struct buffer ballot;
};
struct work {
	const char *out;
	struct definition *definition;
	const struct contest *contest;
	json_t *votes, *root;
	struct row *rows;
	size_t n_rows;
	uint64_t all, n;
	struct voter *voters;
	struct record *record;
	EVP_PKEY *system;
	struct opening_file opening;
};

static enum status write_in(const struct work *w, const char *name, const struct buffer *b)
{
	char *path = file_path(w->out, name, NULL);
	enum status r = path != NULL ? file_create(path, b->data, b->len, 0644) : E_FAILED;

	free(path);
	return r;
}

/* The definition's file as it is, or with the one contest alone. */
static enum status take_definition(struct work *w, const char *path, bool only)
{
	const char *name = json_string_value(json_object_get(w->votes, "contest"));
	struct buffer b = BUFFER_INIT;
	json_t *contests, *one = NULL, *x;
	size_t i;
	enum status r;

	if ((r = file_read(&b, path, DEFINITION_MAX_FILE)) != OK || (r = json_parse(&w->root, path, b.data, b.len)) != OK)
		return r;
	if (only) {
		contests = json_object_get(w->root, "contests");
		json_array_foreach(contests, i, x)
			if (strcmp(json_string_value(json_object_get(x, "id")), name) == 0)
				one = x;
		if (one == NULL)
			return fault(E_USAGE, NULL, "no contest %s", name);
		json_object_set_new(w->root, "contests", json_pack("[O]", one));
		buffer_free(&b);
		if ((r = json_write(&b, w->root)) != OK)
			return r;
	}
	if ((r = definition_read(&w->definition, path, b.data, b.len)) == OK)
		r = write_in(w, "election.json", &b);
	buffer_free(&b);
	if (r == OK && (w->contest = definition_contest(w->definition, name)) == NULL)
		r = fault(E_USAGE, NULL, "no contest %s", name);
	return r;
}

static enum status read_rows(struct work *w)
{
	const json_t *rows = json_object_get(w->votes, "rows"), *row, *id;
	size_t i, k;

	w->n_rows = json_array_size(rows);
	if ((w->rows = calloc(w->n_rows + 1, sizeof *w->rows)) == NULL)
		return E_FAILED;
	json_array_foreach((json_t *)(uintptr_t)rows, i, row) {
		json_array_foreach(json_object_get(row, "options"), k, id)
			for (unsigned o = 0; o < w->contest->n_options; o++)
				if (strcmp(w->contest->options[o].id, json_string_value(id)) == 0)
					w->rows[i].marks |= UINT64_C(1) << o;
		if ((w->rows[i].text = json_string_value(json_object_get(row, "write_in"))) != NULL)
			w->rows[i].marks |= UINT64_C(1) << w->contest->n_options;
		w->all += (uint64_t)json_integer_value(json_object_get(row, "votes"));
		w->rows[i].until = w->all;
	}
	return OK;
}

/* ---- who votes */

static enum status make_voters(void *ctx, uint64_t from, uint64_t to)
{
	struct work *w = ctx;
	enum status r = OK;

	for (uint64_t i = from; r == OK && i < to; i++) {
		uint64_t share = i % 20;
		unsigned d = share < 8 ? 0 : share < 15 ? 1 : 2;

		w->voters[i].district = d < w->definition->n_districts ? d : w->definition->n_districts - 1;
		if ((r = scalar_random(&w->voters[i].sk)) == OK)
			r = point_mul_base(&w->voters[i].credential, &w->voters[i].sk);
	}
	return r;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum status write_credentials(const struct work *w)
{
	char **lines = calloc(w->n, sizeof *lines);
	struct buffer b = BUFFER_INIT;
	enum status r;

	for (uint64_t i = 0; lines != NULL && i < w->n; i++) {
		struct buffer line = BUFFER_INIT;

		buffer_printf(&line, "%s,", w->definition->districts[w->voters[i].district].id);
		buffer_hex(&line, w->voters[i].credential.octets, POINT_BYTES);
		buffer_text(&line, ",v\n");
		lines[i] = (char *)(uintptr_t)buffer_str(&line);
	}
	if (lines == NULL)
		return fault(E_FAILED, NULL, "no memory");
	qsort(lines, w->n, sizeof *lines, by_text);
	for (uint64_t i = 0; i < w->n; i++) {
		buffer_text(&b, lines[i]);
		free(lines[i]);
	}
	free(lines);
	r = write_in(w, "credentials.csv", &b);
	buffer_free(&b);
	return r;
}

static enum status write_opening(struct work *w)
{
	struct opening_file *o = &w->opening;
	EVP_PKEY *registrar = signing_new(&o->registrar_key);
	char *path = file_path(w->out, "opening.json", NULL);
	struct buffer none = BUFFER_INIT;
	enum status r;

	if (registrar == NULL || path == NULL || (w->system = signing_new(&o->system_keys[0])) == NULL)
		return E_FAILED;
	EVP_PKEY_free(registrar);
	o->n_system_keys = 1;
	snprintf(o->election, sizeof o->election, "%s", w->definition->id);
	snprintf(o->opened, sizeof o->opened, "%s", w->definition->opens_text);
	RAND_bytes(o->system_hash, 32);
	if ((r = opening_file_write(o, path)) == OK && (r = write_in(w, "reissues.csv", &none)) == OK)
		r = record_open(&w->record, w->out);
	free(path);
	return r;
}

/* ---- what they vote */

static void choose(uint8_t *plain, const struct work *w, const struct contest *c, uint64_t i)
{
	uint64_t at = i * w->all / w->n, marks = UINT64_C(1) << i % c->n_options;
	const struct row *row = w->rows;

	memset(plain, 0, PLAIN_MAX);
	if (c == w->contest) {
		while (row->until <= at)
			row++;
		marks = row->marks;
		if (row->text != NULL)
			memcpy(plain + 8, row->text, strlen(row->text));
	}
	put_u64(plain, marks);
}

static enum status vote(struct work *w, uint64_t i)
{
	const struct keys_file *k = w->record->keys;
	struct voter *v = &w->voters[i];
	struct ballot_vote votes[BALLOT_CONTESTS_MAX];
	uint8_t plain[BALLOT_CONTESTS_MAX][PLAIN_MAX];
	struct ballot_form form;
	enum status r = OK;

	definition_form(&form, w->definition, v->district);
	for (unsigned c = 0; r == OK && c < form.n; c++) {
		choose(plain[c], w, definition_contest(w->definition, form.contests[c].name), i);
		votes[c].plain = plain[c];
		if (RAND_bytes(votes[c].seed, SEED_BYTES) != 1)
			return E_FAILED;
		r = scalar_random(&votes[c].t);
	}
	if (r != OK || (r = ballot_make_unsigned(&v->ballot, w->record->eid, &v->credential, &form, &k->election_key,
	                                         k->committee_key, votes)) != OK ||
	    (r = hash_sha256(v->tracker, v->ballot.data, v->ballot.len)) != OK)
		return r;
	return ballot_sign(&v->ballot, &v->credential, &v->sk);
}

static enum status make_ballots(void *ctx, uint64_t from, uint64_t to)
{
	enum status r = OK;

	for (uint64_t i = from; r == OK && i < to; i++)
		r = vote(ctx, i);
	return r;
}

static int by_tracker(const void *a, const void *b)
{
	return memcmp(((const struct voter *)a)->tracker, ((const struct voter *)b)->tracker, 32);
}

static enum status write_box(struct work *w)
{
	struct seal_file seal = {.ballots = w->n};
	char *box = file_path(w->out, "encrypted-votes.box", NULL), *reissues = file_path(w->out, "reissues.csv", NULL),
	     *path = file_path(w->out, "seal.json", NULL);
	struct buffer message = BUFFER_INIT;
	struct box_writer writer;
	enum status r;

	qsort(w->voters, w->n, sizeof *w->voters, by_tracker);
	if ((r = box_writer_open(&writer, box, w->record->eid, w->n)) != OK)
		return r;
	for (uint64_t i = 0; r == OK && i < w->n; i++) {
		struct voter *v = &w->voters[i];

		r = box_writer_add(&writer, v->tracker, w->definition->districts[v->district].id, v->ballot.data,
		                   v->ballot.len);
	}
	if (r != OK || (r = box_writer_commit(&writer)) != OK || (r = file_sha256(seal.box_sha256, box)) != OK ||
	    (r = file_sha256(seal.reissues_sha256, reissues)) != OK)
		return r;
	memcpy(seal.eid, w->record->eid, 32);
	snprintf(seal.closed, sizeof seal.closed, "%s", w->definition->closes_text);
	signature_seal_message(&message, seal.eid, seal.box_sha256, seal.reissues_sha256, seal.ballots, seal.closed);
	if ((r = signing_sign(seal.signature, &seal.signature_len, w->system, message.data, message.len)) == OK)
		r = seal_file_write(&seal, path);
	buffer_free(&message);
	free(box);
	free(reissues);
	free(path);
	return r;
}

static enum status make(struct work *w, const char *keys, const char *definition, const char *votes, const char *number,
                        bool only)
{
	struct buffer b = BUFFER_INIT;
	enum status r;

	if ((r = file_mkdirs(w->out, 0755)) != OK || (r = json_read(&w->votes, votes, 1 << 20)) != OK ||
	    (r = take_definition(w, definition, only)) != OK || (r = read_rows(w)) != OK ||
	    (r = file_read(&b, keys, 1 << 20)) != OK || (r = write_in(w, "keys.json", &b)) != OK)
		return r;
	buffer_free(&b);
	w->n = number != NULL ? strtoull(number, NULL, 10) : w->all;
	if (w->n == 0 || w->n > w->all)
		return fault(E_USAGE, NULL, "--number: 1 to %llu", (unsigned long long)w->all);
	if ((w->voters = calloc(w->n, sizeof *w->voters)) == NULL)
		return fault(E_FAILED, NULL, "no memory");
	if ((r = parallel_for(w->n, 8, make_voters, w)) != OK || (r = write_credentials(w)) != OK ||
	    (r = write_opening(w)) != OK || (r = parallel_for(w->n, 8, make_ballots, w)) != OK)
		return r;
	return write_box(w);
}

int main(int argc, char **argv)
{
	const char *keys = NULL, *definition = NULL, *votes = NULL, *number = NULL, *only = NULL;
	struct work w = {0};
	int next;

	program_start("load-box");
	const struct program_option options[] = {{"keys", &keys, NULL},     {"definition", &definition, NULL},
	                                         {"votes", &votes, NULL},   {"out", &w.out, NULL},
	                                         {"number", &number, NULL}, {"only", &only, NULL},
	                                         {NULL, NULL, NULL}};
	if (program_options(argc, argv, options, "see the head of test/tools/load-box.c\n", &next) != PROGRAM_GO ||
	    keys == NULL || definition == NULL || votes == NULL || w.out == NULL)
		return program_end(fault(E_USAGE, NULL, "load-box --keys --definition --votes --out"));
	return program_end(make(&w, keys, definition, votes, number, only != NULL));
}
