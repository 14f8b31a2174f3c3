/* See xmd.h. */
#include "group/xmd.h"
#include "base/i18n.h"
#include "base/report.h"
#include "group/sha256.h"
#include <openssl/crypto.h>
#include <string.h>

enum { B_IN_BYTES = 32, S_IN_BYTES = 64 };

enum status xmd_expand(uint8_t *out, size_t out_len, const uint8_t *dst, size_t dst_len, const uint8_t *msg,
                       size_t msg_len)
{
	static const uint8_t zeros[S_IN_BYTES];
	uint8_t b0[B_IN_BYTES], bi[B_IN_BYTES] = {0}, len2[3], dst_size = (uint8_t)dst_len;
	struct sha256 h;

	if (out_len > 255 * B_IN_BYTES || dst_len > 255)
		return fault(E_FAILED, NULL, _("no se puede calcular un resumen tan largo"));
	len2[0] = (uint8_t)(out_len >> 8);
	len2[1] = (uint8_t)out_len;
	len2[2] = 0;
	/* b_0 = H(Z_pad || msg || l_i_b_str || I2OSP(0, 1) || DST_prime) */
	sha256_start(&h);
	sha256_add(&h, zeros, sizeof zeros);
	sha256_add(&h, msg, msg_len);
	sha256_add(&h, len2, sizeof len2);
	sha256_add(&h, dst, dst_len);
	sha256_add(&h, &dst_size, 1);
	sha256_end(b0, &h);
	for (uint8_t i = 1; out_len > 0; i++) {
		size_t take = out_len < B_IN_BYTES ? out_len : B_IN_BYTES;

		/* b_i = H((b_0 xor b_(i-1)) || I2OSP(i, 1) || DST_prime); b_0 xor zeros for the first */
		for (int j = 0; j < B_IN_BYTES; j++)
			bi[j] ^= b0[j];
		sha256_start(&h);
		sha256_add(&h, bi, sizeof bi);
		sha256_add(&h, &i, 1);
		sha256_add(&h, dst, dst_len);
		sha256_add(&h, &dst_size, 1);
		sha256_end(bi, &h);
		memcpy(out, bi, take);
		out += take;
		out_len -= take;
	}
	OPENSSL_cleanse(b0, sizeof b0);
	OPENSSL_cleanse(bi, sizeof bi);
	return OK;
}
