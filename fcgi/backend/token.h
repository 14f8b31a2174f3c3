/*
 * Tokens, codes and their keyed hashes. Secret here: the token (the database has its SHA-256 alone), the code (the
 * database has its HMAC alone), the key. The token travels as hex, in the cookie.
 */
#ifndef BACKEND_TOKEN_H
#define BACKEND_TOKEN_H

#include "base/secret.h"
#include "base/status.h"
#include <stdbool.h>
#include <stdint.h>

enum { TOKEN_HEX = 64, TOKEN_CODE_DIGITS = 6, TOKEN_KEY_MIN = 32, TOKEN_KEY_MAX = 64 };

/* The key of codes and addresses: a file of 32 to 64 bytes that nobody but its owner reads; the same on every host. */
MUST_USE enum status token_key_open(struct secret **out, const char *path);

MUST_USE enum status token_new(char out[TOKEN_HEX + 1]);
MUST_USE enum status token_sha256(uint8_t out[32], const char *token);
/* The value of X-Vemre-CSRF that goes with a token. */
MUST_USE enum status token_csrf(char out[TOKEN_HEX + 1], const char *token);
/* Constant-time; given is what came with the request, of any length. */
bool token_csrf_right(const char *token, const char *given);

/* Uniform, six digits. */
MUST_USE enum status token_new_code(char out[TOKEN_CODE_DIGITS + 1]);
MUST_USE enum status token_code_hmac(uint8_t out[32], const struct secret *key, const uint8_t eid[32],
                                     const char *username, const char *code);
/* For slowing an address down: never the address itself (place.h makes the 16 bytes). */
MUST_USE enum status token_address_hmac(uint8_t out[32], const struct secret *key, const uint8_t address[16]);

/* The key that authenticator secrets are encrypted with, made of the same file. */
MUST_USE enum status token_totp_key(struct secret **out, const struct secret *key);

#endif
