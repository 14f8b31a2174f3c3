/* Inside lib/group alone: the curve as OpenSSL holds it. */
#ifndef GROUP_OPENSSL_H
#define GROUP_OPENSSL_H

#include "group/point.h"
#include <openssl/bn.h>
#include <openssl/ec.h>

const EC_GROUP *group_curve(void); /* never NULL: aborts at the first call if OpenSSL has no P-256 */
const BIGNUM *group_prime(void);
const BIGNUM *group_a(void);
const BIGNUM *group_b(void);

/* What point.h promises, by OpenSSL's arithmetic (openssl_point.c, hash_to_curve.c). */
bool openssl_point_valid(const uint8_t in[POINT_BYTES]);
bool openssl_point_from_x(struct point *out, const uint8_t x[32]);
MUST_USE enum status openssl_point_add(struct point *out, const struct point *a, const struct point *b);
/* sum k_i P_i; p NULL: G. skip_zero: k is public. */
MUST_USE enum status openssl_point_sum(struct point *out, const struct scalar *k, const struct point *p, size_t n,
                                       bool skip_zero);
/* z G + e P, public. */
MUST_USE enum status openssl_point_two_vartime(struct point *out, const struct scalar *z, const struct scalar *e,
                                               const struct point *p);
MUST_USE enum status openssl_point_hash(struct point *out, const uint8_t *dst, size_t dst_len, const uint8_t *msg,
                                        size_t msg_len);

#endif
