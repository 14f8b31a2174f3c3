/*
 * One point at a time over struct field, in Jacobian coordinates (x = X/Z^2, y = Y/Z^3; infinity: Z = 0): what is left
 * to do once when the lanes (lanes.inc) have done the bulk, and sums of a few terms. Formulas dbl-2001-b and madd of
 * the Explicit-Formulas Database. Inside lib/group alone.
 */
#ifndef GROUP_JACOBIAN_H
#define GROUP_JACOBIAN_H

#include "group/field.h"
#include "group/point.h"

struct jacobian {
	struct field x, y, z;
};
struct field_point {
	struct field x, y; /* both zero: infinity */
};

extern const struct jacobian JACOBIAN_INFINITY;

/* Constant-time; right for infinity too. */
void jacobian_double(struct jacobian *out, const struct jacobian *a);
/* Constant-time; wrong if a = +-b or one is infinity: a and b are then independent and random. */
void jacobian_add_unchecked(struct jacobian *out, const struct jacobian *a, const struct field_point *b);
/* Any operands. */
void jacobian_add_vartime(struct jacobian *out, const struct jacobian *a, const struct field_point *b);
void jacobian_affine(struct field_point *out, const struct jacobian *a);
void jacobian_from_point(struct field_point *out, const struct point *p);
void jacobian_to_point(struct point *out, const struct jacobian *a);
/* sum k_i P_i for a few terms (n <= JACOBIAN_TERMS): interleaved windows of 5 bits, width-5 NAF. */
enum { JACOBIAN_TERMS = 24 };
void jacobian_sum_vartime(struct jacobian *out, const struct scalar *k, const struct point *const *p, size_t n);

#endif
