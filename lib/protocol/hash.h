/* Hb, Hs, Hp and eid (PROTOCOL 2). Inputs may be secret: SHA-256 does not branch on them. */
#ifndef PROTOCOL_HASH_H
#define PROTOCOL_HASH_H

#include "base/status.h"
#include "group/point.h"
#include "group/scalar.h"

struct bytes {
	const void *data;
	size_t len;
};

#define BYTES(p, n) ((struct bytes){(p), (n)})
#define BYTES_TEXT(s) ((struct bytes){(s), strlen(s)})
#define BYTES_POINT(p) ((struct bytes){(p)->octets, POINT_BYTES})
/* hash_b(out, "label", PARTS(a, b, c)) */
#define PARTS(...) (const struct bytes[]){__VA_ARGS__}, sizeof((const struct bytes[]){__VA_ARGS__}) / sizeof(struct bytes)

MUST_USE enum status hash_b(uint8_t out[32], const char *label, const struct bytes *parts, size_t n);
MUST_USE enum status hash_s(struct scalar *out, const char *label, const struct bytes *parts, size_t n);
MUST_USE enum status hash_p(struct point *out, const char *label, const void *msg, size_t len);
/* n messages of msg_len bytes, one after another. */
MUST_USE enum status hash_p_many(struct point *out, const char *label, const uint8_t *msgs, size_t msg_len, size_t n);
MUST_USE enum status hash_sha256(uint8_t out[32], const void *data, size_t len);
/* HKDF-SHA-256 (RFC 5869), extract and expand. Constant-time in ikm. */
MUST_USE enum status hash_hkdf(uint8_t *out, size_t out_len, struct bytes ikm, struct bytes salt, struct bytes info);

/* eid from the SHA-256 of the four files. */
MUST_USE enum status hash_eid(uint8_t eid[32], const uint8_t election[32], const uint8_t keys[32],
                              const uint8_t credentials[32], const uint8_t opening[32]);

/* Tracker and credential codes for people: the first 100 bits in Crockford base32, "XXXXX-XXXXX-XXXXX-XXXXX"
 * (PROTOCOL 4, 8). */
enum { CODE_SIZE = 24 };
void hash_code(char out[CODE_SIZE], const uint8_t hash[32]);
/* A code as typed (dashes and spaces dropped, I and L read as 1, O as 0, any case): the first and the last hash that
 * have it. False: not a code. */
bool hash_read_code(uint8_t first[32], uint8_t last[32], const char *typed);

#endif
