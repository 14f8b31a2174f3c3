/* Inside lib/group alone: the curve as OpenSSL holds it. */
#ifndef GROUP_OPENSSL_H
#define GROUP_OPENSSL_H

#include <openssl/bn.h>
#include <openssl/ec.h>

const EC_GROUP *group_curve(void); /* never NULL: aborts at the first call if OpenSSL has no P-256 */
const BIGNUM *group_prime(void);
const BIGNUM *group_a(void);
const BIGNUM *group_b(void);

#endif
