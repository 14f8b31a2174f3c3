/* Blocks, inner and outer envelopes (PROTOCOL 5, 6, 7): vectors of every status, and round trips. */
#include "base/report.h"
#include "protocol/envelope.h"
#include "unit/vectors.h"
#include <openssl/rand.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_t *ballots;
static uint8_t eid[32];
static struct point election_key, committee_key[4];
static struct scalar a;

static int set_up(void **state)
{
	(void)state;
	ballots = vectors_load("ballots.json");
	vectors_field(eid, 32, ballots, "eid");
	vectors_point(&election_key, vectors_get(ballots, "election_key"));
	vectors_scalar(&a, vectors_get(ballots, "opening_secret"));
	for (size_t k = 0; k < 4; k++)
		vectors_point(&committee_key[k], json_array_get(vectors_get(ballots, "committee_key"), k));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	json_decref(ballots);
	return 0;
}

static void test_embed(void **state)
{
	json_t *primitives = vectors_load("primitives.json");
	const json_t *list = vectors_get(primitives, "embed"), *v;
	uint8_t block[BLOCK], back[BLOCK];
	struct point p, expected;
	size_t i;

	(void)state;
	assert_true(json_array_size(list) > 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, v) {
		vectors_field(block, BLOCK, v, "block");
		vectors_point(&expected, vectors_get(v, "point"));
		assert_int_equal(envelope_embed(&p, block), OK);
		assert_true(point_equal(&p, &expected));
		assert_true(envelope_extract(back, &p));
		assert_memory_equal(back, block, BLOCK);
	}
	list = vectors_get(primitives, "unreadable_points");
	assert_true(json_array_size(list) > 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, v) {
		vectors_point(&p, vectors_get(v, "point"));
		if (envelope_extract(back, &p))
			fail_msg("read although %s", vectors_text(v, "why"));
	}
	assert_false(envelope_extract(back, &POINT_INFINITY));
	json_decref(primitives);
	for (i = 0; i < 300; i++) {
		assert_int_equal(RAND_bytes(block, BLOCK), 1);
		assert_int_equal(envelope_embed(&p, block), OK);
		assert_true(point_valid(p.octets));
		assert_true(envelope_extract(back, &p));
		assert_memory_equal(back, block, BLOCK);
		point_neg(&p, &p); /* odd y */
		assert_false(envelope_extract(back, &p));
	}
}

/* The byte after the block is not looked at: any ctr whose x is on the curve, with even y, reads the same. */
static void test_extract_ignores_ctr(void **state)
{
	uint8_t x[32] = {0}, back[BLOCK];
	struct point p;
	int found = 0;

	(void)state;
	x[15] = 7;
	for (unsigned ctr = 0; ctr < 256; ctr++) {
		x[31] = (uint8_t)ctr;
		if (!point_from_x_vartime(&p, x))
			continue;
		assert_true(envelope_extract(back, &p));
		assert_memory_equal(back, x + 1, BLOCK);
		found++;
	}
	assert_true(found > 1);
}

/* Opens with a as the HSM would, by x(a R). */
static void open_with(uint8_t seed[SEED_BYTES], uint8_t *plain, unsigned w, const char *contest, const uint8_t *inner,
                      const struct scalar *key)
{
	struct point r, wp;
	uint8_t z[32];

	assert_true(envelope_inner_point(&r, inner));
	assert_true(point_y_is_even(&r));
	assert_int_equal(point_mul(&wp, key, &r), OK);
	envelope_x(z, &wp);
	assert_int_equal(envelope_unmask(seed, plain, w, eid, contest, inner, z), OK);
}

static void check_valid(const json_t *v, const uint8_t *inner, unsigned w, const char *contest)
{
	uint8_t out[INNER_MAX], seed[SEED_BYTES], plain[PLAIN_MAX], s[SEED_BYTES], p[PLAIN_MAX];
	size_t plain_len = envelope_plain_len(w);
	bool same;

	vectors_field(seed, SEED_BYTES, v, "seed");
	vectors_field(plain, plain_len, v, "plain");
	assert_int_equal(envelope_seal_inner(out, w, eid, contest, &election_key, seed, plain), OK);
	assert_memory_equal(out, inner, envelope_inner_len(w));
	open_with(s, p, w, contest, inner, &a);
	assert_memory_equal(s, seed, SEED_BYTES);
	assert_memory_equal(p, plain, plain_len);
	assert_int_equal(envelope_seals_again(&same, inner, w, eid, contest, &election_key, seed, plain), OK);
	assert_true(same);
	/* Another contest, seed, vote or key does not seal the same. */
	assert_int_equal(envelope_seals_again(&same, inner, w, eid, "otra", &election_key, seed, plain), OK);
	assert_false(same);
	assert_int_equal(envelope_seals_again(&same, inner, w, eid, contest, &committee_key[0], seed, plain), OK);
	assert_false(same);
	seed[0] ^= 1;
	assert_int_equal(envelope_seals_again(&same, inner, w, eid, contest, &election_key, seed, plain), OK);
	assert_false(same);
	seed[0] ^= 1;
	plain[plain_len - 1] ^= 1;
	assert_int_equal(envelope_seals_again(&same, inner, w, eid, contest, &election_key, seed, plain), OK);
	assert_false(same);
}

static void check_mismatch(const json_t *v, const uint8_t *inner, unsigned w, const char *contest)
{
	uint8_t seed[SEED_BYTES], plain[PLAIN_MAX], z[32];
	struct point r, expected, wp;
	bool same;

	vectors_point(&expected, vectors_get(v, "W"));
	assert_true(envelope_inner_point(&r, inner));
	assert_int_equal(point_mul(&wp, &a, &r), OK);
	assert_true(point_equal(&wp, &expected));
	envelope_x(z, &wp);
	assert_int_equal(envelope_unmask(seed, plain, w, eid, contest, inner, z), OK);
	assert_int_equal(envelope_seals_again(&same, inner, w, eid, contest, &election_key, seed, plain), OK);
	assert_false(same);
}

static void test_inner(void **state)
{
	const json_t *list = vectors_get(ballots, "inner"), *v;
	uint8_t inner[INNER_MAX];
	int seen[3] = {0};
	struct point r;
	size_t i;

	(void)state;
	json_array_foreach((json_t *)(uintptr_t)list, i, v) {
		unsigned w = (unsigned)vectors_int(v, "w");
		const char *status = vectors_text(v, "status"), *contest = vectors_text(v, "contest");

		vectors_field(inner, envelope_inner_len(w), v, "inner");
		if (strcmp(status, "valid") == 0) {
			check_valid(v, inner, w, contest);
			seen[0]++;
		} else if (strcmp(status, "mismatch") == 0) {
			check_mismatch(v, inner, w, contest);
			seen[1]++;
		} else {
			assert_string_equal(status, "off-curve");
			assert_false(envelope_inner_point(&r, inner));
			seen[2]++;
		}
	}
	assert_true(seen[0] >= 5 && seen[1] >= 2 && seen[2] >= 2);
}

/* R = -G, which a hostile voter can arrange: W = -A. */
static void test_minus_g(void **state)
{
	uint8_t inner[INNER_MAX] = {0};
	struct point r, minus, w;

	(void)state;
	envelope_x(inner, &POINT_GENERATOR);
	assert_true(envelope_inner_point(&r, inner));
	point_neg(&minus, &POINT_GENERATOR);
	assert_true(point_equal(&r, &minus));
	assert_int_equal(point_mul(&w, &a, &r), OK);
	point_neg(&minus, &election_key);
	assert_true(point_equal(&w, &minus));
}

/* Seal, decrypt with b_k, read the blocks, open with a: all widths, odd points among the plaintexts. */
static void test_round_trip(void **state)
{
	struct scalar b[4], t;
	struct point key[4], c[OUTER_POINTS_MAX], d, block;
	uint8_t inner[INNER_MAX], back[INNER_MAX], seed[SEED_BYTES], plain[PLAIN_MAX], s[SEED_BYTES], p[PLAIN_MAX];

	(void)state;
	for (int k = 0; k < 4; k++) {
		assert_int_equal(scalar_random(&b[k]), OK);
		assert_int_equal(point_mul_base(&key[k], &b[k]), OK);
	}
	for (int i = 0; i < 60; i++) {
		unsigned w = WIDTH_MIN + (unsigned)i % 3;

		assert_int_equal(RAND_bytes(seed, sizeof seed), 1);
		assert_int_equal(RAND_bytes(plain, sizeof plain), 1);
		assert_int_equal(scalar_random(&t), OK);
		assert_int_equal(envelope_seal_inner(inner, w, eid, "x", &election_key, seed, plain), OK);
		assert_int_equal(envelope_seal_outer(c, w, key, &t, inner), OK);
		for (unsigned k = 0; k < w; k++) {
			assert_int_equal(point_mul(&d, &b[k], &c[0]), OK);
			assert_int_equal(point_sub_vartime(&block, &c[k + 1], &d), OK);
			assert_true(envelope_extract(back + BLOCK * k, &block));
		}
		assert_memory_equal(back, inner, envelope_inner_len(w));
		open_with(s, p, w, "x", back, &a);
		assert_memory_equal(s, seed, SEED_BYTES);
		assert_memory_equal(p, plain, envelope_plain_len(w));
	}
}

static void test_widths(void **state)
{
	(void)state;
	assert_int_equal(envelope_width(0), 2);
	assert_int_equal(envelope_width(4), 2);
	assert_int_equal(envelope_width(5), 3);
	assert_int_equal(envelope_width(34), 3);
	assert_int_equal(envelope_width(35), 4);
	assert_int_equal(envelope_width(64), 4);
	assert_int_equal(envelope_width(65), 5);
	assert_string_equal(envelope_status_name(VOTE_VALID), "valid");
	assert_string_equal(envelope_status_name(VOTE_UNDECODABLE), "undecodable");
	assert_string_equal(envelope_status_name(VOTE_OFF_CURVE), "off-curve");
	assert_string_equal(envelope_status_name(VOTE_MISMATCH), "mismatch");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_embed),   cmocka_unit_test(test_extract_ignores_ctr), cmocka_unit_test(test_inner),
	    cmocka_unit_test(test_minus_g), cmocka_unit_test(test_round_trip),          cmocka_unit_test(test_widths),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
