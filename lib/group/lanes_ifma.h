/*
 * Eight field elements side by side in AVX-512 registers: five limbs of 52 bits, Montgomery with R = 2^260, products
 * by VPMADD52 (Gueron and Krasnov, "Accelerating big integer arithmetic using Intel IFMA extensions", ARITH 2016).
 * The same names as lanes_plain.h. All of it is free of branches and of addresses that depend on values.
 *
 * Bounds: an fe is below 4p and its limbs below 2^52; fe_mul takes up to 4p and gives below 2p; fe_add and fe_sub
 * take operands below 2p and give below 4p; fe_tight gives below 2p; fe_canon gives below p.
 */
#ifndef GROUP_LANES_IFMA_H
#define GROUP_LANES_IFMA_H

#include "group/affine.h"
#include "group/field.h"
#include <immintrin.h>
#include <string.h>

enum { LIMBS = 5 };
typedef __mmask8 lanes_mask;

typedef struct {
	__m512i l[LIMBS];
} fe;

struct limbs5 {
	uint64_t v[LIMBS];
};
#define LANES_CONST(name, ...) static const struct limbs5 name = {__VA_ARGS__}
LANES_CONST(C_PRIME, {0xfffffffffffff, 0x00fffffffffff, 0x0000000000000, 0x0001000000000, 0x0ffffffff0000});
LANES_CONST(C_ONE, {0x0000000000010, 0xf000000000000, 0xfffffffffffff, 0xffeffffffffff, 0x00000000fffff});
LANES_CONST(C_RR, {0x0000000000300, 0xffffffff00000, 0xffffefffffffb, 0xfdfffffffffff, 0x0000004ffffff});
LANES_CONST(C_B, {0xdf6229c4bddfd, 0xca8843090d89c, 0x212ed6acf005c, 0x83415a220abf7, 0x0c30061dd4874});
LANES_CONST(C_THREE, {0x0000000000030, 0xd000000000000, 0xfffffffffffff, 0xffcffffffffff, 0x00000002fffff});
LANES_CONST(C_MINUS_3, {0xfffffffffffcf, 0x30fffffffffff, 0x0000000000000, 0x0031000000000, 0x0ffffffcf0000});
LANES_CONST(C_Z, {0xfffffffffff5f, 0xa0fffffffffff, 0x0000000000000, 0x00a1000000000, 0x0ffffff5f0000});
LANES_CONST(C_MINUS_B_A, {0x9fcb6341949ff, 0x98d8165859d89, 0xb5ba478efaac9, 0xd66b1e0b58ea7, 0x04100209f1826});
LANES_CONST(C_SQRT_1000, {0x3951f64fdbe7a, 0x2f66a1a6653e4, 0x98bf50b2806c6, 0xe267ac5d59c32, 0x033238525a997});

#define V(x) _mm512_set1_epi64((long long)(x))
#define M52 V(0xfffffffffffff)
#define ADD _mm512_add_epi64
#define SUB _mm512_sub_epi64
#define AND _mm512_and_si512
#define OR _mm512_or_si512
#define SHL _mm512_slli_epi64
#define SHR _mm512_srli_epi64
#define LO _mm512_madd52lo_epu64
#define HI _mm512_madd52hi_epu64

FIELD_INLINE fe fe_const(const struct limbs5 *c)
{
	fe r;

	for (int i = 0; i < LIMBS; i++)
		r.l[i] = V(c->v[i]);
	return r;
}

/* Limbs of any sign, whose sum is not negative, brought to 52 bits each. */
FIELD_INLINE fe fe_carry(fe a)
{
	for (int i = 0; i + 1 < LIMBS; i++) {
		a.l[i + 1] = ADD(a.l[i + 1], _mm512_srai_epi64(a.l[i], 52));
		a.l[i] = AND(a.l[i], M52);
	}
	return a;
}

/* T[0..9] / 2^260 mod p. For each of the five low words q: q p_0 + q p_1 2^52 = -q + q 2^96, so that its own word
 * vanishes and 2^96 q goes to the two words above; p_3 = 2^36 and p_4 are multiplied. */
FIELD_INLINE fe fe_reduce(__m512i t[10])
{
	const __m512i p3 = V(C_PRIME.v[3]), p4 = V(C_PRIME.v[4]);
	fe r;

#pragma GCC unroll 5
	for (int i = 0; i < 5; i++) {
		__m512i q = AND(t[i], M52);

		t[i + 1] = ADD(t[i + 1], ADD(SHR(t[i], 52), AND(SHL(q, 44), M52)));
		t[i + 2] = ADD(t[i + 2], SHR(q, 8));
		t[i + 3] = LO(t[i + 3], q, p3);
		t[i + 4] = HI(LO(t[i + 4], q, p4), q, p3);
		t[i + 5] = HI(t[i + 5], q, p4);
	}
	for (int i = 0; i < LIMBS; i++)
		r.l[i] = t[i + 5];
	for (int i = 0; i + 1 < LIMBS; i++) {
		r.l[i + 1] = ADD(r.l[i + 1], SHR(r.l[i], 52));
		r.l[i] = AND(r.l[i], M52);
	}
	return r;
}

FIELD_INLINE fe fe_mul(fe a, fe b)
{
	const __m512i zero = _mm512_setzero_si512();
	__m512i lo[10], hi[10];

	for (int i = 0; i < 10; i++)
		lo[i] = hi[i] = zero;
#pragma GCC unroll 5
	for (int i = 0; i < LIMBS; i++)
#pragma GCC unroll 5
		for (int j = 0; j < LIMBS; j++) {
			lo[i + j] = LO(lo[i + j], a.l[i], b.l[j]);
			hi[i + j + 1] = HI(hi[i + j + 1], a.l[i], b.l[j]);
		}
	for (int i = 1; i < 9; i++)
		lo[i] = ADD(lo[i], hi[i]);
	lo[9] = hi[9];
	return fe_reduce(lo);
}

FIELD_INLINE fe fe_sqr(fe a)
{
	const __m512i zero = _mm512_setzero_si512();
	__m512i lo[10], hi[10];

	for (int i = 0; i < 10; i++)
		lo[i] = hi[i] = zero;
#pragma GCC unroll 5
	for (int i = 0; i < LIMBS; i++)
#pragma GCC unroll 5
		for (int j = i + 1; j < LIMBS; j++) {
			lo[i + j] = LO(lo[i + j], a.l[i], a.l[j]);
			hi[i + j + 1] = HI(hi[i + j + 1], a.l[i], a.l[j]);
		}
	for (int i = 0; i < 10; i++) {
		lo[i] = ADD(lo[i], hi[i]);
		lo[i] = ADD(lo[i], lo[i]);
	}
#pragma GCC unroll 5
	for (int i = 0; i < LIMBS; i++) {
		lo[2 * i] = LO(lo[2 * i], a.l[i], a.l[i]);
		lo[2 * i + 1] = HI(lo[2 * i + 1], a.l[i], a.l[i]);
	}
	return fe_reduce(lo);
}

FIELD_INLINE fe fe_add(fe a, fe b)
{
	for (int i = 0; i < LIMBS; i++)
		a.l[i] = ADD(a.l[i], b.l[i]);
	return fe_carry(a);
}

/* a - b + 2p */
FIELD_INLINE fe fe_sub(fe a, fe b)
{
	for (int i = 0; i < LIMBS; i++)
		a.l[i] = ADD(SUB(a.l[i], b.l[i]), V(2 * C_PRIME.v[i]));
	return fe_carry(a);
}

/* Below 2p, in fact below 2^256 + 2^228: k = a / 2^256 times p is taken off, p = 2^256 - 2^224 + 2^192 + 2^96 - 1. */
FIELD_INLINE fe fe_tight(fe a)
{
	__m512i k = SHR(a.l[4], 48);

	a.l[0] = ADD(a.l[0], k);
	a.l[1] = SUB(a.l[1], SHL(k, 44));
	a.l[3] = SUB(a.l[3], SHL(k, 36));
	a.l[4] = ADD(SUB(a.l[4], SHL(k, 48)), SHL(k, 16));
	return fe_carry(a);
}

/* a - b - c, a, b and c below 2p; tight. */
FIELD_INLINE fe fe_sub2(fe a, fe b, fe c)
{
	for (int i = 0; i < LIMBS; i++)
		a.l[i] = ADD(SUB(SUB(a.l[i], b.l[i]), c.l[i]), V(4 * C_PRIME.v[i]));
	return fe_tight(fe_carry(a));
}

FIELD_INLINE fe fe_sub_tight(fe a, fe b)
{
	return fe_tight(fe_sub(a, b));
}

FIELD_INLINE fe fe_minus(fe a) /* of a canonical element that is not zero; canonical */
{
	for (int i = 0; i < LIMBS; i++)
		a.l[i] = SUB(V(C_PRIME.v[i]), a.l[i]);
	return fe_carry(a);
}

FIELD_INLINE fe fe_blend(lanes_mask m, fe a, fe b) /* b where the bit is set */
{
	for (int i = 0; i < LIMBS; i++)
		a.l[i] = _mm512_mask_mov_epi64(a.l[i], m, b.l[i]);
	return a;
}

FIELD_INLINE fe fe_canon(fe a)
{
	fe d;

	a = fe_tight(a);
	for (int i = 0; i < LIMBS; i++)
		d.l[i] = SUB(a.l[i], V(C_PRIME.v[i]));
	d = fe_carry(d);
	return fe_blend(_mm512_movepi64_mask(d.l[4]), d, a);
}

/* Of canonical elements. */
FIELD_INLINE lanes_mask fe_equal(fe a, fe b)
{
	lanes_mask m = _mm512_cmpeq_epi64_mask(a.l[0], b.l[0]);

	for (int i = 1; i < LIMBS; i++)
		m = _mm512_mask_cmpeq_epi64_mask(m, a.l[i], b.l[i]);
	return m;
}
FIELD_INLINE lanes_mask fe_is_zero(fe a)
{
	return _mm512_testn_epi64_mask(OR(OR(OR(a.l[0], a.l[1]), OR(a.l[2], a.l[3])), a.l[4]), V(-1));
}
FIELD_INLINE lanes_mask fe_is_odd(fe a)
{
	return _mm512_test_epi64_mask(a.l[0], V(1));
}
FIELD_INLINE fe fe_to_montgomery(fe a)
{
	return fe_mul(a, fe_const(&C_RR));
}
FIELD_INLINE fe fe_from_montgomery(fe a)
{
	fe one = {{V(1), V(0), V(0), V(0), V(0)}};

	return fe_canon(fe_mul(a, one));
}

/* Rows to columns, and back: its own inverse. */
FIELD_INLINE void lanes_transpose(__m512i c[8], const __m512i r[8])
{
	__m512i t[8], s[4];

	for (int i = 0; i < 4; i++) {
		t[2 * i] = _mm512_unpacklo_epi64(r[2 * i], r[2 * i + 1]);
		t[2 * i + 1] = _mm512_unpackhi_epi64(r[2 * i], r[2 * i + 1]);
	}
#pragma GCC unroll 2
	for (int odd = 0; odd < 2; odd++) {
		s[0] = _mm512_shuffle_i64x2(t[odd], t[2 + odd], 0x44);
		s[1] = _mm512_shuffle_i64x2(t[4 + odd], t[6 + odd], 0x44);
		s[2] = _mm512_shuffle_i64x2(t[odd], t[2 + odd], 0xee);
		s[3] = _mm512_shuffle_i64x2(t[4 + odd], t[6 + odd], 0xee);
		c[odd] = _mm512_shuffle_i64x2(s[0], s[1], 0x88);
		c[2 + odd] = _mm512_shuffle_i64x2(s[0], s[1], 0xdd);
		c[4 + odd] = _mm512_shuffle_i64x2(s[2], s[3], 0x88);
		c[6 + odd] = _mm512_shuffle_i64x2(s[2], s[3], 0xdd);
	}
}

/* Four words of 64 bits to five of 52, and back. */
FIELD_INLINE fe fe_widen(__m512i w0, __m512i w1, __m512i w2, __m512i w3)
{
	fe r = {{AND(w0, M52), AND(OR(SHR(w0, 52), SHL(w1, 12)), M52), AND(OR(SHR(w1, 40), SHL(w2, 24)), M52),
	         AND(OR(SHR(w2, 28), SHL(w3, 36)), M52), SHR(w3, 16)}};

	return r;
}
FIELD_INLINE void fe_narrow(__m512i w[4], fe a)
{
	w[0] = OR(a.l[0], SHL(a.l[1], 52));
	w[1] = OR(SHR(a.l[1], 12), SHL(a.l[2], 40));
	w[2] = OR(SHR(a.l[2], 24), SHL(a.l[3], 28));
	w[3] = OR(SHR(a.l[3], 36), SHL(a.l[4], 16));
}

FIELD_INLINE void fe_load(fe *x, fe *y, const struct affine *const p[8])
{
	__m512i r[8], c[8];

	for (int i = 0; i < 8; i++)
		r[i] = _mm512_load_si512(p[i]);
	lanes_transpose(c, r);
	*x = fe_widen(c[0], c[1], c[2], c[3]);
	*y = fe_widen(c[4], c[5], c[6], c[7]);
}
FIELD_INLINE void fe_store(struct affine *const p[8], fe x, fe y)
{
	__m512i r[8], c[8];

	fe_narrow(c, x);
	fe_narrow(c + 4, y);
	lanes_transpose(r, c);
	for (int i = 0; i < 8; i++)
		_mm512_store_si512(p[i], r[i]);
}

/* Each word of 64 bits, its bytes turned round. */
FIELD_INLINE __m512i lanes_swap(__m512i a)
{
	return _mm512_shuffle_epi8(a, _mm512_set4_epi32(0x08090a0b, 0x0c0d0e0f, 0x00010203, 0x04050607));
}
FIELD_INLINE lanes_mask lanes_below(fe a)
{
	for (int i = 0; i < LIMBS; i++)
		a.l[i] = SUB(a.l[i], V(C_PRIME.v[i]));
	return _mm512_movepi64_mask(fe_carry(a).l[4]);
}
FIELD_INLINE void fe_load_octets(fe *x, fe *y, lanes_mask *below, const uint8_t *const p[8])
{
	__m512i r[8], c[8];

	for (int i = 0; i < 8; i++)
		r[i] = lanes_swap(_mm512_loadu_si512(p[i]));
	lanes_transpose(c, r);
	*x = fe_widen(c[3], c[2], c[1], c[0]);
	*y = fe_widen(c[7], c[6], c[5], c[4]);
	*below = lanes_below(*x) & lanes_below(*y);
}
FIELD_INLINE void fe_store_octets(uint8_t *const p[8], fe x, fe y)
{
	__m512i r[8], c[8], w[4];

	fe_narrow(w, x);
	for (int i = 0; i < 4; i++)
		c[3 - i] = w[i];
	fe_narrow(w, y);
	for (int i = 0; i < 4; i++)
		c[7 - i] = w[i];
	lanes_transpose(r, c);
	for (int i = 0; i < 8; i++)
		_mm512_storeu_si512(p[i], lanes_swap(r[i]));
}

FIELD_INLINE void fe_words(uint64_t out[8][4], fe a)
{
	uint64_t columns[4][8];
	__m512i w[4];

	fe_narrow(w, a);
	for (int i = 0; i < 4; i++)
		_mm512_storeu_si512(columns[i], w[i]);
	for (int i = 0; i < 32; i++)
		out[i / 4][i % 4] = columns[i % 4][i / 4];
}
FIELD_INLINE fe fe_from_words(const uint64_t in[8][4])
{
	uint64_t columns[4][8];

	for (int i = 0; i < 32; i++)
		columns[i % 4][i / 4] = in[i / 4][i % 4];
	return fe_widen(_mm512_loadu_si512(columns[0]), _mm512_loadu_si512(columns[1]), _mm512_loadu_si512(columns[2]),
	                _mm512_loadu_si512(columns[3]));
}
FIELD_INLINE uint64_t fe_limb(const fe *a, int limb, int lane)
{
	uint64_t v;

	memcpy(&v, (const char *)&a->l[limb] + 8 * lane, 8);
	return v;
}

/* A stored element a 2^260 is, to struct field, 16 a. */
FIELD_INLINE void lanes_inverse(struct field *a)
{
	/* 1 / (16 a), times 256, is 16 / a. */
	static const struct field c256 = {{0x0000000000000100, 0xffffff0000000000, 0xffffffffffffffff, 0x000000fffffffeff}};

	field_inverse(a, a);
	field_mul(a, a, &c256);
}
FIELD_INLINE void lanes_to_field(struct field *out, const uint64_t in[4])
{
	static const struct field c = {{0, 0, 0, 0x1000000000000000}}; /* 2^252 */
	struct field t = {{in[0], in[1], in[2], in[3]}};

	field_mul(out, &t, &c);
}
FIELD_INLINE void lanes_from_field(uint64_t out[4], const struct field *in)
{
	static const struct field c = {{0x0000000000000010, 0xfffffff000000000, 0xffffffffffffffff, 0x0000000fffffffef}};
	struct field t;

	field_mul(&t, in, &c); /* by 2^260 */
	memcpy(out, t.v, 32);
}

FIELD_INLINE void fe_pick(fe *x, fe *y, const uint64_t *table, const uint8_t digit[8])
{
	__m512i v = _mm512_cvtepu8_epi64(_mm_loadl_epi64((const __m128i *)(const void *)digit)), index;
	lanes_mask negative = _mm512_testn_epi64_mask(v, V(16));
	fe minus;

	index = _mm512_mask_xor_epi64(v, negative, v, V(15)); /* of which the low four bits count */
	for (int i = 0; i < LIMBS; i++) {
		const uint64_t *tx = table + 16 * i, *ty = table + 16 * (LIMBS + i);

		x->l[i] = _mm512_permutex2var_epi64(_mm512_load_si512(tx), index, _mm512_load_si512(tx + 8));
		y->l[i] = _mm512_permutex2var_epi64(_mm512_load_si512(ty), index, _mm512_load_si512(ty + 8));
		minus.l[i] = SUB(V(C_PRIME.v[i]), y->l[i]);
	}
	*y = fe_blend(negative, *y, fe_carry(minus));
}

#endif
