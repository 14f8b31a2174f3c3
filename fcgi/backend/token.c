/* See token.h. */
#include "backend/token.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/report.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum status token_key_open(struct secret **out, const char *path)
{
	struct buffer b = BUFFER_INIT;
	struct stat st;
	enum status r;

	*out = NULL;
	if ((r = file_read(&b, path, TOKEN_KEY_MAX)) != OK)
		return r;
	if (b.len < TOKEN_KEY_MIN)
		r = fault(E_USAGE, _("32 bytes al azar: openssl rand -out ARCHIVO 32"), _("%s: clave demasiado corta"), path);
	else if (stat(path, &st) != 0 || (st.st_mode & 077) != 0)
		r = fault(E_USAGE, _("chmod 600"), _("%s: otros usuarios pueden leer la clave"), path);
	else if ((*out = secret_copy(b.data, b.len)) == NULL)
		r = E_FAILED;
	if (b.data != NULL)
		OPENSSL_cleanse(b.data, b.cap);
	buffer_free(&b);
	return r;
}

static enum status random_fault(void)
{
	return fault(E_FAILED, NULL, _("el generador de números al azar falló"));
}

enum status token_new(char out[TOKEN_HEX + 1])
{
	uint8_t bytes[TOKEN_HEX / 2];

	if (RAND_priv_bytes(bytes, sizeof bytes) != 1)
		return random_fault();
	hex_encode(out, bytes, sizeof bytes);
	OPENSSL_cleanse(bytes, sizeof bytes);
	return OK;
}

static enum status digest(uint8_t out[32], const char *label, const char *token)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool good = md != NULL && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 &&
	            EVP_DigestUpdate(md, label, strlen(label)) == 1 &&
	            EVP_DigestUpdate(md, token, strlen(token)) == 1 && EVP_DigestFinal_ex(md, out, NULL) == 1;

	EVP_MD_CTX_free(md);
	return good ? OK : fault(E_FAILED, NULL, _("no hay memoria"));
}

enum status token_sha256(uint8_t out[32], const char *token)
{
	return digest(out, "", token);
}

enum status token_csrf(char out[TOKEN_HEX + 1], const char *token)
{
	uint8_t hash[32];
	enum status r = digest(hash, "VEMRE-V1:csrf:", token);

	hex_encode(out, hash, sizeof hash);
	return r;
}

bool token_csrf_right(const char *token, const char *given)
{
	char expected[TOKEN_HEX + 1];

	return strlen(given) == TOKEN_HEX && token_csrf(expected, token) == OK &&
	       CRYPTO_memcmp(expected, given, TOKEN_HEX) == 0;
}

enum status token_new_code(char out[TOKEN_CODE_DIGITS + 1])
{
	uint32_t random;

	do {
		if (RAND_priv_bytes((unsigned char *)&random, sizeof random) != 1)
			return random_fault();
	} while (random >= UINT32_MAX / 1000000 * 1000000); /* so that no code is likelier */
	snprintf(out, TOKEN_CODE_DIGITS + 1, "%06u", random % 1000000);
	OPENSSL_cleanse(&random, sizeof random);
	return OK;
}

static enum status keyed(uint8_t out[32], const struct secret *key, const struct buffer *message)
{
	unsigned len = 32;

	if (message->failed || HMAC(EVP_sha256(), secret_bytes(key), (int)secret_len(key), message->data, message->len,
	                            out, &len) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	return OK;
}

enum status token_code_hmac(uint8_t out[32], const struct secret *key, const uint8_t eid[32], const char *username,
                            const char *code)
{
	struct buffer b = BUFFER_INIT;
	enum status r;

	buffer_reserve(&b, 256); /* in one piece: growth would leave a copy of the code behind */
	buffer_text(&b, "VEMRE-V1:code");
	buffer_put(&b, eid, 32);
	buffer_lp(&b, username, strlen(username));
	buffer_lp(&b, code, strlen(code));
	r = keyed(out, key, &b);
	if (b.data != NULL)
		OPENSSL_cleanse(b.data, b.cap);
	buffer_free(&b);
	return r;
}

enum status token_address_hmac(uint8_t out[32], const struct secret *key, const uint8_t address[16])
{
	struct buffer b = BUFFER_INIT;
	enum status r;

	buffer_text(&b, "VEMRE-V1:address");
	buffer_put(&b, address, 16);
	r = keyed(out, key, &b);
	buffer_free(&b);
	return r;
}

enum status token_totp_key(struct secret **out, const struct secret *key)
{
	struct buffer b = BUFFER_INIT;
	uint8_t own[32];
	enum status r;

	*out = NULL;
	buffer_text(&b, "VEMRE-V1:totp");
	r = keyed(own, key, &b);
	buffer_free(&b);
	if (r == OK && (*out = secret_copy(own, sizeof own)) == NULL)
		r = E_FAILED;
	OPENSSL_cleanse(own, sizeof own);
	return r;
}
