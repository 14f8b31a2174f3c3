/* See sha256.h. */
#define OPENSSL_SUPPRESS_DEPRECATED /* SHA256_Init and its kind: see sha256.h */
#include "group/sha256.h"
#include <openssl/crypto.h>
#include <openssl/sha.h>
#include <string.h>

_Static_assert(sizeof(SHA256_CTX) <= sizeof(struct sha256), "room for OpenSSL's state");

static SHA256_CTX *state(struct sha256 *s)
{
	return (SHA256_CTX *)(void *)s->state;
}

void sha256_start(struct sha256 *s)
{
	SHA256_Init(state(s));
}

void sha256_add(struct sha256 *s, const void *data, size_t len)
{
	if (len > 0)
		SHA256_Update(state(s), data, len);
}

void sha256_end(uint8_t out[32], struct sha256 *s)
{
	SHA256_Final(out, state(s));
	OPENSSL_cleanse(s, sizeof *s);
}

void sha256_hmac(uint8_t out[32], const uint8_t *key, size_t key_len, const struct bytes_of *parts, size_t n)
{
	uint8_t block[64] = {0}, inner[32];
	struct sha256 s;

	if (key_len > sizeof block) {
		sha256_start(&s);
		sha256_add(&s, key, key_len);
		sha256_end(block, &s);
	} else if (key_len > 0) {
		memcpy(block, key, key_len);
	}
	for (size_t i = 0; i < sizeof block; i++)
		block[i] ^= 0x36;
	sha256_start(&s);
	sha256_add(&s, block, sizeof block);
	for (size_t i = 0; i < n; i++)
		sha256_add(&s, parts[i].data, parts[i].len);
	sha256_end(inner, &s);
	for (size_t i = 0; i < sizeof block; i++)
		block[i] ^= 0x36 ^ 0x5c;
	sha256_start(&s);
	sha256_add(&s, block, sizeof block);
	sha256_add(&s, inner, sizeof inner);
	sha256_end(out, &s);
	OPENSSL_cleanse(block, sizeof block);
	OPENSSL_cleanse(inner, sizeof inner);
}
