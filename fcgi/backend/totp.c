/* See totp.h. */
#include "backend/totp.h"
#include "backend/token.h"
#include "base/i18n.h"
#include "base/report.h"
#include "ceremony/gcm.h"
#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

enum status totp_new(uint8_t secret[TOTP_SECRET])
{
	return RAND_priv_bytes(secret, TOTP_SECRET) == 1
	               ? OK
	               : fault(E_FAILED, NULL, _("el generador de números al azar falló"));
}

enum status totp_code(char out[TOTP_DIGITS + 1], const uint8_t secret[TOTP_SECRET], uint64_t step)
{
	uint8_t counter[8], mac[20];
	unsigned len, offset;
	uint32_t number;

	for (int i = 7; i >= 0; i--, step >>= 8)
		counter[i] = (uint8_t)step;
	if (HMAC(EVP_sha1(), secret, TOTP_SECRET, counter, sizeof counter, mac, &len) == NULL || len != sizeof mac)
		return fault(E_FAILED, NULL, _("OpenSSL no pudo calcular un resumen"));
	/* dynamic truncation (RFC 4226, 5.3) */
	offset = mac[19] & 15u;
	number = (uint32_t)(mac[offset] & 127u) << 24 | (uint32_t)mac[offset + 1] << 16 | (uint32_t)mac[offset + 2] << 8 |
	         mac[offset + 3];
	snprintf(out, TOTP_DIGITS + 1, "%06u", (unsigned)(number % 1000000));
	OPENSSL_cleanse(mac, sizeof mac);
	return OK;
}

bool totp_step(uint64_t *step, const uint8_t secret[TOTP_SECRET], int64_t now, const char *code)
{
	uint64_t present = (uint64_t)now / TOTP_PERIOD;
	char right[TOTP_DIGITS + 1];
	bool found = false;

	if (now < TOTP_PERIOD || strlen(code) != TOTP_DIGITS)
		return false;
	for (uint64_t s = present - 1; s <= present + 1; s++) {
		if (totp_code(right, secret, s) != OK)
			return false;
		if (CRYPTO_memcmp(right, code, TOTP_DIGITS) == 0) {
			*step = s;
			found = true;
		}
	}
	OPENSSL_cleanse(right, sizeof right);
	return found;
}

void totp_base32(char out[TOTP_BASE32], const uint8_t secret[TOTP_SECRET])
{
	static const char symbols[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

	for (unsigned i = 0; i < 8 * TOTP_SECRET / 5; i++) {
		unsigned v = 0;

		for (unsigned bit = 5 * i; bit < 5 * i + 5; bit++)
			v = v << 1 | ((unsigned)secret[bit / 8] >> (7 - bit % 8) & 1u);
		out[i] = symbols[v];
	}
	out[TOTP_BASE32 - 1] = '\0';
}

enum status totp_seal(uint8_t out[TOTP_SEALED], const struct secret *key, const char *username,
                      const uint8_t secret[TOTP_SECRET])
{
	struct secret *own;
	enum status r;

	if ((r = token_totp_key(&own, key)) != OK)
		return r;
	r = gcm_seal(out, own, username, strlen(username), secret, TOTP_SECRET);
	secret_free(own);
	return r;
}

bool totp_open(uint8_t secret[TOTP_SECRET], const struct secret *key, const char *username,
               const uint8_t sealed[TOTP_SEALED])
{
	struct secret *own;
	bool good;

	if (token_totp_key(&own, key) != OK)
		return false;
	good = gcm_open(secret, own, username, strlen(username), sealed, TOTP_SECRET);
	secret_free(own);
	return good;
}
