/*
 * Inside lib/group alone: points as the fast arithmetic keeps them, and the one table of functions that each of its
 * ways (plain, MULX and ADX, AVX-512 IFMA) fills (lanes.inc). The Montgomery factor of a stored coordinate belongs to the way:
 * a struct affine never leaves it.
 */
#ifndef GROUP_AFFINE_H
#define GROUP_AFFINE_H

#include "group/point.h"
#include "group/scalar.h"

struct affine {
	_Alignas(64) uint64_t x[4];
	uint64_t y[4]; /* both zero: infinity */
};

/* A table of odd multiples of one point, for constant-time multiples of it: FIXED_WINDOWS windows of 5 bits. */
enum { FIXED_WINDOWS = 52, FIXED_ENTRIES = 16 };

struct lanes_ops {
	const char *name;
	/* Octets of points to points. check: each must be on the curve, in range, with its 04; gives the index of the
	 * first that is not, n if none. Without it infinity (zeros) is taken too. */
	size_t (*import)(struct affine *out, const struct point *in, size_t n, bool check);
	void (*export)(struct point *out, const struct affine *in, size_t n);
	/* out = a + b (or a - b): any operands. NULL from allocation: false. */
	bool (*add)(struct affine *out, const struct affine *a, const struct affine *b, size_t n, bool minus);
	/* *sum += sum of k_i p_i, any operands. */
	bool (*msm)(struct point *sum, const struct scalar *k, const struct affine *p, size_t n);
	/* u: pairs of integers below p, as words; out: the sum of their two maps to the curve. */
	bool (*map)(struct affine *out, const uint64_t (*u)[2][4], size_t n);
	/* Even-y points of these x's; ok[i] false where there is none. */
	bool (*lift)(struct affine *out, bool *ok, const uint8_t (*x)[32], size_t n);

	/* Constant-time in the scalars. False: memory is out, or a sum met its own operand (probability 2^-200 for
	 * honest input): the caller then takes the slow way. */
	size_t table_words;
	bool (*fixed_table)(uint64_t *table, const struct point *base);
	bool (*fixed)(struct affine *out, const uint64_t *table, const struct scalar *k, size_t n);
	bool (*same)(struct affine *out, const struct scalar *k, const struct affine *p, size_t n);
	/* bits: bound on the scalars, public. */
	bool (*commit)(struct point *sum, const struct scalar *k, unsigned bits, const struct affine *p, size_t n);
};

extern const struct lanes_ops LANES_PLAIN, LANES_ADX, LANES_IFMA;
const struct lanes_ops *lanes_ops(void); /* the machine's best */
/* For tests and measurements: the i-th way that this machine can take, the best first, NULL past the last; and to take
 * one, before any thread is started and before any struct point_table is made. */
const struct lanes_ops *lanes_way(unsigned i);
void lanes_use(const struct lanes_ops *way);

#endif
