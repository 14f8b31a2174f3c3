/*
 * Integers modulo n, the order of P-256. 4 x 64 Montgomery arithmetic; every function is constant-time in
 * the values unless its name ends in _vartime. A struct scalar that holds a secret is wiped by its owner
 * (scalar_wipe).
 */
#ifndef GROUP_SCALAR_H
#define GROUP_SCALAR_H

#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scalar {
	uint64_t v[4]; /* least significant first, < n */
};

extern const struct scalar SCALAR_ZERO, SCALAR_ONE;

/* 32 bytes big-endian; false if not below n. */
bool scalar_read(struct scalar *out, const uint8_t in[32]);
void scalar_write(uint8_t out[32], const struct scalar *a);
/* 48 bytes big-endian, mod n (PROTOCOL 2, 3, 4). */
void scalar_reduce48(struct scalar *out, const uint8_t in[48]);
void scalar_from_u64(struct scalar *out, uint64_t v);
/* 16 bytes big-endian: the weights of PROTOCOL 9 and 10. */
void scalar_from_u128(struct scalar *out, const uint8_t in[16]);
/* Uniform modulo n, from the system's CSPRNG (48 bytes reduced). */
MUST_USE enum status scalar_random(struct scalar *out);
MUST_USE enum status scalar_random_many(struct scalar *out, size_t n);

void scalar_add(struct scalar *out, const struct scalar *a, const struct scalar *b);
void scalar_sub(struct scalar *out, const struct scalar *a, const struct scalar *b);
void scalar_neg(struct scalar *out, const struct scalar *a);
void scalar_mul(struct scalar *out, const struct scalar *a, const struct scalar *b);
/* out = a * b + c */
void scalar_mul_add(struct scalar *out, const struct scalar *a, const struct scalar *b, const struct scalar *c);
/* a^(n-2): the inverse, zero for zero. */
void scalar_inverse(struct scalar *out, const struct scalar *a);
bool scalar_is_zero(const struct scalar *a);
bool scalar_equal(const struct scalar *a, const struct scalar *b);
void scalar_wipe(struct scalar *a, size_t count);

#endif
