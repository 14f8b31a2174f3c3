/* See gcm.h. NIST SP 800-38D; the nonces are random: one key seals far fewer than the 2^32 it allows. */
#include "ceremony/gcm.h"
#include "base/i18n.h"
#include "base/report.h"
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

enum { NONCE = 12, TAG = 16 };

enum status gcm_seal(uint8_t *out, const struct secret *key, const void *aad, size_t aad_len, const void *in,
                     size_t len)
{
	EVP_CIPHER_CTX *c = NULL;
	enum status r = E_FAILED;
	int n;

	if (secret_len(key) != GCM_KEY || len > INT_MAX || aad_len > INT_MAX || RAND_bytes(out, NONCE) != 1 ||
	    (c = EVP_CIPHER_CTX_new()) == NULL ||
	    EVP_EncryptInit_ex(c, EVP_aes_256_gcm(), NULL, secret_bytes(key), out) != 1 ||
	    EVP_EncryptUpdate(c, NULL, &n, aad, (int)aad_len) != 1 ||
	    EVP_EncryptUpdate(c, out + NONCE, &n, in, (int)len) != 1 ||
	    EVP_EncryptFinal_ex(c, out + NONCE + n, &n) != 1 ||
	    EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_GET_TAG, TAG, out + NONCE + len) != 1) {
		fault(E_FAILED, NULL, _("no se pudo cifrar"));
		goto done;
	}
	r = OK;
done:
	EVP_CIPHER_CTX_free(c);
	return r;
}

bool gcm_open(uint8_t *out, const struct secret *key, const void *aad, size_t aad_len, const uint8_t *in, size_t len)
{
	EVP_CIPHER_CTX *c = NULL;
	uint8_t tag[TAG];
	bool good = false;
	int n;

	for (int i = 0; i < TAG; i++)
		tag[i] = in[NONCE + len + (size_t)i];
	if (secret_len(key) == GCM_KEY && len <= INT_MAX && aad_len <= INT_MAX && (c = EVP_CIPHER_CTX_new()) != NULL)
		good = EVP_DecryptInit_ex(c, EVP_aes_256_gcm(), NULL, secret_bytes(key), in) == 1 &&
		       EVP_DecryptUpdate(c, NULL, &n, aad, (int)aad_len) == 1 &&
		       EVP_DecryptUpdate(c, out, &n, in + NONCE, (int)len) == 1 &&
		       EVP_CIPHER_CTX_ctrl(c, EVP_CTRL_GCM_SET_TAG, TAG, tag) == 1 &&
		       EVP_DecryptFinal_ex(c, out + n, &n) == 1;
	EVP_CIPHER_CTX_free(c);
	if (!good)
		OPENSSL_cleanse(out, len);
	return good;
}
