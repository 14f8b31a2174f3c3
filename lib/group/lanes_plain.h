/*
 * Eight field elements side by side, on any machine: struct field (group/field.h) lane by lane, their product being the
 * including file's LANES_MUL. Included once by each file that compiles lanes.inc; lanes_ifma.h gives the same names.
 */
#ifndef GROUP_LANES_PLAIN_H
#define GROUP_LANES_PLAIN_H

#include "group/affine.h"
#include "group/field.h"
#include <string.h>

enum { LIMBS = 4 };
typedef uint8_t lanes_mask; /* a bit a lane */

typedef struct {
	struct field lane[8];
} fe;

#define LANES_CONST(name, ...) static const struct field name = {__VA_ARGS__}
LANES_CONST(C_ONE, {0x0000000000000001, 0xffffffff00000000, 0xffffffffffffffff, 0x00000000fffffffe});
LANES_CONST(C_B, {0xd89cdf6229c4bddf, 0xacf005cd78843090, 0xe5a220abf7212ed6, 0xdc30061d04874834});
LANES_CONST(C_THREE, {0x0000000000000003, 0xfffffffd00000000, 0xffffffffffffffff, 0x00000002fffffffc});
LANES_CONST(C_MINUS_3, {0xfffffffffffffffc, 0x00000003ffffffff, 0x0000000000000000, 0xfffffffc00000004});
LANES_CONST(C_Z, {0xfffffffffffffff5, 0x0000000affffffff, 0x0000000000000000, 0xfffffff50000000b});
LANES_CONST(C_MINUS_B_A, {0x9d899fcb6341949f, 0x8efaac9a7d816585, 0xa1e0b58ea7b5ba47, 0xf410020901826d67});
LANES_CONST(C_SQRT_1000, {0x53e43951f64fdbe7, 0xb2806c63966a1a66, 0x1ac5d59c3298bf50, 0xa3323851ba997e27});

#define EACH for (int lane = 0; lane < 8; lane++)

FIELD_INLINE fe fe_const(const struct field *c)
{
	fe r;

	EACH r.lane[lane] = *c;
	return r;
}
static fe fe_mul(fe a, fe b)
{
	fe r;

	EACH LANES_MUL(&r.lane[lane], &a.lane[lane], &b.lane[lane]);
	return r;
}
static fe fe_sqr(fe a)
{
	return fe_mul(a, a);
}
FIELD_INLINE fe fe_add(fe a, fe b)
{
	fe r;

	EACH field_add(&r.lane[lane], &a.lane[lane], &b.lane[lane]);
	return r;
}
FIELD_INLINE fe fe_sub(fe a, fe b)
{
	fe r;

	EACH field_sub(&r.lane[lane], &a.lane[lane], &b.lane[lane]);
	return r;
}
/* a - b - c */
FIELD_INLINE fe fe_sub2(fe a, fe b, fe c)
{
	return fe_sub(fe_sub(a, b), c);
}
FIELD_INLINE fe fe_sub_tight(fe a, fe b)
{
	return fe_sub(a, b);
}
FIELD_INLINE fe fe_minus(fe a) /* of a canonical element that is not zero; canonical */
{
	fe r;

	EACH field_sub(&r.lane[lane], &FIELD_ZERO, &a.lane[lane]);
	return r;
}
FIELD_INLINE fe fe_tight(fe a)
{
	return a;
}
FIELD_INLINE fe fe_canon(fe a)
{
	return a;
}
FIELD_INLINE fe fe_blend(lanes_mask m, fe a, fe b) /* b where the bit is set */
{
	fe r;

	EACH {
		uint64_t take = (uint64_t)0 - (uint64_t)((unsigned)m >> lane & 1u);

		for (int i = 0; i < 4; i++)
			r.lane[lane].v[i] = (a.lane[lane].v[i] & ~take) | (b.lane[lane].v[i] & take);
	}
	return r;
}
/* Of canonical elements. */
FIELD_INLINE lanes_mask fe_equal(fe a, fe b)
{
	unsigned m = 0;

	EACH m |= (unsigned)((a.lane[lane].v[0] ^ b.lane[lane].v[0]) | (a.lane[lane].v[1] ^ b.lane[lane].v[1]) |
	                     (a.lane[lane].v[2] ^ b.lane[lane].v[2]) | (a.lane[lane].v[3] ^ b.lane[lane].v[3]) ? 0u : 1u)
	          << lane;
	return (lanes_mask)m;
}
FIELD_INLINE lanes_mask fe_is_zero(fe a)
{
	unsigned m = 0;

	EACH m |= (unsigned)(field_zero_mask(&a.lane[lane]) & 1u) << lane;
	return (lanes_mask)m;
}
FIELD_INLINE lanes_mask fe_is_odd(fe a) /* of plain integers, canonical */
{
	unsigned m = 0;

	EACH m |= (unsigned)(a.lane[lane].v[0] & 1u) << lane;
	return (lanes_mask)m;
}
FIELD_INLINE fe fe_to_montgomery(fe a)
{
	fe r;

	EACH field_from_words(&r.lane[lane], a.lane[lane].v);
	return r;
}
FIELD_INLINE fe fe_from_montgomery(fe a)
{
	fe r;

	EACH field_to_words(r.lane[lane].v, &a.lane[lane]);
	return r;
}
/* Eight points' coordinates; fe_store wants them canonical. */
FIELD_INLINE void fe_load(fe *x, fe *y, const struct affine *const p[8])
{
	EACH {
		memcpy(x->lane[lane].v, p[lane]->x, 32);
		memcpy(y->lane[lane].v, p[lane]->y, 32);
	}
}
FIELD_INLINE void fe_store(struct affine *const p[8], fe x, fe y)
{
	EACH {
		memcpy(p[lane]->x, x.lane[lane].v, 32);
		memcpy(p[lane]->y, y.lane[lane].v, 32);
	}
}
static void lanes_big_endian(uint64_t v[4], const uint8_t *in)
{
	for (int i = 0; i < 4; i++) {
		uint64_t t;

		memcpy(&t, in + 8 * i, 8);
		v[3 - i] = __builtin_bswap64(t);
	}
}
/* x || y, 64 bytes big-endian each, as plain integers. *below: both are less than p. */
FIELD_INLINE void fe_load_octets(fe *x, fe *y, lanes_mask *below, const uint8_t *const p[8])
{
	unsigned m = 0;

	EACH {
		uint64_t b1 = 0, b2 = 0, *v = x->lane[lane].v, *u = y->lane[lane].v;
		static const uint64_t prime[4] = {FIELD_P0, FIELD_P1, 0, FIELD_P3};

		lanes_big_endian(v, p[lane]);
		lanes_big_endian(u, p[lane] + 32);
		for (int i = 0; i < 4; i++) {
			field_sbb(v[i], prime[i], &b1);
			field_sbb(u[i], prime[i], &b2);
		}
		m |= (unsigned)(b1 & b2) << lane;
	}
	*below = (lanes_mask)m;
}
FIELD_INLINE void fe_store_octets(uint8_t *const p[8], fe x, fe y) /* plain integers, canonical */
{
	EACH for (int i = 0; i < 4; i++) {
		uint64_t t = __builtin_bswap64(x.lane[lane].v[3 - i]);

		memcpy(p[lane] + 8 * i, &t, 8);
		t = __builtin_bswap64(y.lane[lane].v[3 - i]);
		memcpy(p[lane] + 32 + 8 * i, &t, 8);
	}
}
FIELD_INLINE void fe_words(uint64_t out[8][4], fe a) /* canonical */
{
	EACH memcpy(out[lane], a.lane[lane].v, 32);
}
FIELD_INLINE fe fe_from_words(const uint64_t in[8][4]) /* as fe_words gave them */
{
	fe r;

	EACH memcpy(r.lane[lane].v, in[lane], 32);
	return r;
}
FIELD_INLINE uint64_t fe_limb(const fe *a, int limb, int lane)
{
	return a->lane[lane].v[limb];
}

/* The inverse of a stored element v 2^256 through field_inverse: nothing to mend. */
FIELD_INLINE void lanes_inverse(struct field *a)
{
	field_inverse(a, a);
}
FIELD_INLINE void lanes_to_field(struct field *out, const uint64_t in[4])
{
	memcpy(out->v, in, 32);
}
FIELD_INLINE void lanes_from_field(uint64_t out[4], const struct field *in)
{
	memcpy(out, in->v, 32);
}

/* table: for each coordinate, each limb, 16 entries. Lane l takes entry and sign of digit[l] (lanes.inc: 5 bits, the
 * upper for +), every entry being read for each. */
static void fe_pick(fe *x, fe *y, const uint64_t *table, const uint8_t digit[8])
{
	EACH {
		uint64_t negative = ((uint64_t)digit[lane] >> 4 & 1) - 1, out[8] = {0}, take[16];
		uint64_t index = (digit[lane] & 15u) ^ (negative & 15u);
		struct field minus;

		for (uint64_t e = 0; e < 16; e++) {
			uint64_t diff = e ^ index;

			take[e] = (uint64_t)0 - ((diff - 1) >> 63);
		}
		for (int i = 0; i < 8; i++) /* this way round a compiler takes several entries at a time */
			for (int e = 0; e < 16; e++)
				out[i] |= table[16 * i + e] & take[e];
		memcpy(x->lane[lane].v, out, 32);
		memcpy(y->lane[lane].v, out + 4, 32);
		field_sub(&minus, &FIELD_ZERO, &y->lane[lane]);
		for (int i = 0; i < 4; i++)
			y->lane[lane].v[i] = (y->lane[lane].v[i] & ~negative) | (minus.v[i] & negative);
	}
}

#endif
