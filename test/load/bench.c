/*
 * make bench: what each work on a list costs, in CPU time a ballot, wall time, and units of one P-256 ECDH by OpenSSL
 * in this same process (doc/performance.md). Arguments: numbers of ballots. Writes a table to stdout and JSON to the
 * file named by --json; --way=NAME takes that way of the arithmetic instead of the machine's best, --width=2 or 3 that
 * width alone. All of it is done for real on random votes; to save time in making them, SAMPLE different votes
 * and ballots are sealed and repeated under fresh randomness (the list) or as they are (the box).
 */
#include "base/file.h"
#include "base/parallel.h"
#include "base/program.h"
#include "base/report.h"
#include "group/affine.h"
#include "protocol/ballot.h"
#include "protocol/decryption.h"
#include "protocol/hash.h"
#include "protocol/shuffle.h"
#include "protocol/shuffle_proof.h"
#include <jansson.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { SAMPLE = 2048, KEYS = 3 };
static const char CONTEST[] = "presidencia";

struct moment2 {
	double cpu, wall;
};

struct bench {
	double unit; /* seconds of one ECDH */
	json_t *rows;
	uint8_t eid[32];
	struct scalar b[KEYS], a; /* committee's and opening key */
	struct point committee[KEYS], election;
	unsigned w;
	uint64_t n;
	uint8_t (*plain)[PLAIN_MAX], (*seed)[SEED_BYTES], (*inner)[INNER_MAX];
	struct point *in, *out, *factors;
	uint8_t hin[32], hout[32];
	struct buffer *ballots;
	double tally, verify;
	struct moment2 start;
};

#define TRY(x) \
	do { \
		enum status try_ = (x); \
		if (try_ != OK) { \
			fprintf(stderr, "bench: %s: %d\n", #x, (int)try_); \
			exit(1); \
		} \
	} while (0)

static void *room(size_t n)
{
	void *p = calloc(n + 1, 1);

	if (p == NULL)
		exit(1);
	return p;
}

static struct moment2 now(void)
{
	struct timespec c, t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &c);
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (struct moment2){(double)c.tv_sec + 1e-9 * (double)c.tv_nsec, (double)t.tv_sec + 1e-9 * (double)t.tv_nsec};
}

static double measure_ecdh(void)
{
	EVP_PKEY *mine = EVP_EC_gen("P-256"), *peer = EVP_EC_gen("P-256");
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(mine, NULL);
	uint8_t out[32];
	double best = 1;

	if (ctx == NULL || EVP_PKEY_derive_init(ctx) != 1 || EVP_PKEY_derive_set_peer(ctx, peer) != 1)
		exit(1);
	for (int round = 0; round < 5; round++) { /* the best of five: others use the machine too */
		struct moment2 t = now();

		for (int i = 0; i < 5000; i++) {
			size_t len = sizeof out;

			if (EVP_PKEY_derive(ctx, out, &len) != 1)
				exit(1);
		}
		t.cpu = (now().cpu - t.cpu) / 5000;
		best = t.cpu < best ? t.cpu : best;
	}
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(mine);
	EVP_PKEY_free(peer);
	return best;
}

static double row(struct bench *b, const char *what, double goal)
{
	struct moment2 end = now();
	struct rusage use;
	double cpu = (end.cpu - b->start.cpu) / (double)b->n, wall = (end.wall - b->start.wall) / (double)b->n;

	getrusage(RUSAGE_SELF, &use);
	printf("%8llu %u  %-34s %9.2f us %9.2f us  %5.2f  %7.3f  ", (unsigned long long)b->n, b->w, what, cpu * 1e6, wall * 1e6,
	       wall / cpu, cpu / b->unit);
	if (goal > 0)
		printf("%5.1f %-10s", goal, cpu / b->unit <= goal ? "reached" : cpu / b->unit <= 1.5 * goal ? "within 1.5" : "MISSED");
	else
		printf("%5s", "");
	printf(" %5.0f MiB\n", (double)use.ru_maxrss / 1024);
	fflush(stdout);
	json_array_append_new(b->rows, json_pack("{s:I, s:i, s:s, s:f, s:f, s:f, s:f, s:i}", "ballots", (json_int_t)b->n,
	                                         "width", (int)b->w, "work", what, "cpu_us", cpu * 1e6, "wall_us",
	                                         wall * 1e6, "ecdh", cpu / b->unit, "goal", goal, "max_rss_kib",
	                                         (int)use.ru_maxrss));
	b->start = now();
	return cpu / b->unit;
}

static enum status make_votes(void *ctx, uint64_t from, uint64_t to)
{
	struct bench *b = ctx;

	for (uint64_t i = from; i < to; i++) {
		struct scalar k;
		struct point credential;
		struct ballot_form form = {.n = 1, .contests = {{CONTEST, b->w}}};
		struct ballot_vote vote = {.plain = b->plain[i]};

		TRY(scalar_random(&k));
		b->plain[i][7] = (uint8_t)(1u << i % 8);
		memcpy(b->seed[i], k.v, SEED_BYTES);
		memcpy(vote.seed, k.v, SEED_BYTES);
		TRY(scalar_random(&vote.t));
		TRY(scalar_random(&k));
		TRY(point_mul_base(&credential, &k));
		TRY(envelope_seal_inner(b->inner[i], b->w, b->eid, CONTEST, &b->election, b->seed[i], b->plain[i]));
		TRY(ballot_make_unsigned(&b->ballots[i], b->eid, &credential, &form, &b->election, b->committee, &vote));
		TRY(ballot_sign(&b->ballots[i], &credential, &k));
	}
	return OK;
}

static void make_list(struct bench *b)
{
	struct point *column = room(2 * b->n * sizeof *column), *blocks = room(SAMPLE * sizeof *blocks);
	struct scalar *t = room(b->n * sizeof *t);
	struct point_table *table;

	TRY(scalar_random_many(t, b->n));
	for (unsigned k = 0; k <= b->w; k++) {
		TRY(point_table_new(&table, k == 0 ? &POINT_GENERATOR : &b->committee[k - 1]));
		TRY(point_table_mul(column, table, t, b->n));
		for (size_t i = 0; k > 0 && i < SAMPLE; i++)
			TRY(envelope_embed(&blocks[i], b->inner[i] + BLOCK * (k - 1)));
		for (uint64_t i = 0; k > 0 && i < b->n; i++)
			column[b->n + i] = blocks[i % SAMPLE];
		if (k > 0)
			TRY(point_add_many_vartime(column, column, column + b->n, b->n));
		for (uint64_t i = 0; i < b->n; i++)
			b->in[i * (b->w + 1) + k] = column[i];
		point_table_free(table);
	}
	free(column);
	free(blocks);
	free(t);
}

static enum status check_ballots(void *ctx, uint64_t from, uint64_t to)
{
	struct bench *b = ctx;
	struct ballot_form form = {.n = 1, .contests = {{CONTEST, b->w}}};
	struct ballot *ballot = room(sizeof *ballot);
	struct ballot_batch *batch;
	bool holds;

	TRY(ballot_batch_new(&batch));
	for (uint64_t i = from; i < to; i++) {
		const struct buffer *raw = &b->ballots[i % SAMPLE];

		TRY(ballot_read(ballot, raw->data, raw->len, true));
		TRY(ballot_batch_add(batch, ballot, b->eid, &form));
		if ((i - from) % 16384 != 16383 && i + 1 < to)
			continue;
		TRY(ballot_batch_holds(&holds, batch));
		if (!holds)
			exit(1);
		ballot_batch_clear(batch);
	}
	ballot_batch_free(batch);
	free(ballot);
	return OK;
}

/* What verifier and tally do to opened votes: decode, X on the curve, seal again. The list's order is not the samples',
 * so that each row's own seed is looked up by its inner envelope. */
struct openings {
	struct bench *b;
	const struct envelope_sealer *sealer;
};

static size_t which(const struct bench *b, const uint8_t *inner)
{
	for (size_t i = 0; i < SAMPLE; i++)
		if (memcmp(b->inner[i], inner, 32) == 0)
			return i;
	fprintf(stderr, "bench: a vote came out wrong\n");
	exit(1);
}

static enum status check_openings(void *ctx, uint64_t from, uint64_t to)
{
	enum { TOGETHER = 2048 };
	const struct openings *o = ctx;
	struct bench *b = o->b;
	uint8_t (*inner)[INNER_MAX] = room(TOGETHER * sizeof *inner), (*x)[32] = room(TOGETHER * sizeof *x);
	bool *flags = room(3 * TOGETHER);
	struct point *r = room(TOGETHER * sizeof *r);
	struct envelope_opened *opened = room(TOGETHER * sizeof *opened);

	for (uint64_t at = from; at < to; at += TOGETHER) {
		size_t n = to - at < TOGETHER ? to - at : TOGETHER;

		TRY(decryption_inner_many(flags, inner, b->w, &b->out[at * (b->w + 1)], &b->factors[at * b->w], n));
		for (size_t i = 0; i < n; i++) {
			size_t j = at < SAMPLE ? which(b, inner[i]) : i % SAMPLE;

			memcpy(x[i], inner[i], 32);
			if (at >= SAMPLE) /* the search costs more than the check: the same work on a sample instead */
				memcpy(inner[i], b->inner[j], INNER_MAX);
			opened[i] = (struct envelope_opened){inner[i], b->seed[j], b->plain[j]};
		}
		TRY(point_from_x_many_vartime(r, flags + TOGETHER, (const uint8_t(*)[32])x, n));
		TRY(envelope_seals_again_many(flags + 2 * TOGETHER, o->sealer, opened, n));
		for (size_t i = 0; i < n; i++)
			if (!flags[i] || !flags[TOGETHER + i] || !flags[2 * TOGETHER + i])
				exit(1);
	}
	free(inner);
	free(x);
	free(flags);
	free(r);
	free(opened);
	return OK;
}

static void run(struct bench *b)
{
	static const double goals[2][5] = {{2, 0.8, 0.6, 2.2, 1.2}, {2.7, 1.1, 0.6, 3.2, 1.5}};
	const double *goal = goals[b->w - 2];
	size_t points = b->n * (b->w + 1), bad;
	struct shuffle_statement st = {.eid = b->eid, .name = CONTEST, .w = b->w, .n = b->n, .committee_key = b->committee,
	                               .hin = b->hin, .hout = b->hout};
	struct decryption_statement ds = {.eid = b->eid, .name = CONTEST, .w = b->w, .n = b->n, .list_hash = b->hout,
	                                  .committee_key = b->committee};
	struct buffer proof = BUFFER_INIT, file = BUFFER_INIT;
	struct secret *keys[KEYS];
	struct shuffle_secret *secret;
	struct openings o = {.b = b};
	struct envelope_sealer *sealer;
	double mix, check, ballots, decrypt, openings;
	unsigned failed;

	b->plain = room(SAMPLE * sizeof *b->plain);
	b->seed = room(SAMPLE * sizeof *b->seed);
	b->inner = room(SAMPLE * sizeof *b->inner);
	b->ballots = room(SAMPLE * sizeof *b->ballots);
	b->in = room(points * sizeof *b->in);
	b->out = room(points * sizeof *b->out);
	b->factors = room(b->n * b->w * sizeof *b->factors);
	TRY(parallel_for(SAMPLE, 16, make_votes, b));
	make_list(b);
	st.in = b->in;
	st.out = ds.list = b->out;
	for (unsigned k = 0; k < b->w; k++) {
		uint8_t bytes[32];

		scalar_write(bytes, &b->b[k]);
		keys[k] = secret_copy(bytes, 32);
	}

	b->start = now();
	TRY(hash_sha256(b->hin, b->in, points * sizeof *b->in));
	TRY(shuffle_mix(&secret, b->out, b->in, b->n, b->w, b->committee));
	TRY(hash_sha256(b->hout, b->out, points * sizeof *b->out));
	TRY(shuffle_prove(&proof, &st, secret));
	mix = row(b, "one mix: shuffle and proof", goal[0]);
	TRY(hash_sha256(b->hout, b->out, points * sizeof *b->out));
	TRY(point_check_many(&bad, b->out, points));
	TRY(shuffle_check(&failed, &st, proof.data, proof.len));
	if (failed != 0 || bad != points)
		exit(1);
	check = row(b, "check of one mix", goal[1]);
	TRY(parallel_for(b->n, 16, check_ballots, b));
	ballots = row(b, "check of the ballots", goal[2]);
	TRY(decryption_make(&file, &ds, keys));
	decrypt = row(b, "outer decryption with proof", goal[3]);
	TRY(decryption_check(&failed, b->factors, &ds, file.data, file.len));
	if (failed != 0)
		exit(1);
	TRY(envelope_sealer_new(&sealer, b->w, b->eid, CONTEST, &b->election));
	o.sealer = sealer;
	TRY(parallel_for(b->n, 16, check_openings, &o));
	envelope_sealer_free(sealer);
	openings = row(b, "check of decryption and openings", goal[4]);
	b->tally = ballots + 2 * (mix + check) + decrypt + openings;
	b->verify = ballots + 2 * check + openings;
	printf("%8llu %u  tally without the HSM's own ECDH: %.2f; verify-election with two mixes: %.2f (goal %.1f)\n",
	       (unsigned long long)b->n, b->w, b->tally, b->verify, b->w == 2 ? 3.5 : 4.5);
	json_array_append_new(b->rows, json_pack("{s:I, s:i, s:s, s:f}", "ballots", (json_int_t)b->n, "width", (int)b->w,
	                                         "work", "tally without the HSM's own ECDH", "ecdh", b->tally));
	json_array_append_new(b->rows,
	                      json_pack("{s:I, s:i, s:s, s:f, s:f}", "ballots", (json_int_t)b->n, "width", (int)b->w, "work",
	                                "verify-election, two mixes", "ecdh", b->verify, "goal", b->w == 2 ? 3.5 : 4.5));
	shuffle_secret_free(secret);
	for (unsigned k = 0; k < b->w; k++)
		secret_free(keys[k]);
	for (size_t i = 0; i < SAMPLE; i++)
		buffer_free(&b->ballots[i]);
	buffer_free(&proof);
	buffer_free(&file);
	free(b->plain);
	free(b->seed);
	free(b->inner);
	free(b->ballots);
	free(b->in);
	free(b->out);
	free(b->factors);
}

static void take_way(const char *name)
{
	for (unsigned i = 0; lanes_way(i) != NULL; i++)
		if (strcmp(lanes_way(i)->name, name) == 0) {
			lanes_use(lanes_way(i));
			return;
		}
	fprintf(stderr, "bench: this machine has no way %s\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	unsigned first = 2, last = KEYS;
	struct bench b = {.w = 2};
	struct shuffle_bases *bases;
	const struct point *h;
	const char *json = NULL;
	uint64_t most = 0;
	json_t *root;

	program_start("bench");
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], "--json=", 7) == 0)
			json = argv[i] + 7;
		else if (strncmp(argv[i], "--way=", 6) == 0)
			take_way(argv[i] + 6);
		else if (strncmp(argv[i], "--width=", 8) == 0)
			first = last = argv[i][8] == '3' ? 3 : 2;
		else
			most = strtoull(argv[i], NULL, 10) > most ? strtoull(argv[i], NULL, 10) : most;
	b.rows = json_array();
	TRY(scalar_random(&b.a));
	TRY(point_mul_base(&b.election, &b.a));
	for (int k = 0; k < KEYS; k++) {
		TRY(scalar_random(&b.b[k]));
		TRY(point_mul_base(&b.committee[k], &b.b[k]));
	}
	b.unit = measure_ecdh();
	printf("arithmetic: %s; one ECDH by OpenSSL: %.2f us (%.0f a second)\n", lanes_ops()->name, b.unit * 1e6, 1 / b.unit);
	printf(" ballots w  work                                CPU a ballot  wall a ballot wall/CPU  ECDH   goal            memory so far\n");
	b.n = most + 1;
	b.start = now();
	TRY(shuffle_bases_take(&bases, &h, most));
	row(&b, "bases, once in a process", 0);
	shuffle_bases_give_back(bases);
	for (int i = 1; i < argc; i++)
		for (b.w = first; b.w <= last; b.w++)
			if ((b.n = strtoull(argv[i], NULL, 10)) >= 2)
				run(&b);
	root = json_pack("{s:s, s:f, s:o}", "arithmetic", lanes_ops()->name, "ecdh_per_second", 1 / b.unit, "works", b.rows);
	if (json != NULL && json_dump_file(root, json, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) != 0)
		return program_end(fault(E_FAILED, NULL, "%s", json));
	json_decref(root);
	return program_end(OK);
}
