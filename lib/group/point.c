/* See point.h: one point at a time. Lists and sums: points.c. */
#include "group/point.h"
#include "group/field.h"
#include "group/openssl.h"
#include <openssl/crypto.h>
#include <string.h>

const struct point POINT_INFINITY = {{0}};
const struct point POINT_GENERATOR = {
    {0x04, 0x6b, 0x17, 0xd1, 0xf2, 0xe1, 0x2c, 0x42, 0x47, 0xf8, 0xbc, 0xe6, 0xe5, 0x63, 0xa4, 0x40, 0xf2,
     0x77, 0x03, 0x7d, 0x81, 0x2d, 0xeb, 0x33, 0xa0, 0xf4, 0xa1, 0x39, 0x45, 0xd8, 0x98, 0xc2, 0x96, 0x4f,
     0xe3, 0x42, 0xe2, 0xfe, 0x1a, 0x7f, 0x9b, 0x8e, 0xe7, 0xeb, 0x4a, 0x7c, 0x0f, 0x9e, 0x16, 0x2b, 0xce,
     0x33, 0x57, 0x6b, 0x31, 0x5e, 0xce, 0xcb, 0xb6, 0x40, 0x68, 0x37, 0xbf, 0x51, 0xf5}};

static bool openssl_alone;

void point_use_openssl_alone(bool yes)
{
	openssl_alone = yes;
}

bool point_openssl_alone(void)
{
	return openssl_alone;
}

/* x^3 - 3x + B */
static void curve_right(struct field *out, const struct field *x)
{
	struct field t;

	field_sqr(&t, x);
	for (int i = 0; i < 3; i++)
		field_sub(&t, &t, &FIELD_ONE);
	field_mul(&t, &t, x);
	field_add(out, &t, &FIELD_B);
}

bool point_valid(const uint8_t in[POINT_BYTES])
{
	struct field x, y, right;

	if (openssl_alone)
		return openssl_point_valid(in);
	if (in[0] != 0x04 || !field_read(&x, in + 1) || !field_read(&y, in + 33))
		return false;
	curve_right(&right, &x);
	field_sqr(&y, &y);
	return field_equal(&y, &right);
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
	struct field fx, y;

	if (openssl_alone)
		return openssl_point_from_x(out, x);
	if (!field_read(&fx, x))
		return false;
	curve_right(&y, &fx);
	if (!field_sqrt(&y, &y))
		return false;
	out->octets[0] = 0x04;
	memmove(out->octets + 1, x, 32);
	field_write(out->octets + 33, &y);
	if (!point_y_is_even(out))
		point_neg(out, out);
	return true;
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
	return openssl_point_add(out, a, b);
}

enum status point_sub_vartime(struct point *out, const struct point *a, const struct point *b)
{
	struct point minus;

	point_neg(&minus, b);
	return point_add_vartime(out, a, &minus);
}

enum status point_mul_base(struct point *out, const struct scalar *k)
{
	return openssl_point_sum(out, k, NULL, 1, false);
}

enum status point_mul(struct point *out, const struct scalar *k, const struct point *p)
{
	return openssl_point_sum(out, k, p, 1, false);
}

enum status point_mul_two_vartime(struct point *out, const struct scalar *z, const struct scalar *e, const struct point *p)
{
	return openssl_point_two_vartime(out, z, e, p);
}
