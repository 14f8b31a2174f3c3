/*
 * The system key: ECDSA on P-256 in the server's token, for receipts, seals and journal heads (DESIGN 5). Only the
 * system-signer opens it; everybody else asks it (hsm/signer.h).
 *
 * Settings: hsm.module, hsm.system_store, hsm.system_label, hsm.system_serial. By libp11; it keeps a copy of the PIN
 * for logging in again, which stays in this one process.
 */
#ifndef HSM_SYSTEM_KEY_H
#define HSM_SYSTEM_KEY_H

#include "base/secret.h"
#include "base/settings.h"
#include "base/status.h"
#include "group/point.h"
#include "protocol/signature.h"

struct system_key;

/* Sets a blank token up with this PIN and makes the key, not extractable, SIGN only; attributes are read back.
 * E_STATE (said) if a token of that label is there. */
MUST_USE enum status system_key_make(struct point *public_key, struct settings *s, const struct secret *pin);
/* E_DEVICE, said: token not found, wrong PIN, no key. */
MUST_USE enum status system_key_open(struct system_key **out, struct settings *s, const struct secret *pin);
void system_key_close(struct system_key *k);
MUST_USE enum status system_key_public(const struct system_key *k, struct point *out);
/* SHA-256 and ECDSA over msg; DER, s in the lower half; checked with the public key before it is given out. */
MUST_USE enum status system_key_sign(struct system_key *k, uint8_t der[SIGNATURE_MAX], size_t *len,
                                     const void *msg, size_t msg_len);

#endif
