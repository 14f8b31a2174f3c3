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

/* Sums and differences by hand where the processor is x86-64: of its two flags a C compiler makes three times the work. */
#if defined(__x86_64__)
FIELD_INLINE void field_add(struct field *out, const struct field *a, const struct field *b)
{
	uint64_t t0 = a->v[0], t1 = a->v[1], t2 = a->v[2], t3 = a->v[3], top, s0, s1, s2, s3;

	__asm__("addq %[b0], %[t0]\n\tadcq %[b1], %[t1]\n\tadcq %[b2], %[t2]\n\tadcq %[b3], %[t3]\n\t"
	        "movl $0, %k[top]\n\tadcq $0, %[top]\n\t"
	        "movq %[t0], %[s0]\n\tmovq %[t1], %[s1]\n\tmovq %[t2], %[s2]\n\tmovq %[t3], %[s3]\n\t"
	        "subq $-1, %[t0]\n\tsbbq %[p1], %[t1]\n\tsbbq $0, %[t2]\n\tsbbq %[p3], %[t3]\n\tsbbq $0, %[top]\n\t"
	        "cmovcq %[s0], %[t0]\n\tcmovcq %[s1], %[t1]\n\tcmovcq %[s2], %[t2]\n\tcmovcq %[s3], %[t3]"
	        : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [top] "=&r"(top), [s0] "=&r"(s0),
	          [s1] "=&r"(s1), [s2] "=&r"(s2), [s3] "=&r"(s3)
	        : [b0] "m"(b->v[0]), [b1] "m"(b->v[1]), [b2] "m"(b->v[2]), [b3] "m"(b->v[3]), [p1] "rm"(FIELD_P1),
	          [p3] "rm"(FIELD_P3)
	        : "cc");
	*out = (struct field){{t0, t1, t2, t3}};
}

FIELD_INLINE void field_sub(struct field *out, const struct field *a, const struct field *b)
{
	uint64_t t0 = a->v[0], t1 = a->v[1], t2 = a->v[2], t3 = a->v[3], m, m1, m3 = FIELD_P3; /* m: all ones to add p */

	__asm__("subq %[b0], %[t0]\n\tsbbq %[b1], %[t1]\n\tsbbq %[b2], %[t2]\n\tsbbq %[b3], %[t3]\n\t"
	        "movl $0, %k[m]\n\tsbbq $0, %[m]\n\tmovl %k[m], %k[m1]\n\tandq %[m], %[m3]\n\t"
	        "addq %[m], %[t0]\n\tadcq %[m1], %[t1]\n\tadcq $0, %[t2]\n\tadcq %[m3], %[t3]"
	        : [t0] "+&r"(t0), [t1] "+&r"(t1), [t2] "+&r"(t2), [t3] "+&r"(t3), [m] "=&r"(m), [m1] "=&r"(m1),
	          [m3] "+&r"(m3)
	        : [b0] "m"(b->v[0]), [b1] "m"(b->v[1]), [b2] "m"(b->v[2]), [b3] "m"(b->v[3])
	        : "cc");
	*out = (struct field){{t0, t1, t2, t3}};
}
#else
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
#endif

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

/* The product on any machine. Montgomery's reduction: one of the factors may be any 256 bits. */
FIELD_INLINE void field_mul_c(struct field *out, const struct field *a, const struct field *b)
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

/* The same by the best way of this machine (field_adx.h), or by the one chosen. */
void field_mul(struct field *out, const struct field *a, const struct field *b);
FIELD_INLINE void field_sqr(struct field *out, const struct field *a)
{
	field_mul(out, a, a);
}
/* Has the machine MULX and ADX? And for tests and measurements: to use them or not, before any thread is started. */
bool field_has_adx(void);
void field_use_adx(bool yes);

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
