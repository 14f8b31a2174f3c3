/* See point.h. */
#include "group/point.h"
#include "base/i18n.h"
#include "base/report.h"
#include "group/openssl.h"
#include <openssl/crypto.h>
#include <string.h>

const struct point POINT_INFINITY = {{0}};
const struct point POINT_GENERATOR = {
    {0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
     0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f,
     0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce,
     0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5}};

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

bool point_valid(const uint8_t in[POINT_BYTES])
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

bool point_read(struct point *out, const uint8_t in[POINT_BYTES])
{
	if (!point_valid(in))
		return false;
	memcpy(out->octets, in, POINT_BYTES);
	return true;
}

bool point_is_infinity(const struct point *p)
{
	return p->octets[0] == 0;
}

bool point_equal(const struct point *a, const struct point *b)
{
	return CRYPTO_memcmp(a->octets, b->octets, POINT_BYTES) == 0;
}

bool point_y_is_even(const struct point *p)
{
	return (p->octets[POINT_BYTES - 1] & 1) == 0;
}

bool point_from_x_vartime(struct point *out, const uint8_t x[32])
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

void point_neg(struct point *out, const struct point *a)
{
	static const uint8_t prime[32] = {0xff, 0xff, 0xff, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0,
	                                  0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
	unsigned borrow = 0;

	*out = *a;
	if (point_is_infinity(a))
		return;
	/* p - y; y is never zero on this curve (its order is odd). */
	for (int i = 31; i >= 0; i--) {
		unsigned t = 256u + prime[i] - a->octets[33 + i] - borrow;

		out->octets[33 + i] = (uint8_t)t;
		borrow = t < 256;
	}
}

enum status point_add_vartime(struct point *out, const struct point *a, const struct point *b)
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

enum status point_sub_vartime(struct point *out, const struct point *a, const struct point *b)
{
	struct point minus;

	point_neg(&minus, b);
	return point_add_vartime(out, a, &minus);
}

/* sum of k_i P_i; each product by EC_POINT_mul with the scalar flagged, which takes OpenSSL's constant-time way.
 * p NULL: the base point. */
static enum status multiply(struct point *out, const struct scalar *k, const struct point *p, size_t n, bool skip_zero)
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

enum status point_mul_base(struct point *out, const struct scalar *k)
{
	return multiply(out, k, NULL, 1, false);
}

enum status point_mul(struct point *out, const struct scalar *k, const struct point *p)
{
	return multiply(out, k, p, 1, false);
}

enum status point_msm_vartime(struct point *out, const struct scalar *k, const struct point *p, size_t n)
{
	return multiply(out, k, p, n, true);
}

enum status point_msm(struct point *out, const struct scalar *k, const struct point *p, size_t n)
{
	return multiply(out, k, p, n, false);
}
