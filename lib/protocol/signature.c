/* See signature.h. */
#include "protocol/signature.h"
#include "base/i18n.h"
#include "base/report.h"
#include "group/openssl.h"
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

struct signature_key {
	EVP_PKEY *pkey;
};

static EVP_PKEY *public_key(const struct point *key)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *out = NULL;
	char curve[] = "P-256";
	OSSL_PARAM params[] = {
	    OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, curve, 0),
	    OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, (void *)(uintptr_t)key->octets, POINT_BYTES),
	    OSSL_PARAM_construct_end(),
	};

	if (ctx == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &out, EVP_PKEY_PUBLIC_KEY, params) != 1)
		out = NULL;
	EVP_PKEY_CTX_free(ctx);
	return out;
}

/* n / 2, rounded down. */
static bool high(const BIGNUM *s)
{
	BIGNUM *half = BN_dup(EC_GROUP_get0_order(group_curve()));
	bool is = half == NULL || !BN_rshift1(half, half) || BN_cmp(s, half) > 0;

	BN_free(half);
	return is;
}

/* Strict DER: what OpenSSL writes again is what was read. NULL if not. */
static ECDSA_SIG *parse(const uint8_t *der, size_t len)
{
	const uint8_t *p = der;
	ECDSA_SIG *sig;
	uint8_t again[SIGNATURE_MAX + 8], *q = again;

	if (len < 8 || len > SIGNATURE_MAX)
		return NULL;
	sig = d2i_ECDSA_SIG(NULL, &p, (long)len);
	if (sig != NULL && (p != der + len || i2d_ECDSA_SIG(sig, NULL) != (int)len ||
	                    i2d_ECDSA_SIG(sig, &q) != (int)len || memcmp(again, der, len) != 0)) {
		ECDSA_SIG_free(sig);
		sig = NULL;
	}
	return sig;
}

struct signature_key *signature_key_new(const struct point *key)
{
	struct signature_key *k = malloc(sizeof *k);

	if (k != NULL && (k->pkey = public_key(key)) == NULL) {
		free(k);
		k = NULL;
	}
	return k;
}

void signature_key_free(struct signature_key *key)
{
	if (key == NULL)
		return;
	EVP_PKEY_free(key->pkey);
	free(key);
}

bool signature_verify_by(const struct signature_key *key, const void *msg, size_t msg_len, const uint8_t *der,
                         size_t der_len)
{
	ECDSA_SIG *sig = parse(der, der_len);
	EVP_MD_CTX *md = NULL;
	bool ok = false;

	if (sig == NULL || high(ECDSA_SIG_get0_s(sig)))
		goto done;
	md = EVP_MD_CTX_new();
	ok = md != NULL && EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, key->pkey) == 1 &&
	     EVP_DigestVerify(md, der, der_len, msg, msg_len) == 1;
done:
	EVP_MD_CTX_free(md);
	ECDSA_SIG_free(sig);
	return ok;
}

bool signature_verify(const struct point *key, const void *msg, size_t msg_len, const uint8_t *der, size_t der_len)
{
	struct signature_key *k = signature_key_new(key);
	bool ok = k != NULL && signature_verify_by(k, msg, msg_len, der, der_len);

	signature_key_free(k);
	return ok;
}

/* Takes sig. */
static enum status write_low(uint8_t der[SIGNATURE_MAX], size_t *len, ECDSA_SIG *sig)
{
	BIGNUM *r = BN_dup(ECDSA_SIG_get0_r(sig)), *s = BN_dup(ECDSA_SIG_get0_s(sig));
	enum status result = E_EVIDENCE;
	int n = 0;

	if (r != NULL && s != NULL && (!high(s) || BN_sub(s, EC_GROUP_get0_order(group_curve()), s)) &&
	    ECDSA_SIG_set0(sig, r, s)) {
		uint8_t *p = der;

		r = s = NULL; /* sig's now */
		if ((n = i2d_ECDSA_SIG(sig, NULL)) > 0 && n <= SIGNATURE_MAX && i2d_ECDSA_SIG(sig, &p) == n) {
			*len = (size_t)n;
			result = OK;
		}
	}
	BN_free(r);
	BN_free(s);
	ECDSA_SIG_free(sig);
	return result;
}

enum status signature_normalise(uint8_t der[SIGNATURE_MAX], size_t *len)
{
	ECDSA_SIG *sig = parse(der, *len);

	return sig != NULL ? write_low(der, len, sig) : E_EVIDENCE;
}

enum status signature_from_raw(uint8_t der[SIGNATURE_MAX], size_t *len, const uint8_t raw[64])
{
	ECDSA_SIG *sig = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(raw, 32, NULL), *s = BN_bin2bn(raw + 32, 32, NULL);

	if (sig == NULL || r == NULL || s == NULL || !ECDSA_SIG_set0(sig, r, s)) {
		BN_free(r);
		BN_free(s);
		ECDSA_SIG_free(sig);
		return E_EVIDENCE;
	}
	return write_low(der, len, sig);
}

void signature_receipt_message(struct buffer *out, const uint8_t eid[32], const uint8_t tracker[32])
{
	buffer_text(out, "VEMRE-V1:receipt");
	buffer_put(out, eid, 32);
	buffer_put(out, tracker, 32);
}

void signature_seal_message(struct buffer *out, const uint8_t eid[32], const uint8_t box_sha256[32],
                            const uint8_t reissues_sha256[32], uint64_t ballots, const char *closed)
{
	buffer_text(out, "VEMRE-V1:seal");
	buffer_put(out, eid, 32);
	buffer_put(out, box_sha256, 32);
	buffer_put(out, reissues_sha256, 32);
	buffer_u64(out, ballots);
	buffer_text(out, closed);
}

void signature_journal_message(struct buffer *out, const uint8_t eid[32], uint64_t lines, const uint8_t last[32])
{
	buffer_text(out, "VEMRE-V1:journal");
	buffer_put(out, eid, 32);
	buffer_u64(out, lines);
	buffer_put(out, last, 32);
}

void signature_reissue_message(struct buffer *out, const uint8_t eid[32], const struct point *old_credential,
                               const struct point *new_credential)
{
	buffer_text(out, "VEMRE-V1:reissue");
	buffer_put(out, eid, 32);
	buffer_put(out, old_credential->octets, POINT_BYTES);
	buffer_put(out, new_credential->octets, POINT_BYTES);
}
