/* See jacobian.h. */
#include "group/jacobian.h"
#include <string.h>

const struct jacobian JACOBIAN_INFINITY = {{{0}}, {{0}}, {{0}}};

static bool is_infinity(const struct field_point *p)
{
	return (field_zero_mask(&p->x) & field_zero_mask(&p->y)) != 0;
}

static void twice(struct field *out, const struct field *a)
{
	field_add(out, a, a);
}

void jacobian_double(struct jacobian *out, const struct jacobian *a)
{
	struct field delta, gamma, beta, alpha, t, u;

	field_sqr(&delta, &a->z);
	field_sqr(&gamma, &a->y);
	field_mul(&beta, &a->x, &gamma);
	field_sub(&t, &a->x, &delta); /* alpha = 3 (X - delta) (X + delta) */
	field_add(&u, &a->x, &delta);
	field_mul(&t, &t, &u);
	twice(&alpha, &t);
	field_add(&alpha, &alpha, &t);
	field_add(&t, &a->y, &a->z); /* Z3 = (Y + Z)^2 - gamma - delta */
	field_sqr(&t, &t);
	field_sub(&t, &t, &gamma);
	field_sub(&out->z, &t, &delta);
	twice(&beta, &beta); /* X3 = alpha^2 - 8 beta */
	twice(&beta, &beta);
	field_sqr(&t, &alpha);
	field_sub(&t, &t, &beta);
	field_sub(&out->x, &t, &beta);
	field_sub(&t, &beta, &out->x); /* Y3 = alpha (4 beta - X3) - 8 gamma^2 */
	field_mul(&t, &t, &alpha);
	twice(&gamma, &gamma);
	field_sqr(&gamma, &gamma);
	twice(&gamma, &gamma);
	field_sub(&out->y, &t, &gamma);
}

/* h = x2 Z^2 - X, r = y2 Z^3 - Y */
static void differences(struct field *h, struct field *r, const struct jacobian *a, const struct field_point *b)
{
	struct field zz;

	field_sqr(&zz, &a->z);
	field_mul(h, &b->x, &zz);
	field_sub(h, h, &a->x);
	field_mul(r, &zz, &a->z);
	field_mul(r, r, &b->y);
	field_sub(r, r, &a->y);
}

static void add_with(struct jacobian *out, const struct jacobian *a, const struct field *h, const struct field *r)
{
	struct field hh, hhh, v, t;

	field_sqr(&hh, h);
	field_mul(&hhh, &hh, h);
	field_mul(&v, &hh, &a->x);
	field_mul(&out->z, &a->z, h);
	field_mul(&hh, &hhh, &a->y); /* Y h^3 */
	field_sqr(&t, r);
	field_sub(&t, &t, &hhh);
	field_sub(&t, &t, &v);
	field_sub(&out->x, &t, &v);
	field_sub(&t, &v, &out->x);
	field_mul(&t, &t, r);
	field_sub(&out->y, &t, &hh);
}

void jacobian_add_unchecked(struct jacobian *out, const struct jacobian *a, const struct field_point *b)
{
	struct field h, r;

	differences(&h, &r, a, b);
	add_with(out, a, &h, &r);
}

void jacobian_add_vartime(struct jacobian *out, const struct jacobian *a, const struct field_point *b)
{
	struct field h, r;

	if (is_infinity(b)) {
		*out = *a;
		return;
	}
	if (field_zero_mask(&a->z) != 0) {
		*out = (struct jacobian){b->x, b->y, FIELD_ONE};
		return;
	}
	differences(&h, &r, a, b);
	if (field_zero_mask(&h) == 0)
		add_with(out, a, &h, &r);
	else if (field_zero_mask(&r) != 0)
		jacobian_double(out, a);
	else
		*out = JACOBIAN_INFINITY;
}

void jacobian_affine(struct field_point *out, const struct jacobian *a)
{
	struct field z, zz;

	field_inverse(&z, &a->z); /* zero for infinity, and so both coordinates */
	field_sqr(&zz, &z);
	field_mul(&out->x, &a->x, &zz);
	field_mul(&zz, &zz, &z);
	field_mul(&out->y, &a->y, &zz);
}

void jacobian_from_point(struct field_point *out, const struct point *p)
{
	field_read(&out->x, p->octets + 1);
	field_read(&out->y, p->octets + 33);
}

void jacobian_to_point(struct point *out, const struct jacobian *a)
{
	struct field_point p;

	*out = POINT_INFINITY;
	if (field_zero_mask(&a->z) != 0)
		return;
	jacobian_affine(&p, a);
	out->octets[0] = 0x04;
	field_write(out->octets + 1, &p.x);
	field_write(out->octets + 33, &p.y);
}

enum { NAF_MAX = 258, ODD = 8 };

/* Digits odd in -15..15 or zero, no two of five neighbours not zero; gives how many there are. */
static int naf(int8_t out[NAF_MAX], const struct scalar *k)
{
	uint64_t v[5] = {k->v[0], k->v[1], k->v[2], k->v[3], 0};
	int n = 0;

	while ((v[0] | v[1] | v[2] | v[3] | v[4]) != 0) {
		int d = 0;

		if (v[0] & 1) {
			uint64_t carry = 0;

			d = (int)(v[0] & 31);
			if (d > 16) {
				d -= 32;
				v[0] = field_adc(v[0], (uint64_t)-d, &carry);
				for (int i = 1; i < 5; i++)
					v[i] = field_adc(v[i], 0, &carry);
			} else {
				v[0] -= (uint64_t)d;
			}
		}
		out[n++] = (int8_t)d;
		for (int i = 0; i < 4; i++)
			v[i] = v[i] >> 1 | v[i + 1] << 63;
		v[4] >>= 1;
	}
	return n;
}

/* jacobian_affine for many, none at infinity, with one inversion for all. */
static void affine_many(struct field_point *out, const struct jacobian *j, size_t n)
{
	struct field pre[JACOBIAN_TERMS * ODD], run = FIELD_ONE, z, zz;

	for (size_t i = 0; i < n; i++) {
		pre[i] = run;
		field_mul(&run, &run, &j[i].z);
	}
	field_inverse(&run, &run);
	for (size_t i = n; i-- > 0;) {
		field_mul(&z, &run, &pre[i]);
		field_mul(&run, &run, &j[i].z);
		field_sqr(&zz, &z);
		field_mul(&out[i].x, &j[i].x, &zz);
		field_mul(&zz, &zz, &z);
		field_mul(&out[i].y, &j[i].y, &zz);
	}
}

/* P, 3P, ..., 15P of every term, with one inversion for the 2P's and one for these. The order is a prime far above 15:
 * none is infinity. */
static void odd_multiples(struct field_point table[][ODD], const struct point *const *p, size_t n)
{
	struct jacobian j[JACOBIAN_TERMS * ODD], doubles[JACOBIAN_TERMS] = {{{{0}}, {{0}}, {{0}}}};
	struct field_point two[JACOBIAN_TERMS];

	for (size_t i = 0; i < n; i++) {
		jacobian_from_point(&table[i][0], p[i]);
		j[i * ODD] = (struct jacobian){table[i][0].x, table[i][0].y, FIELD_ONE};
		jacobian_double(&doubles[i], &j[i * ODD]);
	}
	affine_many(two, doubles, n);
	for (size_t i = 0; i < n; i++)
		for (size_t e = 1; e < ODD; e++)
			jacobian_add_vartime(&j[i * ODD + e], &j[i * ODD + e - 1], &two[i]);
	affine_many(&table[0][0], j, n * ODD);
}

void jacobian_sum_vartime(struct jacobian *out, const struct scalar *k, const struct point *const *p, size_t n)
{
	int8_t digits[JACOBIAN_TERMS][NAF_MAX];
	struct field_point table[JACOBIAN_TERMS][ODD], t;
	const struct point *some[JACOBIAN_TERMS];
	size_t terms = 0;
	int length = 0;

	memset(digits, 0, sizeof digits);
	for (size_t i = 0; i < n; i++) {
		int l;

		if (point_is_infinity(p[i]) || scalar_is_zero(&k[i]))
			continue;
		some[terms] = p[i];
		l = naf(digits[terms++], &k[i]);
		length = l > length ? l : length;
	}
	odd_multiples(table, some, terms);
	*out = JACOBIAN_INFINITY;
	while (length-- > 0) {
		jacobian_double(out, out);
		for (size_t i = 0; i < terms; i++) {
			int d = digits[i][length];

			if (d == 0)
				continue;
			t = table[i][(d < 0 ? -d : d) / 2];
			if (d < 0)
				field_neg(&t.y, &t.y);
			jacobian_add_vartime(out, out, &t);
		}
	}
}
