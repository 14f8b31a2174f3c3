/*
 * Our own arithmetic (lanes.inc) against OpenSSL's, for each way that this machine can take: random operands and the
 * edges (zero, one, n-1, infinity, doubling, opposite points, equal buckets). VEMRE_LONG=1: a million operations;
 * VEMRE_SMALL: as many as reach every branch (valgrind).
 */
#include "group/affine.h"
#include "group/field.h"
#include "group/openssl.h"
#include "group/point.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static size_t scale(size_t few, size_t usual, size_t much)
{
	const char *much_wanted = getenv("VEMRE_LONG");

	if (getenv("VEMRE_SMALL") != NULL)
		return few;
	return much_wanted != NULL && strcmp(much_wanted, "1") == 0 ? much : usual;
}

static struct scalar random_scalar(void)
{
	struct scalar k;

	assert_int_equal(scalar_random(&k), OK);
	return k;
}

/* Random, and now and then an edge. */
static struct scalar some_scalar(size_t i)
{
	struct scalar k = random_scalar(), s;

	switch (i % 16) {
	case 3:
		return SCALAR_ZERO;
	case 5:
		return SCALAR_ONE;
	case 7:
		scalar_neg(&s, &SCALAR_ONE);
		return s;
	case 9:
		scalar_from_u64(&s, k.v[0] >> (i / 16 % 64));
		return s;
	case 11: /* many ones: carries run through the windows */
		return (struct scalar){{UINT64_MAX, UINT64_MAX, UINT64_MAX, 0xffff}};
	case 13: /* the same as others: equal buckets */
		return (struct scalar){{77, 1, 2, 3}};
	case 15:
		s = (struct scalar){{k.v[0], k.v[1], 0, 0}};
		return s;
	default:
		return k;
	}
}

/* Many points cheaply: i-th is i G + base, with edges in between. */
static struct point *some_points(size_t n, bool infinities)
{
	struct point *p = calloc(n + 1, sizeof *p), g;
	struct scalar k = random_scalar();

	assert_int_equal(point_mul_base(&g, &k), OK);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(openssl_point_add(&g, &g, &POINT_GENERATOR), OK);
		p[i] = g;
		if (infinities && i % 16 == 6 && i > 2)
			point_neg(&p[i], &p[i - 1]);
		else if (infinities && i % 16 == 10)
			p[i] = p[i - 1];
		else if (infinities && i % 16 == 14)
			p[i] = POINT_INFINITY;
	}
	return p;
}

#define FOR_EACH_WAY(way) \
	for (unsigned way##_i = 0; lanes_way(way##_i) != NULL && (lanes_use(lanes_way(way##_i)), true); way##_i++)

/* MULX and ADX against plain C, also where one factor is not below p, in place and squared. */
static void test_two_products(void **state)
{
	static const uint64_t word[] = {0, 1, UINT64_MAX, UINT64_MAX - 1, FIELD_P1, FIELD_P3, UINT64_C(1) << 63};
	struct field a, b, c, d;

	(void)state;
	if (!field_has_adx()) {
		print_message("skip: no MULX and ADX on this machine\n");
		skip();
	}
	field_use_adx(true);
	for (size_t i = 0; i < scale(5000, 100000, 10000000); i++) {
		a = (struct field){{0}};
		memcpy(b.v, random_scalar().v, sizeof b.v);
		for (int j = 0; j < 4; j++) {
			if (i % 4 != 0)
				b.v[j] = word[(i >> 2 * j ^ b.v[j]) % (sizeof word / sizeof *word)];
			a.v[j] = word[(i / 7 + b.v[0] + i * (size_t)j) % (sizeof word / sizeof *word)];
		}
		field_mul(&a, &a, &FIELD_ONE); /* below p now */
		field_mul(&c, &a, &b);
		field_mul_c(&d, &a, &b);
		assert_memory_equal(&c, &d, sizeof c);
		field_mul(&c, &b, &a);
		assert_memory_equal(&c, &d, sizeof c);
		field_mul_c(&d, &c, &c);
		field_mul(&c, &c, &c);
		assert_memory_equal(&c, &d, sizeof c);
	}
}

static void field_against_openssl(void)
{
	const BIGNUM *p = group_prime();
	BN_CTX *ctx = BN_CTX_new();
	BIGNUM *a = BN_new(), *b = BN_new(), *r = BN_new();
	uint8_t x[48], got[32], want[32];
	struct field fa, fb, fr;

	for (size_t i = 0; i < scale(300, 3000, 100000); i++) {
		BN_rand_range(a, p);
		BN_rand_range(b, p);
		if (i % 8 == 1) /* p - 1, 0, 1, 2^256 - p and their kind */
			BN_sub(a, p, BN_value_one());
		if (i % 8 == 3)
			BN_set_word(b, i % 5);
		if (i % 8 == 5)
			BN_lshift(a, BN_value_one(), (int)(i / 8 % 255));
		if (i % 16 == 9 || i % 16 == 12) /* their sum is p itself */
			BN_sub(b, p, a);
		if (i % 16 == 7) /* every word of one is all ones: every carry runs */
			BN_sub(b, p, BN_value_one());
		BN_bn2binpad(a, x, 32);
		assert_true(field_read(&fa, x));
		BN_bn2binpad(b, x, 32);
		assert_true(field_read(&fb, x));
		field_mul(&fr, &fa, &fb);
		BN_mod_mul(r, a, b, p, ctx);
		BN_bn2binpad(r, want, 32);
		field_write(got, &fr);
		assert_memory_equal(got, want, 32);
		field_add(&fr, &fa, &fb);
		BN_mod_add(r, a, b, p, ctx);
		BN_bn2binpad(r, want, 32);
		field_write(got, &fr);
		assert_memory_equal(got, want, 32);
		field_sub(&fr, &fa, &fb);
		BN_mod_sub(r, a, b, p, ctx);
		BN_bn2binpad(r, want, 32);
		field_write(got, &fr);
		assert_memory_equal(got, want, 32);
		if (i % 32 != 0)
			continue;
		field_inverse(&fr, &fb);
		if (BN_mod_inverse(r, b, p, ctx) == NULL)
			BN_zero(r);
		BN_bn2binpad(r, want, 32);
		field_write(got, &fr);
		assert_memory_equal(got, want, 32);
		field_sqr(&fr, &fa);
		assert_true(field_sqrt(&fr, &fr));
		if (!field_equal(&fr, &fa)) {
			field_neg(&fr, &fr);
			assert_true(field_equal(&fr, &fa));
		}
		BN_rand(a, 384, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY);
		BN_bn2binpad(a, x, 48);
		field_reduce48(&fr, x);
		BN_nnmod(r, a, p, ctx);
		BN_bn2binpad(r, want, 32);
		field_write(got, &fr);
		assert_memory_equal(got, want, 32);
	}
	BN_bn2binpad(p, x, 32);
	assert_false(field_read(&fa, x));
	BN_free(a);
	BN_free(b);
	BN_free(r);
	BN_CTX_free(ctx);
}

static void test_field(void **state)
{
	(void)state;
	field_use_adx(false);
	field_against_openssl();
	field_use_adx(true); /* the same again where the machine has neither */
	field_against_openssl();
}

static void test_check(void **state)
{
	size_t n = 333, bad;
	struct point *p = some_points(n, false);

	(void)state;
	FOR_EACH_WAY(way) {
		for (size_t i = 0; i < n; i += scale(37, 7, 7)) {
			struct point keep = p[i];

			assert_int_equal(point_check_many(&bad, p, n), OK);
			assert_int_equal(bad, n);
			p[i].octets[1 + i % 64] ^= 1;
			assert_int_equal(point_check_many(&bad, p, n), OK);
			assert_int_equal(bad, i);
			p[i] = keep;
			p[i].octets[0] = (uint8_t)(i % 2 == 0 ? 0 : 2);
			assert_int_equal(point_check_many(&bad, p, n), OK);
			assert_int_equal(bad, i);
			p[i] = keep;
			memset(p[i].octets + 1 + i % 2 * 32, 0xff, 32); /* not below p */
			assert_int_equal(point_check_many(&bad, p, n), OK);
			assert_int_equal(bad, i);
			p[i] = POINT_INFINITY;
			assert_int_equal(point_check_many(&bad, p, n), OK);
			assert_int_equal(bad, i);
			p[i] = keep;
			p[n - 1].octets[40] ^= 1; /* the first is told, not this one */
			p[i].octets[64] ^= 1;
			assert_int_equal(point_check_many(&bad, p, n), OK);
			assert_int_equal(bad, i);
			p[i] = keep;
			p[n - 1].octets[40] ^= 1;
		}
	}
	free(p);
}

static void test_add(void **state)
{
	size_t n = scale(300, 2500, 150000);
	struct point *a = some_points(n, true), *b = some_points(n, true), *sum = calloc(n, sizeof *sum), want;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		if (i % 9 == 4)
			b[i] = a[i];
		if (i % 9 == 7)
			point_neg(&b[i], &a[i]);
	}
	FOR_EACH_WAY(way) {
		for (int minus = 0; minus < 2; minus++) {
			assert_int_equal(minus ? point_sub_many_vartime(sum, a, b, n) : point_add_many_vartime(sum, a, b, n), OK);
			for (size_t i = 0; i < n; i++) {
				struct point y = b[i];

				if (minus)
					point_neg(&y, &b[i]);
				assert_int_equal(openssl_point_add(&want, &a[i], &y), OK);
				assert_memory_equal(&sum[i], &want, sizeof want);
			}
		}
	}
	for (size_t count = 0; count < 20; count++) /* every length of the last vector, in place */
		FOR_EACH_WAY(way) {
			memcpy(sum, a, count * sizeof *a);
			assert_int_equal(point_add_many_vartime(sum, sum, b, count), OK);
			for (size_t i = 0; i < count; i++) {
				assert_int_equal(openssl_point_add(&want, &a[i], &b[i]), OK);
				assert_memory_equal(&sum[i], &want, sizeof want);
			}
		}
	free(a);
	free(b);
	free(sum);
}

static void check_product(const struct scalar *k, const struct point *p, size_t n, const struct point *want)
{
	FOR_EACH_WAY(way) {
		struct point got;

		assert_int_equal(point_msm_vartime(&got, k, p, n), OK);
		assert_memory_equal(&got, want, sizeof got);
	}
}

static void test_product(void **state)
{
	size_t sizes[] = {0, 1, 2, 3, 5, 24, 25, 26, 64, 100, 333, scale(334, 1000, 1000), scale(1200, 9000, 140000)};
	size_t most = scale(1200, 9000, 140000), alike = scale(200, 1000, 1000);
	struct point *p = some_points(most, true), want;
	struct scalar *k = calloc(most, sizeof *k);

	(void)state;
	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
		size_t n = sizes[s];

		for (size_t i = 0; i < n; i++)
			k[i] = some_scalar(i);
		assert_int_equal(openssl_point_sum(&want, k, p, n, true), OK);
		check_product(k, p, n, &want);
	}
	/* All in one bucket; all zero; a sum that vanishes; weights of 128 bits. */
	for (size_t i = 0; i < alike; i++)
		k[i] = k[2];
	assert_int_equal(openssl_point_sum(&want, k, p, alike, true), OK);
	check_product(k, p, alike, &want);
	for (size_t i = 0; i < alike; i++)
		k[i] = SCALAR_ZERO;
	check_product(k, p, alike, &POINT_INFINITY);
	for (size_t i = 0; i < alike; i += 2) {
		k[i] = random_scalar();
		p[i + 1] = p[i];
		scalar_neg(&k[i + 1], &k[i]);
	}
	check_product(k, p, alike, &POINT_INFINITY);
	for (size_t i = 0; i < alike; i++) {
		p[i] = p[0];
		k[i] = random_scalar();
		k[i].v[2] = k[i].v[3] = 0;
	}
	assert_int_equal(openssl_point_sum(&want, k, p, alike, true), OK);
	check_product(k, p, alike, &want);
	free(p);
	free(k);
}

static void test_commitment(void **state)
{
	size_t sizes[] = {1, 2, 7, 8, 9, 31, 32, 33, 63, 64, 65, 255, 256, 257, 300, 600, scale(610, 900, 30000)};
	size_t most = scale(610, 900, 30000);
	struct point *p = calloc(most, sizeof *p), want, got;
	struct scalar *k = calloc(most, sizeof *k);
	uint8_t *msgs = calloc(most, 8);

	(void)state;
	for (size_t i = 0; i < most; i++)
		memcpy(msgs + 8 * i, &i, sizeof i);
	assert_int_equal(point_hash_many(p, (const uint8_t *)"test", 4, msgs, 8, most), OK);
	for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
		size_t n = sizes[s];

		for (size_t i = 0; i < n; i++)
			k[i] = some_scalar(i);
		assert_int_equal(openssl_point_sum(&want, k, p, n, false), OK);
		FOR_EACH_WAY(way) {
			assert_int_equal(point_msm(&got, k, p, n), OK);
			assert_memory_equal(&got, &want, sizeof got);
		}
		for (unsigned bits = 1; bits <= 64; bits += 3) {
			if (n > scale(65, 300, 300))
				continue;
			for (size_t i = 0; i < n; i++) {
				k[i] = random_scalar();
				scalar_from_u64(&k[i], k[i].v[0] >> (64 - bits));
			}
			assert_int_equal(openssl_point_sum(&want, k, p, n, false), OK);
			FOR_EACH_WAY(way) {
				assert_int_equal(point_msm_bounded(&got, k, bits, p, n), OK);
				assert_memory_equal(&got, &want, sizeof got);
			}
		}
	}
	/* Points that meet each other: the slow way takes over. */
	for (size_t i = 0; i < 100; i++) {
		p[i] = p[i % 3];
		k[i] = some_scalar(i);
	}
	p[50] = POINT_INFINITY;
	assert_int_equal(openssl_point_sum(&want, k, p, 100, false), OK);
	FOR_EACH_WAY(way) {
		assert_int_equal(point_msm(&got, k, p, 100), OK);
		assert_memory_equal(&got, &want, sizeof got);
	}
	free(p);
	free(k);
	free(msgs);
}

static void test_multiples(void **state)
{
	size_t n = scale(150, 700, 20000);
	struct point *p = some_points(n, false), *got = calloc(n, sizeof *got), want;
	struct scalar *k = calloc(n, sizeof *k);
	struct point_table *t;

	(void)state;
	for (size_t i = 0; i < n; i++)
		k[i] = random_scalar();
	FOR_EACH_WAY(way) {
		for (int b = 0; b < 2; b++) {
			const struct point *base = b == 0 ? &POINT_GENERATOR : &p[3];

			assert_int_equal(point_table_new(&t, base), OK);
			assert_int_equal(point_table_mul(got, t, k, n), OK);
			for (size_t i = 0; i < n; i++) {
				assert_int_equal(openssl_point_sum(&want, &k[i], base, 1, false), OK);
				assert_memory_equal(&got[i], &want, sizeof want);
			}
			for (size_t i = 0; i < 32; i++) {
				struct scalar edge = some_scalar(i);

				assert_int_equal(point_table_mul(got, t, &edge, 1), OK);
				assert_int_equal(openssl_point_sum(&want, &edge, base, 1, false), OK);
				assert_memory_equal(got, &want, sizeof want);
			}
			point_table_free(t);
		}
		for (size_t e = 0; e < 20; e += scale(3, 1, 1)) {
			struct scalar edge = e == 0 ? k[0] : some_scalar(e);
			size_t count = e == 0 ? n : 1 + e * 3;

			assert_int_equal(point_mul_many(got, &edge, p, count), OK);
			for (size_t i = 0; i < count; i++) {
				assert_int_equal(openssl_point_sum(&want, &edge, &p[i], 1, false), OK);
				assert_memory_equal(&got[i], &want, sizeof want);
			}
		}
	}
	free(p);
	free(got);
	free(k);
}

static void test_maps(void **state)
{
	size_t n = scale(150, 700, 20000);
	struct point *got = calloc(n, sizeof *got), want;
	uint8_t (*x)[32] = calloc(n, sizeof *x);
	bool *ok = calloc(n, sizeof *ok);

	(void)state;
	for (size_t i = 0; i < n; i++) {
		struct scalar k = random_scalar();

		scalar_write(x[i], &k);
		if (i % 50 == 7)
			memset(x[i], 0xff, 32);
	}
	FOR_EACH_WAY(way) {
		assert_int_equal(point_from_x_many_vartime(got, ok, (const uint8_t(*)[32])x, n), OK);
		for (size_t i = 0; i < n; i++) {
			struct point one;

			assert_int_equal(openssl_point_from_x(&want, x[i]), ok[i]);
			assert_int_equal(point_from_x_vartime(&one, x[i]), ok[i]);
			if (ok[i]) {
				assert_memory_equal(&got[i], &want, sizeof want);
				assert_memory_equal(&one, &want, sizeof want);
			}
		}
		assert_int_equal(point_hash_many(got, (const uint8_t *)"some dst", 8, x[0], 32, n), OK);
		for (size_t i = 0; i < n; i++) {
			assert_int_equal(openssl_point_hash(&want, (const uint8_t *)"some dst", 8, x[i], 32), OK);
			assert_memory_equal(&got[i], &want, sizeof want);
		}
	}
	free(got);
	free(x);
	free(ok);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_field),      cmocka_unit_test(test_two_products), cmocka_unit_test(test_check),
	    cmocka_unit_test(test_add),        cmocka_unit_test(test_product),      cmocka_unit_test(test_commitment),
	    cmocka_unit_test(test_multiples),  cmocka_unit_test(test_maps),
	};

	for (unsigned i = 0; lanes_way(i) != NULL; i++)
		printf("arithmetic: %s\n", lanes_way(i)->name);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
