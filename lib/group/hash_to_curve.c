/*
 * point_hash (group/point.h) by OpenSSL: RFC 9380, suite P256_XMD:SHA-256_SSWU_RO_. Public inputs only: bases of commitments.
 */
#include "base/i18n.h"
#include "base/report.h"
#include "group/openssl.h"
#include "group/point.h"
#include "group/xmd.h"
#include <string.h>

enum { L = 48 }; /* ceil((256 + 128) / 8) */

struct field {
	const BIGNUM *p, *a, *b;
	BIGNUM *z, *sqrt_exp;
	BN_CTX *ctx;
};

/* g(x) = x^3 + A x + B */
static bool curve_rhs(BIGNUM *out, const BIGNUM *x, const struct field *f)
{
	return BN_mod_sqr(out, x, f->p, f->ctx) && BN_mod_add(out, out, f->a, f->p, f->ctx) &&
	       BN_mod_mul(out, out, x, f->p, f->ctx) && BN_mod_add(out, out, f->b, f->p, f->ctx);
}

/* y = v^((p+1)/4) (p = 3 mod 4); *is: y^2 = v. */
static bool square_root(BIGNUM *y, bool *is, const BIGNUM *v, const struct field *f)
{
	BIGNUM *t;
	bool ok;

	BN_CTX_start(f->ctx);
	ok = (t = BN_CTX_get(f->ctx)) != NULL && BN_mod_exp(y, v, f->sqrt_exp, f->p, f->ctx) &&
	     BN_mod_sqr(t, y, f->p, f->ctx);
	*is = ok && BN_cmp(t, v) == 0;
	BN_CTX_end(f->ctx);
	return ok;
}

/* map_to_curve_simple_swu (RFC 9380 6.6.2), Z = -10. */
static bool map_to_curve(EC_POINT *out, const BIGNUM *u, const struct field *f)
{
	BIGNUM *tv1, *zu2, *x, *gx, *y, *t;
	bool square, ok;

	BN_CTX_start(f->ctx);
	tv1 = BN_CTX_get(f->ctx);
	zu2 = BN_CTX_get(f->ctx);
	x = BN_CTX_get(f->ctx);
	gx = BN_CTX_get(f->ctx);
	y = BN_CTX_get(f->ctx);
	t = BN_CTX_get(f->ctx);
	ok = t != NULL;
	/* tv1 = Z^2 u^4 + Z u^2 */
	ok = ok && BN_mod_sqr(zu2, u, f->p, f->ctx) && BN_mod_mul(zu2, zu2, f->z, f->p, f->ctx) &&
	     BN_mod_sqr(tv1, zu2, f->p, f->ctx) && BN_mod_add(tv1, tv1, zu2, f->p, f->ctx);
	if (ok && BN_is_zero(tv1)) { /* x1 = B / (Z A) */
		ok = BN_mod_mul(t, f->z, f->a, f->p, f->ctx) && BN_mod_inverse(t, t, f->p, f->ctx) != NULL &&
		     BN_mod_mul(x, f->b, t, f->p, f->ctx);
	} else { /* x1 = (-B / A) (1 + 1 / tv1) */
		ok = ok && BN_mod_inverse(tv1, tv1, f->p, f->ctx) != NULL && BN_add_word(tv1, 1) &&
		     BN_mod_inverse(t, f->a, f->p, f->ctx) != NULL && BN_mod_mul(t, t, f->b, f->p, f->ctx) &&
		     BN_mod_mul(x, t, tv1, f->p, f->ctx) && (BN_is_zero(x) || BN_sub(x, f->p, x));
	}
	ok = ok && curve_rhs(gx, x, f) && square_root(y, &square, gx, f);
	if (ok && !square) /* x2 = Z u^2 x1; then g(x2) is a square */
		ok = BN_mod_mul(x, x, zu2, f->p, f->ctx) && curve_rhs(gx, x, f) && square_root(y, &square, gx, f) &&
		     square;
	/* sgn0(y) = sgn0(u) */
	if (ok && BN_is_odd(u) != BN_is_odd(y) && !BN_is_zero(y))
		ok = BN_sub(y, f->p, y);
	ok = ok && EC_POINT_set_affine_coordinates(group_curve(), out, x, y, f->ctx) == 1;
	BN_CTX_end(f->ctx);
	return ok;
}

enum status openssl_point_hash(struct point *out, const uint8_t *dst, size_t dst_len, const uint8_t *msg,
                               size_t msg_len)
{
	uint8_t uniform[2 * L];
	struct field f = {.p = group_prime(), .a = group_a(), .b = group_b(), .ctx = BN_CTX_new()};
	EC_POINT *q0 = EC_POINT_new(group_curve()), *q1 = EC_POINT_new(group_curve());
	BIGNUM *u0 = BN_new(), *u1 = BN_new();
	enum status r = E_FAILED;
	bool ok;

	f.z = BN_dup(f.p);
	f.sqrt_exp = BN_dup(f.p);
	ok = f.ctx != NULL && q0 != NULL && q1 != NULL && u0 != NULL && u1 != NULL && f.z != NULL && f.sqrt_exp != NULL;
	if (ok && (r = xmd_expand(uniform, sizeof uniform, dst, dst_len, msg, msg_len)) != OK)
		goto done;
	ok = ok && BN_sub_word(f.z, 10) && BN_add_word(f.sqrt_exp, 1) && BN_rshift(f.sqrt_exp, f.sqrt_exp, 2) &&
	     BN_bin2bn(uniform, L, u0) != NULL && BN_nnmod(u0, u0, f.p, f.ctx) &&
	     BN_bin2bn(uniform + L, L, u1) != NULL && BN_nnmod(u1, u1, f.p, f.ctx) && map_to_curve(q0, u0, &f) &&
	     map_to_curve(q1, u1, &f) && EC_POINT_add(group_curve(), q0, q0, q1, f.ctx) == 1 &&
	     EC_POINT_point2oct(group_curve(), q0, POINT_CONVERSION_UNCOMPRESSED, out->octets, POINT_BYTES, f.ctx) ==
	         POINT_BYTES;
	r = ok ? OK : fault(E_FAILED, NULL, _("OpenSSL no pudo calcular con un punto de la curva"));
done:
	EC_POINT_free(q0);
	EC_POINT_free(q1);
	BN_free(u0);
	BN_free(u1);
	BN_free(f.z);
	BN_free(f.sqrt_exp);
	BN_CTX_free(f.ctx);
	return r;
}
