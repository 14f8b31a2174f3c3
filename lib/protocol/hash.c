/* See hash.h. */
#include "protocol/hash.h"
#include "base/buffer.h"
#include "base/i18n.h"
#include "base/report.h"
#include "group/xmd.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/core_names.h>
#include <string.h>

static const char VERSION[] = "VEMRE-V1:";

static enum status broken(void)
{
	return fault(E_FAILED, NULL, _("OpenSSL no pudo calcular un resumen"));
}

static bool update_lp(EVP_MD_CTX *md, const void *data, size_t len)
{
	uint8_t size[4];

	put_u32(size, (uint32_t)len);
	return EVP_DigestUpdate(md, size, sizeof size) == 1 && (len == 0 || EVP_DigestUpdate(md, data, len) == 1);
}

enum status hash_b(uint8_t out[32], const char *label, const struct bytes *parts, size_t n)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	char full[64];
	size_t len = sizeof VERSION - 1 + strlen(label);
	bool ok = md != NULL && len < sizeof full && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1;

	if (ok) {
		memcpy(full, VERSION, sizeof VERSION - 1);
		memcpy(full + sizeof VERSION - 1, label, strlen(label));
		ok = update_lp(md, full, len);
	}
	for (size_t i = 0; ok && i < n; i++)
		ok = update_lp(md, parts[i].data, parts[i].len);
	ok = ok && EVP_DigestFinal_ex(md, out, NULL) == 1;
	EVP_MD_CTX_free(md); /* wipes its state */
	return ok ? OK : broken();
}

static enum status domain(uint8_t *dst, size_t size, size_t *len, const char *label)
{
	*len = sizeof VERSION - 1 + strlen(label);
	if (*len > size)
		return broken();
	memcpy(dst, VERSION, sizeof VERSION - 1);
	memcpy(dst + sizeof VERSION - 1, label, strlen(label));
	return OK;
}

enum status hash_s(struct scalar *out, const char *label, const struct bytes *parts, size_t n)
{
	uint8_t dst[64], wide[48], *msg = NULL, *at;
	size_t dst_len, len = 0;
	enum status r;

	if ((r = domain(dst, sizeof dst, &dst_len, label)) != OK)
		return r;
	for (size_t i = 0; i < n; i++)
		len += 4 + parts[i].len;
	/* The parts may be secret (a seed, K): their copy is wiped. */
	if ((msg = OPENSSL_malloc(len + 1)) == NULL)
		return broken();
	at = msg;
	for (size_t i = 0; i < n; i++) {
		put_u32(at, (uint32_t)parts[i].len);
		if (parts[i].len > 0)
			memcpy(at + 4, parts[i].data, parts[i].len);
		at += 4 + parts[i].len;
	}
	if ((r = xmd_expand(wide, sizeof wide, dst, dst_len, msg, len)) == OK)
		scalar_reduce48(out, wide);
	OPENSSL_cleanse(wide, sizeof wide);
	OPENSSL_clear_free(msg, len + 1);
	return r;
}

enum status hash_p(struct point *out, const char *label, const void *msg, size_t len)
{
	uint8_t dst[64];
	size_t dst_len;
	enum status r;

	if ((r = domain(dst, sizeof dst, &dst_len, label)) != OK)
		return r;
	return point_hash(out, dst, dst_len, msg, len);
}

enum status hash_sha256(uint8_t out[32], const void *data, size_t len)
{
	return EVP_Digest(len > 0 ? data : "", len, out, NULL, EVP_sha256(), NULL) == 1 ? OK : broken();
}

enum status hash_hkdf(uint8_t *out, size_t out_len, struct bytes ikm, struct bytes salt, struct bytes info)
{
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
	EVP_KDF_CTX *ctx = kdf != NULL ? EVP_KDF_CTX_new(kdf) : NULL;
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest, 0),
	    OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)(uintptr_t)ikm.data, ikm.len),
	    OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)(uintptr_t)salt.data, salt.len),
	    OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)(uintptr_t)info.data, info.len),
	    OSSL_PARAM_construct_end(),
	};
	bool ok = ctx != NULL && EVP_KDF_derive(ctx, out, out_len, params) == 1;

	EVP_KDF_CTX_free(ctx);
	EVP_KDF_free(kdf);
	return ok ? OK : broken();
}

enum status hash_eid(uint8_t eid[32], const uint8_t election[32], const uint8_t keys[32],
                     const uint8_t credentials[32], const uint8_t opening[32])
{
	return hash_b(eid, "election",
	              PARTS(BYTES(election, 32), BYTES(keys, 32), BYTES(credentials, 32), BYTES(opening, 32)));
}

void hash_code(char out[CODE_SIZE], const uint8_t hash[32])
{
	static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	char *at = out;

	for (unsigned i = 0; i < 20; i++) {
		unsigned v = 0;

		for (unsigned bit = 5 * i; bit < 5 * i + 5; bit++)
			v = v << 1 | ((unsigned)hash[bit / 8] >> (7 - bit % 8) & 1u);
		if (i > 0 && i % 5 == 0)
			*at++ = '-';
		*at++ = symbols[v];
	}
	*at = '\0';
}
