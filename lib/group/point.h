/*
 * Points of P-256. Kept as the 65 bytes in which they travel (PROTOCOL 2: 04 || x || y); the point at infinity,
 * which has no encoding there, is 65 zero bytes inside and never leaves. Arithmetic is OpenSSL's.
 * _vartime: the time depends on the operands; public data only.
 */
#ifndef GROUP_POINT_H
#define GROUP_POINT_H

#include "base/status.h"
#include "group/scalar.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { POINT_BYTES = 65 };

struct point {
	uint8_t octets[POINT_BYTES];
};

extern const struct point POINT_INFINITY;
extern const struct point POINT_GENERATOR;

/* On the curve, coordinates below p, first byte 04. False otherwise; says nothing. */
bool point_read(struct point *out, const uint8_t in[POINT_BYTES]);
bool point_valid(const uint8_t in[POINT_BYTES]);
bool point_is_infinity(const struct point *p);
bool point_equal(const struct point *a, const struct point *b);
bool point_y_is_even(const struct point *p);
/* The point with this x and even y; false if x >= p or there is none. */
bool point_from_x_vartime(struct point *out, const uint8_t x[32]);

MUST_USE enum status point_add_vartime(struct point *out, const struct point *a, const struct point *b);
MUST_USE enum status point_sub_vartime(struct point *out, const struct point *a, const struct point *b);
void point_neg(struct point *out, const struct point *a);

/* k*G and k*P for a secret k: OpenSSL's constant-time routines. P is not infinity. */
MUST_USE enum status point_mul_base(struct point *out, const struct scalar *k);
MUST_USE enum status point_mul(struct point *out, const struct scalar *k, const struct point *p);
/* sum of k_i * P_i, public data. n may be 0 (infinity); infinities and zeros among the operands are fine. */
MUST_USE enum status point_msm_vartime(struct point *out, const struct scalar *k, const struct point *p, size_t n);
/* The same with secret scalars (a mixer's commitments): constant-time in each k_i, slower. */
MUST_USE enum status point_msm(struct point *out, const struct scalar *k, const struct point *p, size_t n);

/* hash_to_curve of suite P256_XMD:SHA-256_SSWU_RO_ (RFC 9380 8.2). */
MUST_USE enum status point_hash(struct point *out, const uint8_t *dst, size_t dst_len, const uint8_t *msg,
                                size_t msg_len);

#endif
