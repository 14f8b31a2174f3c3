/*
 * Integers modulo p, the prime of P-256: 4 x 64 Montgomery arithmetic (R = 2^256), always below p. Constant-time:
 * no branch and no address depends on a value, unless the name ends in _vartime.
 *
 * p = 2^256 - 2^224 + 2^192 + 2^96 - 1 is -1 modulo 2^64, so that the Montgomery quotient of each step is the lowest
 * word itself, and three of p's four words cost no multiplication.
 */
#ifndef GROUP_FIELD_H
#define GROUP_FIELD_H

#include <stdbool.h>
#include <stdint.h>

struct field {
	uint64_t v[4]; /* least significant first: a * 2^256 mod p */
};

__extension__ typedef unsigned __int128 field_u128;

#define FIELD_P0 UINT64_C(0xffffffffffffffff)
#define FIELD_P1 UINT64_C(0x00000000ffffffff)
#define FIELD_P3 UINT64_C(0xffffffff00000001)
#define FIELD_INLINE static inline __attribute__((always_inline))

/* a + b + *carry, the carry out in *carry. */
FIELD_INLINE uint64_t field_adc(uint64_t a, uint64_t b, uint64_t *carry)
{
	field_u128 t = (field_u128)a + b + *carry;

	*carry = (uint64_t)(t >> 64);
	return (uint64_t)t;
}
FIELD_INLINE uint64_t field_sbb(uint64_t a, uint64_t b, uint64_t *borrow)
{
	field_u128 t = (field_u128)a - b - *borrow;

	*borrow = (uint64_t)(t >> 64) & 1;
	return (uint64_t)t;
}
/* a * b + c + *carry, its high word in *carry. */
FIELD_INLINE uint64_t field_mac(uint64_t a, uint64_t b, uint64_t c, uint64_t *carry)
{
	field_u128 t = (field_u128)a * b + c + *carry;

	*carry = (uint64_t)(t >> 64);
	return (uint64_t)t;
}

/* t (257 bits, the last in top) less p if that is not negative; t < 2p. */
FIELD_INLINE void field_reduce_once(uint64_t out[4], const uint64_t t[4], uint64_t top)
{
	uint64_t d[4], borrow = 0, keep;

	d[0] = field_sbb(t[0], FIELD_P0, &borrow);
	d[1] = field_sbb(t[1], FIELD_P1, &borrow);
	d[2] = field_sbb(t[2], 0, &borrow);
	d[3] = field_sbb(t[3], FIELD_P3, &borrow);
	field_sbb(top, 0, &borrow);
	keep = (uint64_t)0 - borrow;
	for (int i = 0; i < 4; i++)
		out[i] = (t[i] & keep) | (d[i] & ~keep);
}

FIELD_INLINE void field_add(struct field *out, const struct field *a, const struct field *b)
{
	uint64_t t[4], c = 0;

	for (int i = 0; i < 4; i++)
		t[i] = field_adc(a->v[i], b->v[i], &c);
	field_reduce_once(out->v, t, c);
}

FIELD_INLINE void field_sub(struct field *out, const struct field *a, const struct field *b)
{
	uint64_t t[4], borrow = 0, c = 0, mask;

	for (int i = 0; i < 4; i++)
		t[i] = field_sbb(a->v[i], b->v[i], &borrow);
	mask = (uint64_t)0 - borrow;
	out->v[0] = field_adc(t[0], mask, &c);
	out->v[1] = field_adc(t[1], mask & FIELD_P1, &c);
	out->v[2] = field_adc(t[2], 0, &c);
	out->v[3] = field_adc(t[3], mask & FIELD_P3, &c);
}

/* t + m p for m = t[0], shifted down a word: t[0] + m p_0 = m 2^64, and m 2^64 + m p_1 2^64 = m 2^96. */
FIELD_INLINE void field_reduce_word(uint64_t t[6])
{
	uint64_t m = t[0], c = 0, hi = 0;

	t[0] = field_adc(t[1], m << 32, &c);
	t[1] = field_adc(t[2], m >> 32, &c);
	t[2] = field_mac(m, FIELD_P3, t[3], &hi);
	t[2] = field_adc(t[2], 0, &c);
	t[3] = field_adc(t[4], hi, &c);
	t[4] = t[5] + c;
	t[5] = 0;
}

FIELD_INLINE void field_mul(struct field *out, const struct field *a, const struct field *b)
{
	uint64_t t[6] = {0};

	for (int i = 0; i < 4; i++) {
		uint64_t c = 0, c2 = 0;

		for (int j = 0; j < 4; j++)
			t[j] = field_mac(a->v[j], b->v[i], t[j], &c);
		t[4] = field_adc(t[4], c, &c2);
		t[5] = c2;
		field_reduce_word(t);
	}
	field_reduce_once(out->v, t, t[4]);
}

FIELD_INLINE void field_sqr(struct field *out, const struct field *a)
{
	field_mul(out, a, a);
}

extern const struct field FIELD_ZERO, FIELD_ONE, FIELD_B; /* B of the curve y^2 = x^3 - 3x + B */

/* All ones if a = 0, else 0. */
uint64_t field_zero_mask(const struct field *a);
bool field_equal(const struct field *a, const struct field *b);
void field_neg(struct field *out, const struct field *a);
/* 32 bytes big-endian; false if not below p (out is then of no use). */
bool field_read(struct field *out, const uint8_t in[32]);
void field_write(uint8_t out[32], const struct field *a);
/* 48 bytes big-endian, modulo p. */
void field_reduce48(struct field *out, const uint8_t in[48]);
/* To and from plain integers, least significant word first. */
void field_from_words(struct field *out, const uint64_t in[4]);
void field_to_words(uint64_t out[4], const struct field *a);
/* a^(p-2): the inverse, zero for zero. */
void field_inverse(struct field *out, const struct field *a);
/* *out = a^((p+1)/4); true if its square is a. */
bool field_sqrt(struct field *out, const struct field *a);

#endif
