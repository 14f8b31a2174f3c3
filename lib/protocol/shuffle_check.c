/*
 * The check of a shuffle's proof (shuffle.h, PROTOCOL 9), each of the six equations on its own, so that a refusal
 * can name it. All public.
 */
#include "base/i18n.h"
#include "base/reader.h"
#include "base/report.h"
#include "protocol/shuffle_proof.h"
#include <stdlib.h>
#include <string.h>

struct checker {
	const struct shuffle_statement *st;
	struct shuffle_points pts;
	struct shuffle_transcript t;
	struct point *h, *points;                      /* points: work space, 2n + 8 */
	struct scalar *a, *at, *bt, *powers, *scalars; /* scalars: work space, 2n + 8 */
	struct scalar r_a, tau, rt, st_;
};

static bool take_points(struct point *out, size_t count, struct reader *r)
{
	for (size_t i = 0; i < count; i++) {
		const uint8_t *p = reader_take(r, POINT_BYTES);

		if (p == NULL || !point_read(&out[i], p))
			return false;
	}
	return true;
}

static bool take_scalars(struct scalar *out, size_t count, struct reader *r)
{
	for (size_t i = 0; i < count; i++) {
		const uint8_t *p = reader_take(r, 32);

		if (p == NULL || !scalar_read(&out[i], p))
			return false;
	}
	return true;
}

static enum status bad(const char *what)
{
	return fault(E_EVIDENCE, NULL, _("la prueba de la mezcla no se puede leer: %s"), what);
}

static enum status read_proof(struct checker *c, const uint8_t *file, size_t len)
{
	const struct shuffle_statement *st = c->st;
	struct reader r = reader_of(file, len);
	size_t name_len = strlen(st->name);
	const uint8_t *p;

	if ((p = reader_take(&r, 4)) == NULL || memcmp(p, "VMP1", 4) != 0)
		return bad(_("no empieza por VMP1"));
	if ((p = reader_take(&r, 32)) == NULL || memcmp(p, st->eid, 32) != 0)
		return bad(_("es de otra elección"));
	if (reader_u8(&r) != name_len || (p = reader_take(&r, name_len)) == NULL || memcmp(p, st->name, name_len) != 0)
		return bad(_("es de otra lista"));
	if (reader_u8(&r) != st->w || reader_u64(&r) != st->n)
		return bad(_("otro ancho u otro número de votos"));
	if (!take_points(&c->pts.c_a, 1, &r) || !take_points(&c->pts.c_b, 1, &r) || !take_points(&c->pts.c_a0, 1, &r) ||
	    !take_points(c->pts.e0, st->w + 1, &r) || !take_points(&c->pts.c_d, 1, &r) ||
	    !take_points(&c->pts.c_delta, 1, &r) || !take_points(&c->pts.c_delta2, 1, &r))
		return bad(_("un punto no está en la curva"));
	if (!take_scalars(c->a, st->n, &r) || !take_scalars(&c->r_a, 1, &r) || !take_scalars(&c->tau, 1, &r) ||
	    !take_scalars(c->at, st->n, &r) || !take_scalars(&c->rt, 1, &r) || !take_scalars(c->bt, st->n, &r) ||
	    !take_scalars(&c->st_, 1, &r))
		return bad(_("una respuesta no es menor que n"));
	return reader_end(&r) ? OK : bad(_("sobran bytes"));
}

/* Is the sum of the first `count` terms of the work space infinity? */
static enum status vanishes(bool *yes, const struct checker *c, size_t count)
{
	struct point sum;
	enum status r = point_msm_vartime(&sum, c->scalars, c->points, count);

	*yes = r == OK && point_is_infinity(&sum);
	return r;
}

static void term(struct checker *c, size_t *i, const struct scalar *k, const struct point *p)
{
	c->scalars[*i] = *k;
	c->points[(*i)++] = *p;
}

/* (1) c_A0 + e c_B = com(a; r_a) */
static enum status check_1(bool *ok, struct checker *c)
{
	struct scalar minus;
	size_t i = 0;

	term(c, &i, &SCALAR_ONE, &c->pts.c_a0);
	term(c, &i, &c->t.e, &c->pts.c_b);
	scalar_neg(&minus, &c->r_a);
	term(c, &i, &minus, &c->h[0]);
	for (uint64_t j = 0; j < c->st->n; j++) {
		scalar_neg(&minus, &c->a[j]);
		term(c, &i, &minus, &c->h[j + 1]);
	}
	return vanishes(ok, c, i);
}

/* (2) E_0 + e sum x^i C_i = E(tau) + sum a_i C'_i, each of its w+1 point equations */
static enum status check_2(bool *ok, struct checker *c)
{
	const struct shuffle_statement *st = c->st;
	size_t width = st->w + 1;
	struct scalar k;
	enum status r = OK;

	*ok = true;
	for (unsigned column = 0; r == OK && *ok && column < width; column++) {
		size_t i = 0;

		term(c, &i, &SCALAR_ONE, &c->pts.e0[column]);
		scalar_neg(&k, &c->tau);
		term(c, &i, &k, column == 0 ? &POINT_GENERATOR : &st->committee_key[column - 1]);
		for (uint64_t j = 0; j < st->n; j++) {
			scalar_mul(&k, &c->t.e, &c->powers[j]);
			term(c, &i, &k, &st->in[j * width + column]);
			scalar_neg(&k, &c->a[j]);
			term(c, &i, &k, &st->out[j * width + column]);
		}
		r = vanishes(ok, c, i);
	}
	return r;
}

/* (3) e c_D + c_d = com(a~; r~), c_D = y c_A + c_B + com(-z, ..., -z; 0) */
static enum status check_3(bool *ok, struct checker *c)
{
	struct scalar k, ez;
	size_t i = 0;

	scalar_mul(&k, &c->t.e, &c->t.y);
	term(c, &i, &k, &c->pts.c_a);
	term(c, &i, &c->t.e, &c->pts.c_b);
	term(c, &i, &SCALAR_ONE, &c->pts.c_d);
	scalar_neg(&k, &c->rt);
	term(c, &i, &k, &c->h[0]);
	scalar_mul(&ez, &c->t.e, &c->t.z);
	for (uint64_t j = 0; j < c->st->n; j++) {
		scalar_add(&k, &c->at[j], &ez);
		scalar_neg(&k, &k);
		term(c, &i, &k, &c->h[j + 1]);
	}
	return vanishes(ok, c, i);
}

/* (4) e c_Delta + c_delta = com(e b~_(i+1) - b~_i a~_(i+1); s~) */
static enum status check_4(bool *ok, struct checker *c)
{
	struct scalar k, t;
	size_t i = 0;

	term(c, &i, &c->t.e, &c->pts.c_delta2);
	term(c, &i, &SCALAR_ONE, &c->pts.c_delta);
	scalar_neg(&k, &c->st_);
	term(c, &i, &k, &c->h[0]);
	for (uint64_t j = 0; j + 1 < c->st->n; j++) {
		scalar_mul(&k, &c->bt[j], &c->at[j + 1]);
		scalar_mul(&t, &c->t.e, &c->bt[j + 1]);
		scalar_sub(&k, &k, &t);
		term(c, &i, &k, &c->h[j + 1]);
	}
	return vanishes(ok, c, i);
}

/* (6) b~_N = e prod (y i + x^i - z) */
static bool check_6(const struct checker *c)
{
	struct scalar product = c->t.e, f, i;

	for (uint64_t j = 0; j < c->st->n; j++) {
		scalar_from_u64(&i, j + 1);
		scalar_mul_add(&f, &c->t.y, &i, &c->powers[j]);
		scalar_sub(&f, &f, &c->t.z);
		scalar_mul(&product, &product, &f);
	}
	return scalar_equal(&product, &c->bt[c->st->n - 1]);
}

static enum status check_all(unsigned *failed, struct checker *c)
{
	bool ok;
	enum status r;

	if ((r = check_1(&ok, c)) != OK)
		return r;
	*failed |= ok ? 0 : SHUFFLE_CHECK_1;
	if ((r = check_2(&ok, c)) != OK)
		return r;
	*failed |= ok ? 0 : SHUFFLE_CHECK_2;
	if ((r = check_3(&ok, c)) != OK)
		return r;
	*failed |= ok ? 0 : SHUFFLE_CHECK_3;
	if ((r = check_4(&ok, c)) != OK)
		return r;
	*failed |= ok ? 0 : SHUFFLE_CHECK_4;
	*failed |= scalar_equal(&c->bt[0], &c->at[0]) ? 0 : SHUFFLE_CHECK_5;
	*failed |= check_6(c) ? 0 : SHUFFLE_CHECK_6;
	return OK;
}

enum status shuffle_check(unsigned *failed, const struct shuffle_statement *st, const uint8_t *file, size_t len)
{
	struct checker c = {.st = st};
	uint64_t n = st->n;
	enum status r = E_FAILED;

	*failed = SHUFFLE_CHECKS;
	if (n < 2)
		return bad(_("menos de dos votos"));
	/* The proof's length follows from n: compared before anything of size n is asked for. */
	if (len / 96 < n)
		return bad(_("cortada"));
	c.a = calloc(6 * n + 8, sizeof *c.a);
	c.points = calloc(2 * n + 8, sizeof *c.points);
	if (c.a == NULL || c.points == NULL) {
		fault(E_FAILED, NULL, _("no hay memoria para comprobar una mezcla de %llu votos"), (unsigned long long)n);
		goto done;
	}
	c.at = c.a + n;
	c.bt = c.a + 2 * n;
	c.powers = c.a + 3 * n;
	c.scalars = c.a + 4 * n;
	if ((r = read_proof(&c, file, len)) != OK || (r = shuffle_transcript_start(&c.t, st)) != OK ||
	    (r = shuffle_transcript_1(&c.t, &c.pts.c_a)) != OK || (r = shuffle_transcript_2(&c.t, &c.pts.c_b)) != OK ||
	    (r = shuffle_transcript_3(&c.t, st->w, &c.pts)) != OK || (r = shuffle_bases(&c.h, n)) != OK)
		goto done;
	c.powers[0] = c.t.x;
	for (uint64_t i = 1; i < n; i++)
		scalar_mul(&c.powers[i], &c.powers[i - 1], &c.t.x);
	*failed = 0;
	if ((r = check_all(failed, &c)) != OK)
		*failed = SHUFFLE_CHECKS;
done:
	free(c.a);
	free(c.points);
	free(c.h);
	return r;
}
