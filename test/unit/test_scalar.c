/* Arithmetic modulo n against OpenSSL's BN, an independent one: edges in every pair, then random values. */
#include "group/scalar.h"
#include "unit/vectors.h"
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/rand.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { RANDOM = 3000 };

static BIGNUM *n;
static BN_CTX *ctx;

static int set_up(void **state)
{
	EC_GROUP *g = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);

	(void)state;
	ctx = BN_CTX_new();
	n = BN_dup(EC_GROUP_get0_order(g));
	EC_GROUP_free(g);
	return n != NULL && ctx != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	BN_free(n);
	BN_CTX_free(ctx);
	return 0;
}

static void to_bn(BIGNUM *out, const struct scalar *a)
{
	uint8_t bytes[32];

	scalar_write(bytes, a);
	assert_non_null(BN_bin2bn(bytes, 32, out));
}

static void assert_is(const struct scalar *a, const BIGNUM *expected)
{
	uint8_t mine[32], theirs[32];

	scalar_write(mine, a);
	assert_int_equal(BN_bn2binpad(expected, theirs, 32), 32);
	assert_memory_equal(mine, theirs, 32);
}

static void check_pair(const struct scalar *a, const struct scalar *b)
{
	BIGNUM *x = BN_new(), *y = BN_new(), *r = BN_new();
	struct scalar s, alias;

	to_bn(x, a);
	to_bn(y, b);
	scalar_add(&s, a, b);
	BN_mod_add(r, x, y, n, ctx);
	assert_is(&s, r);
	scalar_sub(&s, a, b);
	BN_mod_sub(r, x, y, n, ctx);
	assert_is(&s, r);
	scalar_mul(&s, a, b);
	BN_mod_mul(r, x, y, n, ctx);
	assert_is(&s, r);
	/* The output may be an operand. */
	alias = *a;
	scalar_mul(&alias, &alias, b);
	assert_is(&alias, r);
	alias = *b;
	scalar_mul_add(&alias, a, &alias, a); /* ab + a */
	BN_mod_add(r, r, x, n, ctx);
	assert_is(&alias, r);
	assert_int_equal(scalar_equal(a, b), BN_cmp(x, y) == 0);
	BN_free(x);
	BN_free(y);
	BN_free(r);
}

static void check_one(const struct scalar *a)
{
	BIGNUM *x = BN_new(), *r = BN_new();
	struct scalar s, p;

	to_bn(x, a);
	scalar_neg(&s, a);
	BN_zero(r);
	BN_mod_sub(r, r, x, n, ctx);
	assert_is(&s, r);
	assert_int_equal(scalar_is_zero(a), BN_is_zero(x));
	scalar_inverse(&s, a);
	if (BN_is_zero(x)) {
		assert_true(scalar_is_zero(&s));
	} else {
		assert_non_null(BN_mod_inverse(r, x, n, ctx));
		assert_is(&s, r);
		scalar_mul(&p, &s, a);
		assert_true(scalar_equal(&p, &SCALAR_ONE));
	}
	BN_free(x);
	BN_free(r);
}

static unsigned edges(struct scalar out[64])
{
	unsigned count = 0;
	uint8_t bytes[32];
	BIGNUM *v = BN_new();

	for (unsigned i = 0; i < 4; i++)
		scalar_from_u64(&out[count++], i);
	for (unsigned i = 1; i <= 4; i++) { /* n-1 .. n-4 */
		BN_copy(v, n);
		BN_sub_word(v, i);
		BN_bn2binpad(v, bytes, 32);
		assert_true(scalar_read(&out[count++], bytes));
	}
	for (int bit = 63; bit <= 255; bit += 64) /* around each limb's border */
		for (int d = -1; d <= 1; d++) {
			BN_zero(v);
			BN_set_bit(v, bit + 1 < 256 ? bit + 1 : 255);
			if (d < 0)
				BN_sub_word(v, 1);
			else
				BN_add_word(v, (BN_ULONG)d);
			if (BN_cmp(v, n) >= 0)
				continue;
			BN_bn2binpad(v, bytes, 32);
			assert_true(scalar_read(&out[count++], bytes));
		}
	BN_rshift1(v, n); /* (n-1)/2 and its neighbours */
	for (int i = 0; i < 3; i++) {
		BN_bn2binpad(v, bytes, 32);
		assert_true(scalar_read(&out[count++], bytes));
		BN_add_word(v, 1);
	}
	BN_set_word(v, 0); /* R mod n, R^2 mod n */
	BN_set_bit(v, 256);
	for (int i = 0; i < 2; i++) {
		BN_nnmod(v, v, n, ctx);
		BN_bn2binpad(v, bytes, 32);
		assert_true(scalar_read(&out[count++], bytes));
		BN_mod_sqr(v, v, n, ctx);
	}
	BN_free(v);
	return count;
}

static void test_edges(void **state)
{
	struct scalar e[64];
	unsigned count = edges(e);

	(void)state;
	assert_true(count > 16);
	for (unsigned i = 0; i < count; i++) {
		check_one(&e[i]);
		for (unsigned j = 0; j < count; j++)
			check_pair(&e[i], &e[j]);
	}
}

static void test_random(void **state)
{
	struct scalar a, b;

	(void)state;
	for (int i = 0; i < RANDOM; i++) {
		assert_int_equal(scalar_random(&a), OK);
		assert_int_equal(scalar_random(&b), OK);
		check_pair(&a, &b);
		if (i % 20 == 0)
			check_one(&a);
	}
}

static void test_reduce(void **state)
{
	static const uint8_t tops[] = {0x00, 0xff, 0x80, 0x01};
	uint8_t wide[48];
	BIGNUM *v = BN_new();
	struct scalar s;

	(void)state;
	for (int i = 0; i < RANDOM; i++) {
		assert_int_equal(RAND_bytes(wide, sizeof wide), 1);
		if (i < 4)
			memset(wide, tops[i], sizeof wide); /* all ones: the greatest */
		else if (i < 20)
			memset(wide, tops[i % 4], 16);
		else if (i < 40)
			memset(wide + 16, tops[i % 4], 32);
		BN_bin2bn(wide, 48, v);
		BN_nnmod(v, v, n, ctx);
		scalar_reduce48(&s, wide);
		assert_is(&s, v);
	}
	BN_free(v);
}

static void test_read(void **state)
{
	json_t *primitives = vectors_load("primitives.json");
	const json_t *list = vectors_get(primitives, "bad_scalars"), *v;
	uint8_t bytes[32], again[32];
	struct scalar s;
	size_t i;

	(void)state;
	assert_true(json_array_size(list) > 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, v) {
		vectors_field(bytes, 32, v, "hex");
		if (scalar_read(&s, bytes))
			fail_msg("read although %s", vectors_text(v, "why"));
	}
	for (i = 0; i < RANDOM; i++) { /* whatever is below n comes back as it was; n + small does not come in */
		bool below;
		BIGNUM *x;

		assert_int_equal(RAND_bytes(bytes, 32), 1);
		if (i % 4 == 0)
			memset(bytes, 0xff, 4);
		if (i % 8 == 0)
			memset(bytes + 4, 0x00, 4);
		if (i % 16 == 0)
			memset(bytes + 8, 0xff, 8);
		x = BN_bin2bn(bytes, 32, NULL);
		below = BN_cmp(x, n) < 0;
		BN_free(x);
		assert_int_equal(scalar_read(&s, bytes), below);
		if (!below)
			continue;
		scalar_write(again, &s);
		assert_memory_equal(again, bytes, 32);
	}
	json_decref(primitives);
}

static void test_small(void **state)
{
	uint8_t weight[16], out[32], expected[32] = {0};
	struct scalar s;

	(void)state;
	assert_int_equal(RAND_bytes(weight, 16), 1);
	memcpy(expected + 16, weight, 16);
	scalar_from_u128(&s, weight);
	scalar_write(out, &s);
	assert_memory_equal(out, expected, 32);
	scalar_from_u64(&s, 0x0102030405060708);
	scalar_write(out, &s);
	for (int i = 0; i < 24; i++)
		assert_int_equal(out[i], 0);
	for (int i = 0; i < 8; i++)
		assert_int_equal(out[24 + i], i + 1);
	scalar_wipe(&s, 1);
	assert_true(scalar_is_zero(&s));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_edges), cmocka_unit_test(test_random), cmocka_unit_test(test_reduce),
	    cmocka_unit_test(test_read),  cmocka_unit_test(test_small),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
