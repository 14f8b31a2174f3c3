/*
 * The enrolment machine's safe: the spool's key and the registrar's private key, under a passphrase.
 *
 * JSON: {"format", "scrypt": {"n", "r", "p", "salt"}, "key", "registrar", "registrar_key"}. The wrapping key is
 * scrypt(passphrase) (RFC 7914). `key`: the spool's key, 32 random bytes, sealed under the wrapping key;
 * `registrar`: the registrar's private scalar, 32 bytes, sealed under the spool's key (ceremony/gcm.h, the field's
 * name as additional data); `registrar_key`: its point. All but the scrypt numbers and the point is secret.
 */
#ifndef CEREMONY_SAFE_H
#define CEREMONY_SAFE_H

#include "base/secret.h"
#include "base/status.h"
#include "group/point.h"
#include "protocol/signature.h"

enum { SAFE_KEY = 32 };

/* Makes all of it anew and writes the file, which must not exist (E_STATE). */
MUST_USE enum status safe_create(const char *path, const struct secret *passphrase, struct point *registrar_key);
/* key: the spool's, SAFE_KEY bytes; registrar (may be NULL): the private scalar, 32 bytes. E_REFUSED, said: not
 * this passphrase; E_EVIDENCE: the file is not whole. */
MUST_USE enum status safe_open(struct secret **key, struct secret **registrar, struct point *registrar_key,
                               const char *path, const struct secret *passphrase);
/* ECDSA by the registrar's key as PROTOCOL 2 wants it: DER, low s. */
MUST_USE enum status safe_sign(uint8_t der[SIGNATURE_MAX], size_t *len, const struct secret *registrar,
                               const struct point *registrar_key, const void *msg, size_t msg_len);

#endif
