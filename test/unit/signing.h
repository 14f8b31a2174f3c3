/* ECDSA keys of tests: the system's and the registrar's, which elsewhere an HSM or a key file holds. */
#ifndef UNIT_SIGNING_H
#define UNIT_SIGNING_H

#include "base/status.h"
#include "group/point.h"
#include "protocol/signature.h"
#include <openssl/evp.h>

EVP_PKEY *signing_new(struct point *public); /* NULL: failed (said). EVP_PKEY_free frees. */
/* As OpenSSL gives it: either half of s. der: SIGNATURE_MAX + 8. */
MUST_USE enum status signing_raw(uint8_t *der, size_t *len, EVP_PKEY *key, const void *msg, size_t msg_len);
/* s in the lower half. */
MUST_USE enum status signing_sign(uint8_t der[SIGNATURE_MAX], size_t *len, EVP_PKEY *key, const void *msg,
                                  size_t msg_len);

#endif
