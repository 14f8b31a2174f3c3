/* Points: reading, and arithmetic against sums made another way, infinity and opposites among the operands. */
#include "group/point.h"
#include "unit/vectors.h"
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void random_point(struct point *out, struct scalar *k)
{
	assert_int_equal(scalar_random(k), OK);
	assert_int_equal(point_mul_base(out, k), OK);
}

/* k*P by OpenSSL alone. */
static void reference(uint8_t out[POINT_BYTES], const struct scalar *k, const struct point *p)
{
	EC_GROUP *g = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	EC_POINT *q = EC_POINT_new(g);
	uint8_t bytes[32];
	BIGNUM *s;

	scalar_write(bytes, k);
	s = BN_bin2bn(bytes, 32, NULL);
	assert_int_equal(EC_POINT_oct2point(g, q, p->octets, POINT_BYTES, NULL), 1);
	assert_int_equal(EC_POINT_mul(g, q, NULL, q, s, NULL), 1);
	assert_int_equal(EC_POINT_point2oct(g, q, POINT_CONVERSION_UNCOMPRESSED, out, POINT_BYTES, NULL), POINT_BYTES);
	BN_free(s);
	EC_POINT_free(q);
	EC_GROUP_free(g);
}

static void test_bad_points(void **state)
{
	json_t *primitives = vectors_load("primitives.json");
	const json_t *list = vectors_get(primitives, "bad_points"), *v;
	struct point p;
	size_t i, len;

	(void)state;
	assert_true(json_array_size(list) > 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, v) {
		uint8_t *bytes = vectors_bytes(&len, vectors_get(v, "hex")), padded[POINT_BYTES] = {0};

		/* Whatever the length in the vector, a reader of 65 bytes never takes them. */
		memcpy(padded, bytes, len < POINT_BYTES ? len : POINT_BYTES);
		if (point_read(&p, padded) || point_valid(padded))
			fail_msg("read although %s", vectors_text(v, "why"));
		free(bytes);
	}
	json_decref(primitives);
}

static void test_constants(void **state)
{
	struct point p;

	(void)state;
	assert_true(point_valid(POINT_GENERATOR.octets));
	assert_false(point_valid(POINT_INFINITY.octets));
	assert_true(point_is_infinity(&POINT_INFINITY));
	assert_false(point_is_infinity(&POINT_GENERATOR));
	assert_int_equal(point_mul_base(&p, &SCALAR_ONE), OK);
	assert_true(point_equal(&p, &POINT_GENERATOR));
	assert_int_equal(point_mul_base(&p, &SCALAR_ZERO), OK);
	assert_true(point_is_infinity(&p));
	assert_int_equal(point_mul(&p, &SCALAR_ZERO, &POINT_GENERATOR), OK);
	assert_true(point_is_infinity(&p));
}

static void test_mul(void **state)
{
	struct point p, q, sum;
	struct scalar k, a, minus;
	uint8_t expected[POINT_BYTES];

	(void)state;
	for (int i = 0; i < 200; i++) {
		random_point(&p, &k);
		reference(expected, &k, &POINT_GENERATOR);
		assert_memory_equal(p.octets, expected, POINT_BYTES);
		assert_int_equal(scalar_random(&a), OK);
		assert_int_equal(point_mul(&q, &a, &p), OK);
		reference(expected, &a, &p);
		assert_memory_equal(q.octets, expected, POINT_BYTES);
	}
	/* n-1 times a point is its opposite; one more is infinity */
	scalar_neg(&minus, &SCALAR_ONE);
	assert_int_equal(point_mul(&q, &minus, &p), OK);
	point_neg(&sum, &p);
	assert_true(point_equal(&q, &sum));
	assert_true(point_valid(sum.octets));
	assert_int_equal(point_add_vartime(&sum, &q, &p), OK);
	assert_true(point_is_infinity(&sum));
}

static void test_add(void **state)
{
	struct point p, q, r, s;
	struct scalar a, b, c;

	(void)state;
	for (int i = 0; i < 50; i++) {
		random_point(&p, &a);
		random_point(&q, &b);
		scalar_add(&c, &a, &b);
		assert_int_equal(point_mul_base(&r, &c), OK);
		assert_int_equal(point_add_vartime(&s, &p, &q), OK);
		assert_true(point_equal(&r, &s));
		scalar_sub(&c, &a, &b);
		assert_int_equal(point_mul_base(&r, &c), OK);
		assert_int_equal(point_sub_vartime(&s, &p, &q), OK);
		assert_true(point_equal(&r, &s));
		assert_int_equal(point_add_vartime(&s, &p, &p), OK); /* doubling */
		scalar_add(&c, &a, &a);
		assert_int_equal(point_mul_base(&r, &c), OK);
		assert_true(point_equal(&r, &s));
		assert_int_equal(point_sub_vartime(&s, &p, &p), OK);
		assert_true(point_is_infinity(&s));
		assert_int_equal(point_add_vartime(&s, &p, &POINT_INFINITY), OK);
		assert_true(point_equal(&s, &p));
		assert_int_equal(point_add_vartime(&s, &POINT_INFINITY, &p), OK);
		assert_true(point_equal(&s, &p));
		assert_int_equal(point_add_vartime(&p, &p, &q), OK); /* onto itself */
	}
	assert_int_equal(point_add_vartime(&s, &POINT_INFINITY, &POINT_INFINITY), OK);
	assert_true(point_is_infinity(&s));
	point_neg(&s, &POINT_INFINITY);
	assert_true(point_is_infinity(&s));
}

/* Sums with infinities, zeros, the same point twice, opposites, against the sum of the known logarithms. */
static void test_msm(void **state)
{
	enum { N = 12 };
	struct point p[N], out, expected;
	struct scalar k[N], log[N], sum = SCALAR_ZERO;
	uint8_t untouched[sizeof k];

	(void)state;
	for (int i = 0; i < N; i++) {
		random_point(&p[i], &log[i]);
		assert_int_equal(scalar_random(&k[i]), OK);
	}
	p[3] = POINT_INFINITY;
	log[3] = SCALAR_ZERO;
	k[4] = SCALAR_ZERO;
	p[6] = p[5]; /* the same twice */
	log[6] = log[5];
	k[6] = k[5];
	point_neg(&p[8], &p[7]); /* cancels */
	scalar_neg(&log[8], &log[7]);
	k[8] = k[7];
	scalar_neg(&k[9], &SCALAR_ONE);
	p[10] = POINT_GENERATOR;
	log[10] = SCALAR_ONE;
	for (int i = 0; i < N; i++)
		scalar_mul_add(&sum, &k[i], &log[i], &sum);
	assert_int_equal(point_mul_base(&expected, &sum), OK);
	memcpy(untouched, k, sizeof k);
	assert_int_equal(point_msm_vartime(&out, k, p, N), OK);
	assert_true(point_equal(&out, &expected));
	assert_int_equal(point_msm(&out, k, p, N), OK);
	assert_true(point_equal(&out, &expected));
	assert_memory_equal(untouched, k, sizeof k);
	assert_int_equal(point_msm_vartime(&out, k, p, 0), OK);
	assert_true(point_is_infinity(&out));
	for (unsigned n = 1; n < N; n++) { /* both ways agree on every prefix */
		assert_int_equal(point_msm_vartime(&expected, k, p, n), OK);
		assert_int_equal(point_msm(&out, k, p, n), OK);
		assert_true(point_equal(&out, &expected));
	}
}

/* z G + e P against the sum by the other way, at the edges too. */
static void test_mul_two(void **state)
{
	struct scalar k[2], edge[3];
	struct point p[2] = {POINT_GENERATOR, POINT_GENERATOR}, out, expected;

	(void)state;
	edge[0] = SCALAR_ZERO;
	edge[1] = SCALAR_ONE;
	scalar_neg(&edge[2], &SCALAR_ONE);
	for (int i = 0; i < 40; i++) {
		assert_int_equal(scalar_random(&k[0]), OK);
		assert_int_equal(scalar_random(&k[1]), OK);
		if (i < 18) {
			k[0] = edge[i % 3];
			k[1] = edge[i / 3 % 3];
		}
		assert_int_equal(point_mul_base(&p[1], &k[0]), OK);
		if (i == 18)
			p[1] = POINT_INFINITY;
		if (i % 2 == 1)
			p[1] = POINT_GENERATOR; /* -1 and 1: infinity */
		assert_int_equal(point_mul_two_vartime(&out, &k[0], &k[1], &p[1]), OK);
		assert_int_equal(point_msm_vartime(&expected, k, p, 2), OK);
		assert_true(point_equal(&out, &expected));
	}
}

/* Long sums whose points are few and collide (the same, opposite, infinity), with scalars of every size: whatever the
 * method, no partial sum may stumble. */
static void test_long_sums(void **state)
{
	static const size_t lengths[] = {1, 2, 13, 31, 64, 100, 257, 700};
	struct point *p = malloc(700 * sizeof *p), few[9], out, expected;
	struct scalar *k = malloc(700 * sizeof *k), log[9], s, sum;
	uint8_t small[16];

	(void)state;
	few[0] = POINT_INFINITY;
	log[0] = SCALAR_ZERO;
	for (unsigned i = 1; i < 9; i++) { /* G, -G, 2G, -2G, ... */
		scalar_from_u64(&log[i], (i + 1) / 2);
		if (i % 2 == 0)
			scalar_neg(&log[i], &log[i]);
		assert_int_equal(point_mul_base(&few[i], &log[i]), OK);
	}
	for (int turn = 0; turn < 4; turn++)
		for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++) {
			sum = SCALAR_ZERO;
			for (size_t i = 0; i < lengths[l]; i++) {
				unsigned which = (unsigned)rand() % 9;

				assert_int_equal(scalar_random(&s), OK);
				if (turn == 1 || (turn == 3 && i % 3 == 0)) { /* weights of 128 bits */
					uint8_t wide[32];

					scalar_write(wide, &s);
					memcpy(small, wide, 16);
					scalar_from_u128(&s, small);
				} else if (turn == 2 || (turn == 3 && i % 3 == 1)) { /* 0, 1, 2, -1, -2 */
					scalar_from_u64(&s, i % 3);
					if (i % 2 == 0)
						scalar_neg(&s, &s);
				}
				k[i] = s;
				p[i] = few[which];
				scalar_mul_add(&sum, &s, &log[which], &sum);
			}
			assert_int_equal(point_mul_base(&expected, &sum), OK);
			assert_int_equal(point_msm_vartime(&out, k, p, lengths[l]), OK);
			assert_true(point_equal(&out, &expected));
			if (lengths[l] <= 64) {
				assert_int_equal(point_msm(&out, k, p, lengths[l]), OK);
				assert_true(point_equal(&out, &expected));
			}
		}
	free(p);
	free(k);
}

static void test_from_x(void **state)
{
	uint8_t x[32] = {0}, prime[32];
	BIGNUM *p = BN_new();
	EC_GROUP *g = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
	struct point out;
	int found = 0;

	(void)state;
	for (unsigned i = 0; i < 256; i++) {
		x[31] = (uint8_t)i;
		if (!point_from_x_vartime(&out, x))
			continue;
		found++;
		assert_true(point_valid(out.octets));
		assert_true(point_y_is_even(&out));
		assert_memory_equal(out.octets + 1, x, 32);
	}
	assert_in_range(found, 90, 166); /* about a half */
	assert_int_equal(EC_GROUP_get_curve(g, p, NULL, NULL, NULL), 1);
	for (unsigned i = 0; i < 8; i++) { /* p + i stands for the x of i, and is refused */
		BN_bn2binpad(p, prime, 32);
		assert_false(point_from_x_vartime(&out, prime));
		BN_add_word(p, 1);
	}
	assert_true(point_from_x_vartime(&out, POINT_GENERATOR.octets + 1)); /* -G: G's own y is odd */
	assert_false(point_equal(&out, &POINT_GENERATOR));
	assert_false(point_y_is_even(&POINT_GENERATOR));
	BN_free(p);
	EC_GROUP_free(g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bad_points), cmocka_unit_test(test_constants), cmocka_unit_test(test_mul),
	    cmocka_unit_test(test_add),        cmocka_unit_test(test_msm),       cmocka_unit_test(test_from_x),
	    cmocka_unit_test(test_long_sums),   cmocka_unit_test(test_mul_two),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
