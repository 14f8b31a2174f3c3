/*
 * Points by OpenSSL's arithmetic alone (openssl.h): the way of one point at a time, of secrets that come singly, and of
 * `verify-election --slow`, the check on our own.
 */
#include "group/openssl.h"
#include "base/i18n.h"
#include "base/report.h"
#include <openssl/crypto.h>
#include <string.h>

static enum status out_of_openssl(void)
{
	return fault(E_FAILED, NULL, _("OpenSSL no pudo calcular con un punto de la curva"));
}

/* An OpenSSL point with p's value. False for octets that are no point. */
static bool import(EC_POINT *out, const struct point *p, BN_CTX *ctx)
{
	if (point_is_infinity(p))
		return EC_POINT_set_to_infinity(group_curve(), out) == 1;
	return EC_POINT_oct2point(group_curve(), out, p->octets, POINT_BYTES, ctx) == 1;
}

static bool export(struct point *out, const EC_POINT *p, BN_CTX *ctx)
{
	if (EC_POINT_is_at_infinity(group_curve(), p) == 1) {
		*out = POINT_INFINITY;
		return true;
	}
	return EC_POINT_point2oct(group_curve(), p, POINT_CONVERSION_UNCOMPRESSED, out->octets, POINT_BYTES, ctx) ==
	       POINT_BYTES;
}

bool openssl_point_valid(const uint8_t in[POINT_BYTES])
{
	EC_POINT *p;
	bool ok;

	if (in[0] != 0x04)
		return false;
	p = EC_POINT_new(group_curve());
	/* Checks the coordinates' range and the curve's equation. */
	ok = p != NULL && EC_POINT_oct2point(group_curve(), p, in, POINT_BYTES, NULL) == 1;
	EC_POINT_free(p);
	return ok;
}

bool openssl_point_from_x(struct point *out, const uint8_t x[32])
{
	EC_POINT *p = EC_POINT_new(group_curve());
	uint8_t compressed[33];
	bool ok;

	compressed[0] = 0x02;
	memcpy(compressed + 1, x, 32);
	ok = p != NULL && EC_POINT_oct2point(group_curve(), p, compressed, sizeof compressed, NULL) == 1 &&
	     export(out, p, NULL);
	EC_POINT_free(p);
	return ok;
}

enum status openssl_point_add(struct point *out, const struct point *a, const struct point *b)
{
	BN_CTX *ctx = BN_CTX_new();
	EC_POINT *x = EC_POINT_new(group_curve()), *y = EC_POINT_new(group_curve());
	bool ok;

	ok = ctx != NULL && x != NULL && y != NULL && import(x, a, ctx) && import(y, b, ctx) &&
	     EC_POINT_add(group_curve(), x, x, y, ctx) == 1 && export(out, x, ctx);
	EC_POINT_clear_free(x); /* a mixer adds its secret masks with this */
	EC_POINT_clear_free(y);
	BN_CTX_free(ctx);
	return ok ? OK : out_of_openssl();
}

/* sum of k_i P_i; each product by EC_POINT_mul with the scalar flagged, which takes OpenSSL's constant-time way.
 * p NULL: the base point. */
enum status openssl_point_sum(struct point *out, const struct scalar *k, const struct point *p, size_t n, bool skip_zero)
{
	const EC_GROUP *curve = group_curve();
	BN_CTX *ctx = BN_CTX_secure_new();
	EC_POINT *sum = EC_POINT_new(curve), *term = EC_POINT_new(curve);
	BIGNUM *scalar = BN_secure_new();
	uint8_t bytes[32];
	bool ok = ctx != NULL && sum != NULL && term != NULL && scalar != NULL &&
	          EC_POINT_set_to_infinity(curve, sum) == 1;

	if (ok)
		BN_set_flags(scalar, BN_FLG_CONSTTIME);
	for (size_t i = 0; ok && i < n; i++) {
		if ((skip_zero && scalar_is_zero(&k[i])) || (p != NULL && point_is_infinity(&p[i])))
			continue;
		scalar_write(bytes, &k[i]);
		ok = BN_bin2bn(bytes, sizeof bytes, scalar) != NULL;
		if (ok && p == NULL)
			ok = EC_POINT_mul(curve, term, scalar, NULL, NULL, ctx) == 1;
		else if (ok)
			ok = import(term, &p[i], ctx) && EC_POINT_mul(curve, term, NULL, term, scalar, ctx) == 1;
		ok = ok && EC_POINT_add(curve, sum, sum, term, ctx) == 1;
	}
	ok = ok && export(out, sum, ctx);
	OPENSSL_cleanse(bytes, sizeof bytes);
	BN_clear_free(scalar);
	EC_POINT_clear_free(term);
	EC_POINT_clear_free(sum);
	BN_CTX_free(ctx);
	return ok ? OK : out_of_openssl();
}

enum status openssl_point_two_vartime(struct point *out, const struct scalar *z, const struct scalar *e,
                                      const struct point *p)
{
	BN_CTX *ctx = BN_CTX_new();
	EC_POINT *sum = EC_POINT_new(group_curve()), *other = EC_POINT_new(group_curve());
	uint8_t of_g[32], of_p[32];
	BIGNUM *g = NULL, *k = NULL;
	bool ok;

	scalar_write(of_g, z);
	scalar_write(of_p, e);
	ok = ctx != NULL && sum != NULL && other != NULL && (g = BN_bin2bn(of_g, sizeof of_g, NULL)) != NULL &&
	     (k = BN_bin2bn(of_p, sizeof of_p, NULL)) != NULL && import(other, p, ctx) &&
	     EC_POINT_mul(group_curve(), sum, g, other, k, ctx) == 1 && export(out, sum, ctx);
	BN_free(g);
	BN_free(k);
	EC_POINT_free(sum);
	EC_POINT_free(other);
	BN_CTX_free(ctx);
	return ok ? OK : out_of_openssl();
}
