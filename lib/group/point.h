/*
 * Points of P-256. Kept as the 65 bytes in which they travel (PROTOCOL 2: 04 || x || y); the point at infinity,
 * which has no encoding there, is 65 zero bytes inside and never leaves. One point at a time and secrets that come
 * singly: OpenSSL's arithmetic. Lists and long sums: our own (lanes.inc), on all cores, with OpenSSL's as its check
 * (point_use_openssl_alone).
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
/* z*G + e*P, public: a Schnorr equation's two products in one call of OpenSSL. Any P. */
MUST_USE enum status point_mul_two_vartime(struct point *out, const struct scalar *z, const struct scalar *e,
                                           const struct point *p);
/* sum of k_i * P_i, public data. n may be 0 (infinity); infinities and zeros among the operands are fine. */
MUST_USE enum status point_msm_vartime(struct point *out, const struct scalar *k, const struct point *p, size_t n);
/* The same, its terms [from, to) asked for piece by piece, by several threads at once. */
typedef void (*point_terms)(void *ctx, uint64_t from, uint64_t to, struct scalar *k, struct point *p);
MUST_USE enum status point_msm_source_vartime(struct point *out, uint64_t n, point_terms terms, void *ctx);
/* The same with secret scalars (a mixer's commitments): constant-time in each k_i, slower. The points are public,
 * and no relation between them is known. */
MUST_USE enum status point_msm(struct point *out, const struct scalar *k, const struct point *p, size_t n);
/* Each k_i below 2^bits (public, 1..256): fewer bits, less work. */
MUST_USE enum status point_msm_bounded(struct point *out, const struct scalar *k, unsigned bits, const struct point *p,
                                       size_t n);

/* Lists, public: on the curve, below p, 04? *bad: index of the first that is not, n if none. */
MUST_USE enum status point_check_many(size_t *bad, const struct point *p, size_t n);
/* out_i = a_i +- b_i; out may be a or b. */
MUST_USE enum status point_add_many_vartime(struct point *out, const struct point *a, const struct point *b, size_t n);
MUST_USE enum status point_sub_many_vartime(struct point *out, const struct point *a, const struct point *b, size_t n);
/* point_from_x_vartime for each; ok[i] false: out[i] is of no use. */
MUST_USE enum status point_from_x_many_vartime(struct point *out, bool *ok, const uint8_t (*x)[32], size_t n);
/* Lists, secret scalars, constant-time: out_i = k * P_i (the same k for all). */
MUST_USE enum status point_mul_many(struct point *out, const struct scalar *k, const struct point *p, size_t n);
/* out_i = k_i * B, from a table of B's multiples (for B public). */
struct point_table;
MUST_USE enum status point_table_new(struct point_table **out, const struct point *base);
void point_table_free(struct point_table *t);
MUST_USE enum status point_table_mul(struct point *out, const struct point_table *t, const struct scalar *k, size_t n);

/* hash_to_curve of suite P256_XMD:SHA-256_SSWU_RO_ (RFC 9380 8.2). Public messages. */
MUST_USE enum status point_hash(struct point *out, const uint8_t *dst, size_t dst_len, const uint8_t *msg,
                                size_t msg_len);
/* n messages of msg_len bytes, one after another. */
MUST_USE enum status point_hash_many(struct point *out, const uint8_t *dst, size_t dst_len, const uint8_t *msgs,
                                     size_t msg_len, size_t n);

/* From now on, everywhere in the process, OpenSSL's arithmetic alone: before any thread is started. */
void point_use_openssl_alone(bool yes);
bool point_openssl_alone(void);

#endif
