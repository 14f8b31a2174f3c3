/* See credential.h. Secret: password, auth, sk. */
#include "protocol/credential.h"
#include "base/i18n.h"
#include "base/report.h"
#include "protocol/hash.h"
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>

static const char SYMBOLS[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

enum status credential_new_password(struct secret **out)
{
	struct secret *s;
	uint8_t *p;

	*out = NULL;
	if ((s = secret_new(PASSWORD_SYMBOLS)) == NULL)
		return E_FAILED;
	p = secret_bytes(s);
	if (RAND_priv_bytes(p, PASSWORD_SYMBOLS) != 1) {
		secret_free(s);
		return fault(E_FAILED, NULL, _("el generador de números aleatorios del sistema no responde"));
	}
	for (int i = 0; i < PASSWORD_SYMBOLS; i++)
		p[i] = (uint8_t)SYMBOLS[p[i] & 31];
	*out = s;
	return OK;
}

void credential_show_password(char out[PASSWORD_SHOWN], const struct secret *password)
{
	const uint8_t *p = secret_bytes(password);

	for (int i = 0; i < PASSWORD_SYMBOLS; i++) {
		if (i > 0 && i % 5 == 0)
			*out++ = '-';
		*out++ = (char)p[i];
	}
	*out = '\0';
}

enum status credential_read_password(struct secret **out, const char *typed, size_t len)
{
	struct secret *s;
	uint8_t *p;
	size_t n = 0;
	bool bad = false;

	*out = NULL;
	if ((s = secret_new(PASSWORD_SYMBOLS)) == NULL)
		return E_FAILED;
	p = secret_bytes(s);
	for (size_t i = 0; i < len; i++) {
		char c = typed[i];

		if (c == '-' || c == ' ')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (c == 'I' || c == 'L')
			c = '1';
		else if (c == 'O')
			c = '0';
		if (memchr(SYMBOLS, c, sizeof SYMBOLS - 1) == NULL || n == PASSWORD_SYMBOLS) {
			bad = true;
			break;
		}
		p[n++] = (uint8_t)c;
	}
	if (bad || n != PASSWORD_SYMBOLS) {
		secret_free(s);
		return E_EVIDENCE;
	}
	*out = s;
	return OK;
}

bool credential_read_username(char out[USERNAME_MAX + 1], const char *typed, size_t len)
{
	while (len > 0 && (typed[0] == ' ' || typed[0] == '\t')) {
		typed++;
		len--;
	}
	while (len > 0 && (typed[len - 1] == ' ' || typed[len - 1] == '\t'))
		len--;
	if (len < 1 || len > USERNAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		char c = typed[i];

		if (c >= 'a' && c <= 'z')
			c = (char)(c - 'a' + 'A');
		if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' || c == '-'))
			return false;
		out[i] = c;
	}
	out[len] = '\0';
	return true;
}

enum status credential_derive(struct credential_keys *out, const char *slug, const char *username,
                              const struct secret *password)
{
	static const char auth_info[] = "VEMRE-V1:auth", sign_info[] = "VEMRE-V1:sign";
	uint8_t salt[32], wide[48];
	struct bytes ikm = BYTES(secret_bytes(password), secret_len(password));
	enum status r;

	if ((r = hash_b(salt, "credential", PARTS(BYTES_TEXT(slug), BYTES_TEXT(username)))) != OK ||
	    (r = hash_hkdf(out->auth, 32, ikm, BYTES(salt, 32), BYTES(auth_info, sizeof auth_info - 1))) != OK ||
	    (r = hash_hkdf(wide, 48, ikm, BYTES(salt, 32), BYTES(sign_info, sizeof sign_info - 1))) != OK)
		goto done;
	scalar_reduce48(&out->sk, wide);
	r = point_mul_base(&out->credential, &out->sk);
done:
	OPENSSL_cleanse(wide, sizeof wide);
	if (r != OK)
		credential_wipe(out);
	return r;
}

void credential_wipe(struct credential_keys *keys)
{
	OPENSSL_cleanse(keys, sizeof *keys);
}

enum status credential_code(char out[24], const struct point *credential)
{
	uint8_t hash[32];
	enum status r;

	if ((r = hash_sha256(hash, credential->octets, POINT_BYTES)) == OK)
		hash_code(out, hash);
	return r;
}
