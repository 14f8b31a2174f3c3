/* See signing.h. */
#include "unit/signing.h"
#include "base/report.h"
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <string.h>

EVP_PKEY *signing_new(struct point *public)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	size_t len = 0;

	if (key != NULL && EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, public->octets, POINT_BYTES,
	                                                   &len) == 1 &&
	    len == POINT_BYTES)
		return key;
	EVP_PKEY_free(key);
	fault(E_FAILED, NULL, "no test key");
	return NULL;
}

enum status signing_raw(uint8_t *der, size_t *len, EVP_PKEY *key, const void *msg, size_t msg_len)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ok;

	*len = SIGNATURE_MAX + 8;
	ok = md != NULL && EVP_DigestSignInit(md, NULL, EVP_sha256(), NULL, key) == 1 &&
	     EVP_DigestSign(md, der, len, msg, msg_len) == 1;
	EVP_MD_CTX_free(md);
	return ok ? OK : fault(E_FAILED, NULL, "a test signature failed");
}

enum status signing_sign(uint8_t der[SIGNATURE_MAX], size_t *len, EVP_PKEY *key, const void *msg, size_t msg_len)
{
	uint8_t wide[SIGNATURE_MAX + 8];
	enum status r;

	if ((r = signing_raw(wide, len, key, msg, msg_len)) != OK)
		return r;
	if (*len > SIGNATURE_MAX)
		return fault(E_FAILED, NULL, "a test signature is too long");
	memcpy(der, wide, *len);
	return signature_normalise(der, len);
}
