/* AES-256-GCM as the enrolment's files have it: nonce(12, random) || ciphertext || tag(16). */
#ifndef CEREMONY_GCM_H
#define CEREMONY_GCM_H

#include "base/secret.h"
#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GCM_KEY = 32, GCM_MORE = 28 };

/* out: len + GCM_MORE bytes. key: GCM_KEY bytes. */
MUST_USE enum status gcm_seal(uint8_t *out, const struct secret *key, const void *aad, size_t aad_len, const void *in,
                              size_t len);
/* in: len + GCM_MORE bytes; out: len. False: wrong key, or altered; out is wiped. Says nothing. */
bool gcm_open(uint8_t *out, const struct secret *key, const void *aad, size_t aad_len, const uint8_t *in, size_t len);

#endif
