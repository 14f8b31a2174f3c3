/* See field.h. */
#include "group/field_adx.h"
#if defined(__x86_64__)
#include <cpuid.h>
#endif

/* 2^512 and 2^768 mod p */
static const struct field RR = {{0x0000000000000003, 0xfffffffbffffffff, 0xfffffffffffffffe, 0x00000004fffffffd}};
static const struct field RRR = {{0xfffffffd0000000a, 0xffffffedfffffff7, 0x00000005fffffffc, 0x0000001800000001}};
const struct field FIELD_ZERO = {{0}};
const struct field FIELD_ONE = {{0x0000000000000001, 0xffffffff00000000, 0xffffffffffffffff, 0x00000000fffffffe}};
const struct field FIELD_B = {{0xd89cdf6229c4bddf, 0xacf005cd78843090, 0xe5a220abf7212ed6, 0xdc30061d04874834}};

bool field_has_adx(void)
{
#if defined(__x86_64__)
	unsigned a, b, c, d;

	if (__get_cpuid_count(7, 0, &a, &b, &c, &d) != 1 || (b & bit_BMI2) == 0)
		return false;
#if defined(TAINT_CHECK) /* valgrind takes ADX's instructions, and does not say so */
	return true;
#else
	return (b & bit_ADX) != 0;
#endif
#else
	return false;
#endif
}

static bool with_adx;

void field_use_adx(bool yes)
{
	with_adx = yes && field_has_adx();
}

__attribute__((constructor)) static void choose(void)
{
	field_use_adx(true);
}

void field_mul(struct field *out, const struct field *a, const struct field *b)
{
#if defined(__x86_64__)
	if (with_adx) {
		field_mul_adx(out, a, b);
		return;
	}
#endif
	field_mul_c(out, a, b);
}

uint64_t field_zero_mask(const struct field *a)
{
	uint64_t x = a->v[0] | a->v[1] | a->v[2] | a->v[3];

	return ((x | ((uint64_t)0 - x)) >> 63) - 1;
}

bool field_equal(const struct field *a, const struct field *b)
{
	return ((a->v[0] ^ b->v[0]) | (a->v[1] ^ b->v[1]) | (a->v[2] ^ b->v[2]) | (a->v[3] ^ b->v[3])) == 0;
}

void field_neg(struct field *out, const struct field *a)
{
	field_sub(out, &FIELD_ZERO, a);
}

static void load(uint64_t v[4], const uint8_t in[32])
{
	for (int i = 0; i < 4; i++) {
		v[3 - i] = 0;
		for (int j = 0; j < 8; j++)
			v[3 - i] = v[3 - i] << 8 | in[8 * i + j];
	}
}

void field_from_words(struct field *out, const uint64_t in[4])
{
	struct field t = {{in[0], in[1], in[2], in[3]}};

	field_mul(out, &t, &RR);
}

void field_to_words(uint64_t out[4], const struct field *a)
{
	static const struct field one = {{1, 0, 0, 0}};
	struct field t;

	field_mul(&t, a, &one);
	for (int i = 0; i < 4; i++)
		out[i] = t.v[i];
}

bool field_read(struct field *out, const uint8_t in[32])
{
	uint64_t t[4], borrow = 0;

	load(t, in);
	field_sbb(t[0], FIELD_P0, &borrow);
	field_sbb(t[1], FIELD_P1, &borrow);
	field_sbb(t[2], 0, &borrow);
	field_sbb(t[3], FIELD_P3, &borrow);
	field_from_words(out, t);
	return borrow == 1;
}

void field_write(uint8_t out[32], const struct field *a)
{
	uint64_t t[4];

	field_to_words(t, a);
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < 8; j++)
			out[8 * i + j] = (uint8_t)(t[3 - i] >> (56 - 8 * j));
}

void field_reduce48(struct field *out, const uint8_t in[48])
{
	struct field hi = {{0}}, lo;
	uint64_t t[4];

	for (int i = 0; i < 16; i++)
		hi.v[1 - i / 8] = hi.v[1 - i / 8] << 8 | in[i];
	load(t, in + 16);
	/* Montgomery's product takes a factor of up to 256 bits where the other is below p. */
	field_from_words(&lo, t);
	field_mul(&hi, &hi, &RRR); /* hi * 2^256, times R */
	field_add(out, &hi, &lo);
}

static void square_times(struct field *a, int times)
{
	while (times-- > 0)
		field_sqr(a, a);
}

/* a^(2^n - 1) for n = 2, 30, 32 */
static void ones(struct field *x2, struct field *x30, struct field *x32, const struct field *a)
{
	struct field x3, x6, x12, x15;

	field_sqr(x2, a);
	field_mul(x2, x2, a);
	field_sqr(&x3, x2);
	field_mul(&x3, &x3, a);
	x6 = x3;
	square_times(&x6, 3);
	field_mul(&x6, &x6, &x3);
	x12 = x6;
	square_times(&x12, 6);
	field_mul(&x12, &x12, &x6);
	x15 = x12;
	square_times(&x15, 3);
	field_mul(&x15, &x15, &x3);
	*x30 = x15;
	square_times(x30, 15);
	field_mul(x30, x30, &x15);
	*x32 = *x30;
	square_times(x32, 2);
	field_mul(x32, x32, x2);
}

void field_inverse(struct field *out, const struct field *a)
{
	/* p - 2 in binary: 32 ones, 31 zeros, 1, 96 zeros, 94 ones, 0, 1 */
	struct field x2, x30, x32, r, base = *a;

	ones(&x2, &x30, &x32, &base);
	r = x32;
	square_times(&r, 32);
	field_mul(&r, &r, &base);
	square_times(&r, 128);
	field_mul(&r, &r, &x32);
	square_times(&r, 32);
	field_mul(&r, &r, &x32);
	square_times(&r, 30);
	field_mul(&r, &r, &x30);
	square_times(&r, 2);
	field_mul(out, &r, &base);
}

bool field_sqrt(struct field *out, const struct field *a)
{
	/* (p + 1) / 4 = 2^254 - 2^222 + 2^190 + 2^94 */
	struct field x2, x30, r, check, base = *a;

	ones(&x2, &x30, &r, &base);
	square_times(&r, 32);
	field_mul(&r, &r, &base);
	square_times(&r, 96);
	field_mul(&r, &r, &base);
	square_times(&r, 94);
	field_sqr(&check, &r);
	*out = r;
	return field_equal(&check, &base);
}
