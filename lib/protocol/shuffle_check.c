/*
 * The check of a shuffle's proof (shuffle.h, PROTOCOL 9): all its point equations folded into one product, with a fresh
 * random weight of 128 bits for each; where that does not vanish, each equation on its own, so that the refusal can
 * name it. All public.
 */
#include "base/i18n.h"
#include "base/reader.h"
#include "base/report.h"
#include "protocol/shuffle_proof.h"
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

struct checker {
	const struct shuffle_statement *st;
	struct shuffle_points pts;
	struct shuffle_transcript t;
	struct shuffle_bases *bases;
	const struct point *h;
	struct scalar *a, *at, *bt, *powers; /* powers: x^i */
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

/* The factor of each point equation in the product. */
struct weights {
	struct scalar w1, w2[OUTER_POINTS_MAX], w3, w4;
};

enum { FEW_MAX = 7 + 2 * OUTER_POINTS_MAX };

/* The product's terms: H_0..H_n, the input's points, the output's, then a few. */
struct product {
	const struct checker *c;
	const struct weights *w;
	struct scalar ez, w2e[OUTER_POINTS_MAX]; /* e z; w2 e */
	struct scalar few_k[FEW_MAX];
	struct point few[FEW_MAX];
	uint64_t n_few;
};

static void few(struct product *x, const struct scalar *k, const struct point *p)
{
	x->few_k[x->n_few] = *k;
	x->few[x->n_few++] = *p;
}

static void few_terms(struct product *x)
{
	const struct checker *c = x->c;
	const struct weights *w = x->w;
	const struct scalar *e = &c->t.e;
	struct scalar k;

	few(x, &w->w1, &c->pts.c_a0); /* (1) c_A0 + e c_B - com(a; r_a) */
	scalar_add(&k, &w->w1, &w->w3);
	scalar_mul(&k, &k, e);
	few(x, &k, &c->pts.c_b);
	for (unsigned col = 0; col <= c->st->w; col++) { /* (2) E_0 + e sum x^i C_i - E(tau) - sum a_i C'_i */
		few(x, &w->w2[col], &c->pts.e0[col]);
		scalar_mul(&k, &w->w2[col], &c->tau);
		scalar_neg(&k, &k);
		few(x, &k, col == 0 ? &POINT_GENERATOR : &c->st->committee_key[col - 1]);
		scalar_mul(&x->w2e[col], &w->w2[col], e);
	}
	/* (3) e c_D + c_d - com(a~; r~), c_D = y c_A + c_B + com(-z, ..., -z; 0) */
	scalar_mul(&k, e, &c->t.y);
	scalar_mul(&k, &k, &w->w3);
	few(x, &k, &c->pts.c_a);
	few(x, &w->w3, &c->pts.c_d);
	scalar_mul(&x->ez, e, &c->t.z);
	/* (4) e c_Delta + c_delta - com(e b~_(i+1) - b~_i a~_(i+1); s~) */
	scalar_mul(&k, e, &w->w4);
	few(x, &k, &c->pts.c_delta2);
	few(x, &w->w4, &c->pts.c_delta);
}

/* What H_j carries in (1), (3) and (4), from j = 0. */
static void base_factor(struct scalar *k, const struct product *x, uint64_t j)
{
	const struct checker *c = x->c;
	struct scalar t, u;

	scalar_mul(k, &x->w->w1, j == 0 ? &c->r_a : &c->a[j - 1]);
	if (j == 0)
		t = c->rt;
	else
		scalar_add(&t, &c->at[j - 1], &x->ez);
	scalar_mul_add(k, &x->w->w3, &t, k);
	if (j == 0) {
		scalar_mul_add(k, &x->w->w4, &c->st_, k);
	} else if (j < c->st->n) {
		scalar_mul(&t, &c->t.e, &c->bt[j]);
		scalar_mul(&u, &c->bt[j - 1], &c->at[j]);
		scalar_sub(&t, &t, &u);
		scalar_mul_add(k, &x->w->w4, &t, k);
	}
	scalar_neg(k, k);
}

static void terms(void *ctx, uint64_t from, uint64_t to, struct scalar *k, struct point *p)
{
	const struct product *x = ctx;
	const struct checker *c = x->c;
	uint64_t n = c->st->n, width = c->st->w + 1;

	for (uint64_t i = from; i < to; i++, k++, p++) {
		uint64_t j = i;

		if (j <= n) {
			base_factor(k, x, j);
			*p = c->h[j];
		} else if ((j -= n + 1) < n * width) {
			scalar_mul(k, &x->w2e[j % width], &c->powers[j / width]);
			*p = c->st->in[j];
		} else if ((j -= n * width) < n * width) {
			scalar_mul(k, &x->w->w2[j % width], &c->a[j / width]);
			scalar_neg(k, k);
			*p = c->st->out[j];
		} else {
			j -= n * width;
			*k = x->few_k[j];
			*p = x->few[j];
		}
	}
}

/* Does the sum of the equations, each times its weight, vanish? */
static enum status vanishes(bool *yes, const struct checker *c, const struct weights *w)
{
	struct product x = {.c = c, .w = w};
	struct point sum;
	enum status r;

	few_terms(&x);
	r = point_msm_source_vartime(&sum, 1 + c->st->n * (1 + 2 * ((uint64_t)c->st->w + 1)) + x.n_few, terms, &x);
	*yes = r == OK && point_is_infinity(&sum);
	return r;
}

static enum status draw_weights(struct weights *w)
{
	uint8_t bytes[3 + OUTER_POINTS_MAX][16];
	int i = 0;

	if (RAND_bytes(bytes[0], sizeof bytes) != 1)
		return fault(E_FAILED, NULL, _("el generador de números aleatorios del sistema no responde"));
	scalar_from_u128(&w->w1, bytes[i++]);
	scalar_from_u128(&w->w3, bytes[i++]);
	scalar_from_u128(&w->w4, bytes[i++]);
	for (unsigned col = 0; col < OUTER_POINTS_MAX; col++)
		scalar_from_u128(&w->w2[col], bytes[i++]);
	return OK;
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

/* Each point equation alone. */
static enum status name_failing(unsigned *failed, const struct checker *c)
{
	struct weights w;
	bool ok;
	enum status r;

	memset(&w, 0, sizeof w);
	w.w1 = SCALAR_ONE;
	if ((r = vanishes(&ok, c, &w)) != OK)
		return r;
	*failed |= ok ? 0 : SHUFFLE_CHECK_1;
	for (unsigned col = 0; col <= c->st->w; col++) {
		memset(&w, 0, sizeof w);
		w.w2[col] = SCALAR_ONE;
		if ((r = vanishes(&ok, c, &w)) != OK)
			return r;
		*failed |= ok ? 0 : SHUFFLE_CHECK_2;
	}
	memset(&w, 0, sizeof w);
	w.w3 = SCALAR_ONE;
	if ((r = vanishes(&ok, c, &w)) != OK)
		return r;
	*failed |= ok ? 0 : SHUFFLE_CHECK_3;
	memset(&w, 0, sizeof w);
	w.w4 = SCALAR_ONE;
	if ((r = vanishes(&ok, c, &w)) == OK)
		*failed |= ok ? 0 : SHUFFLE_CHECK_4;
	return r;
}

static enum status check_all(unsigned *failed, const struct checker *c)
{
	struct weights w;
	bool ok = false;
	enum status r;

	if ((r = draw_weights(&w)) != OK || (r = vanishes(&ok, c, &w)) != OK)
		return r;
	if (!ok && (r = name_failing(failed, c)) != OK)
		return r;
	if (!ok && *failed == 0)
		return fault(E_FAILED, NULL, _("el cálculo de una comprobación no concuerda consigo mismo"));
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
	if ((c.a = calloc(4 * n, sizeof *c.a)) == NULL) {
		fault(E_FAILED, NULL, _("no hay memoria para comprobar una mezcla de %llu votos"), (unsigned long long)n);
		goto done;
	}
	c.at = c.a + n;
	c.bt = c.a + 2 * n;
	c.powers = c.a + 3 * n;
	if ((r = read_proof(&c, file, len)) != OK || (r = shuffle_transcript_start(&c.t, st)) != OK ||
	    (r = shuffle_transcript_1(&c.t, &c.pts.c_a)) != OK || (r = shuffle_transcript_2(&c.t, &c.pts.c_b)) != OK ||
	    (r = shuffle_transcript_3(&c.t, st->w, &c.pts)) != OK || (r = shuffle_bases_take(&c.bases, &c.h, n)) != OK)
		goto done;
	c.powers[0] = c.t.x;
	for (uint64_t i = 1; i < n; i++)
		scalar_mul(&c.powers[i], &c.powers[i - 1], &c.t.x);
	*failed = 0;
	if ((r = check_all(failed, &c)) != OK)
		*failed = SHUFFLE_CHECKS;
done:
	free(c.a);
	shuffle_bases_give_back(c.bases);
	return r;
}
