/* See xmd.h. */
#include "group/xmd.h"
#include "base/i18n.h"
#include "base/report.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

enum { B_IN_BYTES = 32, S_IN_BYTES = 64 };

enum status xmd_expand(uint8_t *out, size_t out_len, const uint8_t *dst, size_t dst_len, const uint8_t *msg,
                       size_t msg_len)
{
	static const uint8_t zeros[S_IN_BYTES];
	uint8_t b0[B_IN_BYTES], bi[B_IN_BYTES] = {0}, len2[3], dst_size = (uint8_t)dst_len;
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	bool ok = md != NULL && out_len <= 255 * B_IN_BYTES && dst_len <= 255;

	len2[0] = (uint8_t)(out_len >> 8);
	len2[1] = (uint8_t)out_len;
	len2[2] = 0;
	/* b_0 = H(Z_pad || msg || l_i_b_str || I2OSP(0, 1) || DST_prime) */
	ok = ok && EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 && EVP_DigestUpdate(md, zeros, sizeof zeros) == 1 &&
	     EVP_DigestUpdate(md, msg, msg_len) == 1 && EVP_DigestUpdate(md, len2, sizeof len2) == 1 &&
	     EVP_DigestUpdate(md, dst, dst_len) == 1 && EVP_DigestUpdate(md, &dst_size, 1) == 1 &&
	     EVP_DigestFinal_ex(md, b0, NULL) == 1;
	for (uint8_t i = 1; ok && out_len > 0; i++) {
		size_t take = out_len < B_IN_BYTES ? out_len : B_IN_BYTES;

		/* b_i = H((b_0 xor b_(i-1)) || I2OSP(i, 1) || DST_prime); b_0 xor zeros for the first */
		for (int j = 0; j < B_IN_BYTES; j++)
			bi[j] ^= b0[j];
		ok = EVP_DigestInit_ex(md, EVP_sha256(), NULL) == 1 && EVP_DigestUpdate(md, bi, sizeof bi) == 1 &&
		     EVP_DigestUpdate(md, &i, 1) == 1 && EVP_DigestUpdate(md, dst, dst_len) == 1 &&
		     EVP_DigestUpdate(md, &dst_size, 1) == 1 && EVP_DigestFinal_ex(md, bi, NULL) == 1;
		memcpy(out, bi, take);
		out += take;
		out_len -= take;
	}
	EVP_MD_CTX_free(md);
	OPENSSL_cleanse(b0, sizeof b0);
	OPENSSL_cleanse(bi, sizeof bi);
	return ok ? OK : fault(E_FAILED, NULL, _("OpenSSL no pudo calcular un resumen"));
}
