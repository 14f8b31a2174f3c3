/*
 * ECDSA on P-256 with SHA-256, DER, s in the lower half (PROTOCOL 2), and the messages that are signed:
 * receipts, seals, journal heads, reissues. Signing itself is the HSM's (hsm/) or the registrar's.
 */
#ifndef PROTOCOL_SIGNATURE_H
#define PROTOCOL_SIGNATURE_H

#include "base/buffer.h"
#include "base/status.h"
#include "group/point.h"

enum { SIGNATURE_MAX = 72 };

/* False for a wrong, malformed or high-s signature; says nothing. */
bool signature_verify(const struct point *key, const void *msg, size_t msg_len, const uint8_t *der, size_t der_len);
/* The same for many signatures of one key, which is read once (a quarter of a check). NULL: memory is out or it is no point;
 * says nothing. Any number of threads may check by it. */
struct signature_key;
struct signature_key *signature_key_new(const struct point *key);
void signature_key_free(struct signature_key *key);
bool signature_verify_by(const struct signature_key *key, const void *msg, size_t msg_len, const uint8_t *der,
                         size_t der_len);
/* Brings a DER signature to the lower half of s. *len in and out. E_EVIDENCE if it is not DER. */
MUST_USE enum status signature_normalise(uint8_t der[SIGNATURE_MAX], size_t *len);
/* r || s (64 bytes, as PKCS#11 gives it) -> normalised DER. */
MUST_USE enum status signature_from_raw(uint8_t der[SIGNATURE_MAX], size_t *len, const uint8_t raw[64]);

/* The bytes to be signed, appended to out. */
void signature_receipt_message(struct buffer *out, const uint8_t eid[32], const uint8_t tracker[32]);
void signature_seal_message(struct buffer *out, const uint8_t eid[32], const uint8_t box_sha256[32],
                            const uint8_t reissues_sha256[32], uint64_t ballots, const char *closed);
void signature_journal_message(struct buffer *out, const uint8_t eid[32], uint64_t lines, const uint8_t last[32]);
void signature_reissue_message(struct buffer *out, const uint8_t eid[32], const struct point *old_credential,
                               const struct point *new_credential);

#endif
