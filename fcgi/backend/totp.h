/*
 * The codes of an authenticator app: TOTP with HMAC-SHA-1, six digits, steps of 30 s (RFC 6238, RFC 4226), which is what
 * every app has. Secret here: the shared secret; it rests in the database encrypted under a key derived from the
 * backend's key file.
 */
#ifndef BACKEND_TOTP_H
#define BACKEND_TOTP_H

#include "base/secret.h"
#include "base/status.h"
#include <stdbool.h>
#include <stdint.h>

enum { TOTP_SECRET = 20, TOTP_SEALED = TOTP_SECRET + 28, TOTP_DIGITS = 6, TOTP_PERIOD = 30, TOTP_BASE32 = 33 };

MUST_USE enum status totp_new(uint8_t secret[TOTP_SECRET]);
MUST_USE enum status totp_code(char out[TOTP_DIGITS + 1], const uint8_t secret[TOTP_SECRET], uint64_t step);
/* *step: of now, the one before or the one after, whichever this code is of. False: of none. Constant-time in the code. */
bool totp_step(uint64_t *step, const uint8_t secret[TOTP_SECRET], int64_t now, const char *code);
/* RFC 4648, upper case, no padding. */
void totp_base32(char out[TOTP_BASE32], const uint8_t secret[TOTP_SECRET]);
/* For the database; bound to the user name. key: the backend's key file. */
MUST_USE enum status totp_seal(uint8_t out[TOTP_SEALED], const struct secret *key, const char *username,
                               const uint8_t secret[TOTP_SECRET]);
/* False: another key, another user name, or altered. */
bool totp_open(uint8_t secret[TOTP_SECRET], const struct secret *key, const char *username,
               const uint8_t sealed[TOTP_SEALED]);

#endif
