/*
 * Inside lib/group alone: field_mul of field.h for processors with MULX and the two carry chains of ADX, in assembly: what
 * a C compiler does not make of it is to keep two carries apart in one row. Same steps, same result; no branch, no address
 * that depends on a value.
 */
#ifndef GROUP_FIELD_ADX_H
#define GROUP_FIELD_ADX_H

#include "group/field.h"

#if defined(__x86_64__)
/* t1..t4, t5 += a b_i; t0 becomes the word above. What t0 held is no longer needed. */
#define FIELD_ADX_ROW(i, t0, t1, t2, t3, t4, t5) \
	"movq 8*" #i "(%[b]), %%rdx\n\txorq %[" t0 "], %[" t0 "]\n\t" /* and both carries */ \
	"mulxq (%[a]), %[lo], %[hi]\n\tadcxq %[lo], %[" t1 "]\n\tadoxq %[hi], %[" t2 "]\n\t" \
	"mulxq 8(%[a]), %[lo], %[hi]\n\tadcxq %[lo], %[" t2 "]\n\tadoxq %[hi], %[" t3 "]\n\t" \
	"mulxq 16(%[a]), %[lo], %[hi]\n\tadcxq %[lo], %[" t3 "]\n\tadoxq %[hi], %[" t4 "]\n\t" \
	"mulxq 24(%[a]), %[lo], %[hi]\n\tadcxq %[lo], %[" t4 "]\n\tadoxq %[hi], %[" t5 "]\n\t" \
	"adcxq %[" t0 "], %[" t5 "]\n\tadoxq %[" t0 "], %[" t0 "]\n\tadcq $0, %[" t0 "]\n\t"
/* field_reduce_word: t0 + m p for m = t0, t0 gone. */
#define FIELD_ADX_REDUCE(t0, t1, t2, t3, t4, t5) \
	"movq %[" t0 "], %%rdx\n\tmovq %[" t0 "], %[lo]\n\tshlq $32, %[lo]\n\tshrq $32, %[" t0 "]\n\t" \
	"addq %[lo], %[" t1 "]\n\tadcq %[" t0 "], %[" t2 "]\n\tmulxq %[p3], %[lo], %[hi]\n\t" \
	"adcq %[lo], %[" t3 "]\n\tadcq %[hi], %[" t4 "]\n\tadcq $0, %[" t5 "]\n\t"

FIELD_INLINE void field_mul_adx(struct field *out, const struct field *a, const struct field *b)
{
	static const uint64_t p1 = FIELD_P1, p3 = FIELD_P3;
	uint64_t t0, t1, t2, t3, t4, t5, lo, hi;

	__asm__("movq (%[b]), %%rdx\n\txorq %[t5], %[t5]\n\t"
	        "mulxq (%[a]), %[t0], %[t1]\n\t"
	        "mulxq 8(%[a]), %[lo], %[t2]\n\taddq %[lo], %[t1]\n\t"
	        "mulxq 16(%[a]), %[lo], %[t3]\n\tadcq %[lo], %[t2]\n\t"
	        "mulxq 24(%[a]), %[lo], %[t4]\n\tadcq %[lo], %[t3]\n\tadcq $0, %[t4]\n\t"
	        FIELD_ADX_REDUCE("t0", "t1", "t2", "t3", "t4", "t5")
	        FIELD_ADX_ROW(1, "t0", "t1", "t2", "t3", "t4", "t5")
	        FIELD_ADX_REDUCE("t1", "t2", "t3", "t4", "t5", "t0")
	        FIELD_ADX_ROW(2, "t1", "t2", "t3", "t4", "t5", "t0")
	        FIELD_ADX_REDUCE("t2", "t3", "t4", "t5", "t0", "t1")
	        FIELD_ADX_ROW(3, "t2", "t3", "t4", "t5", "t0", "t1")
	        FIELD_ADX_REDUCE("t3", "t4", "t5", "t0", "t1", "t2")
	        /* less p, unless that is negative: field_reduce_once */
	        "movq %[t4], %[lo]\n\tmovq %[t5], %[hi]\n\tmovq %[t0], %[t3]\n\tmovq %[t1], %%rdx\n\t"
	        "subq $-1, %[t4]\n\tsbbq %[p1], %[t5]\n\tsbbq $0, %[t0]\n\tsbbq %[p3], %[t1]\n\tsbbq $0, %[t2]\n\t"
	        "cmovcq %[lo], %[t4]\n\tcmovcq %[hi], %[t5]\n\tcmovcq %[t3], %[t0]\n\tcmovcq %%rdx, %[t1]"
	        : [t0] "=&r"(t0), [t1] "=&r"(t1), [t2] "=&r"(t2), [t3] "=&r"(t3), [t4] "=&r"(t4), [t5] "=&r"(t5),
	          [lo] "=&r"(lo), [hi] "=&r"(hi)
	        : [a] "r"(a->v), [b] "r"(b->v), [p1] "m"(p1), [p3] "m"(p3), "m"(*a), "m"(*b)
	        : "rdx", "cc");
	out->v[0] = t4;
	out->v[1] = t5;
	out->v[2] = t0;
	out->v[3] = t1;
}
#endif

#endif
