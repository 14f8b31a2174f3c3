/* See hash.h. */
#include "protocol/hash.h"
#include "base/buffer.h"
#include "base/i18n.h"
#include "base/report.h"
#include "group/sha256.h"
#include "group/xmd.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

static const char VERSION[] = "VEMRE-V1:";

static enum status broken(void)
{
	return fault(E_FAILED, NULL, _("OpenSSL no pudo calcular un resumen"));
}

static void add_lp(struct sha256 *h, const void *data, size_t len)
{
	uint8_t size[4];

	put_u32(size, (uint32_t)len);
	sha256_add(h, size, sizeof size);
	sha256_add(h, data, len);
}

enum status hash_b(uint8_t out[32], const char *label, const struct bytes *parts, size_t n)
{
	struct sha256 h;
	char full[64];
	size_t len = sizeof VERSION - 1 + strlen(label);

	if (len >= sizeof full)
		return broken();
	memcpy(full, VERSION, sizeof VERSION - 1);
	memcpy(full + sizeof VERSION - 1, label, strlen(label));
	sha256_start(&h);
	add_lp(&h, full, len);
	for (size_t i = 0; i < n; i++)
		add_lp(&h, parts[i].data, parts[i].len);
	sha256_end(out, &h); /* wipes its state */
	return OK;
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
	uint8_t dst[64], wide[48], small[1024], *msg = small, *at;
	size_t dst_len, len = 0;
	enum status r;

	if ((r = domain(dst, sizeof dst, &dst_len, label)) != OK)
		return r;
	for (size_t i = 0; i < n; i++)
		len += 4 + parts[i].len;
	/* The parts may be secret (a seed, K): their copy is wiped. */
	if (len > sizeof small && (msg = OPENSSL_malloc(len)) == NULL)
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
	OPENSSL_cleanse(msg, len);
	if (msg != small)
		OPENSSL_free(msg);
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

enum status hash_p_many(struct point *out, const char *label, const uint8_t *msgs, size_t msg_len, size_t n)
{
	uint8_t dst[64];
	size_t dst_len;
	enum status r;

	if ((r = domain(dst, sizeof dst, &dst_len, label)) != OK)
		return r;
	return point_hash_many(out, dst, dst_len, msgs, msg_len, n);
}

enum status hash_sha256(uint8_t out[32], const void *data, size_t len)
{
	return EVP_Digest(len > 0 ? data : "", len, out, NULL, EVP_sha256(), NULL) == 1 ? OK : broken();
}

enum status hash_hkdf(uint8_t *out, size_t out_len, struct bytes ikm, struct bytes salt, struct bytes info)
{
	const struct bytes_of secret = {ikm.data, ikm.len};
	uint8_t prk[32], t[32];
	size_t t_len = 0;

	if (out_len > 255 * sizeof t)
		return broken();
	sha256_hmac(prk, salt.data, salt.len, &secret, 1);
	/* T(i) = HMAC(PRK, T(i-1) || info || i) */
	for (uint8_t i = 1; out_len > 0; i++) {
		const struct bytes_of parts[] = {{t, t_len}, {info.data, info.len}, {&i, 1}};
		size_t take = out_len < sizeof t ? out_len : sizeof t;

		sha256_hmac(t, prk, sizeof prk, parts, 3);
		t_len = sizeof t;
		memcpy(out, t, take);
		out += take;
		out_len -= take;
	}
	OPENSSL_cleanse(prk, sizeof prk);
	OPENSSL_cleanse(t, sizeof t);
	return OK;
}

enum status hash_eid(uint8_t eid[32], const uint8_t election[32], const uint8_t keys[32],
                     const uint8_t credentials[32], const uint8_t opening[32])
{
	return hash_b(eid, "election",
	              PARTS(BYTES(election, 32), BYTES(keys, 32), BYTES(credentials, 32), BYTES(opening, 32)));
}

static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford */

void hash_code(char out[CODE_SIZE], const uint8_t hash[32])
{
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

bool hash_read_code(uint8_t first[32], uint8_t last[32], const char *typed)
{
	unsigned n = 0;

	memset(first, 0, 32);
	for (; *typed != '\0'; typed++) {
		char c = *typed;
		const char *at;

		if (c == '-' || c == ' ')
			continue;
		c = (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
		c = c == 'I' || c == 'L' ? '1' : c == 'O' ? '0' : c;
		if (n == 20 || (at = strchr(symbols, c)) == NULL)
			return false;
		for (unsigned bit = 0; bit < 5; bit++)
			if (((unsigned)(at - symbols) >> (4 - bit) & 1u) != 0)
				first[(5 * n + bit) / 8] |= (uint8_t)(128u >> (5 * n + bit) % 8);
		n++;
	}
	memcpy(last, first, 32);
	last[12] |= 15;
	memset(last + 13, 255, 32 - 13);
	return n == 20;
}
