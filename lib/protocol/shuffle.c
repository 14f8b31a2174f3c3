/* See shuffle.h. Mixing and proving; the check is in shuffle_check.c. Secret: pi, rho, and every mask. */
#include "protocol/shuffle.h"
#include "base/i18n.h"
#include "base/report.h"
#include "base/secret.h"
#include "protocol/shuffle_proof.h"
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

struct shuffle_secret {
	uint64_t n;
	struct secret *perm; /* uint64_t[n]: pi(i), from 0 */
	struct secret *rho;  /* struct scalar[n] */
};

static enum status no_memory(void)
{
	return fault(E_FAILED, NULL, _("no hay memoria para la mezcla"));
}

static struct scalar *scalars(const struct secret *s)
{
	return (struct scalar *)(void *)secret_bytes(s);
}

void shuffle_secret_free(struct shuffle_secret *s)
{
	if (s == NULL)
		return;
	secret_free(s->perm);
	secret_free(s->rho);
	free(s);
}

/* Uniform below bound (bound > 0), by refusing the last, incomplete interval. */
static enum status random_below(uint64_t *out, uint64_t bound)
{
	uint64_t v, limit = UINT64_MAX - UINT64_MAX % bound; /* NOLINT(clang-analyzer-core.DivideZero) */

	do
		if (RAND_priv_bytes((unsigned char *)&v, sizeof v) != 1)
			return fault(E_FAILED, NULL, _("el generador de números aleatorios del sistema no responde"));
	while (v >= limit);
	*out = v % bound;
	return OK;
}

static enum status draw(struct shuffle_secret *s)
{
	uint64_t *pi = (uint64_t *)(void *)secret_bytes(s->perm), j = 0, t;
	enum status r;

	for (uint64_t i = 0; i < s->n; i++)
		pi[i] = i;
	for (uint64_t i = s->n - 1; i > 0; i--) {
		if ((r = random_below(&j, i + 1)) != OK)
			return r;
		t = pi[i];
		pi[i] = pi[j];
		pi[j] = t;
	}
	return scalar_random_many(scalars(s->rho), s->n);
}

enum { PIECE = 16384 }; /* rows at a time */

/* Rows from..from+count of out: C_pi(i) + E(rho_i). The sums' time does not depend on rho_i, but for a sum of equal or
 * opposite points, which a random rho_i does not give. */
static enum status mix_piece(struct point *out, const struct point *in, const struct shuffle_secret *s, unsigned w,
                             struct point_table *const *tables, uint64_t from, uint64_t count, struct point *room)
{
	const uint64_t *pi = (const uint64_t *)(const void *)secret_bytes(s->perm);
	struct point *column = room, *e = room + PIECE;
	enum status r = OK;

	for (unsigned k = 0; r == OK && k <= w; k++) {
		for (uint64_t i = 0; i < count; i++)
			column[i] = in[pi[from + i] * (w + 1) + k];
		if ((r = point_table_mul(e, tables[k], scalars(s->rho) + from, count)) != OK ||
		    (r = point_add_many_vartime(e, column, e, count)) != OK)
			break;
		for (uint64_t i = 0; i < count; i++) {
			/* A sum at infinity has no encoding: probability 2^-256 */
			if (point_is_infinity(&e[i]))
				return fault(E_FAILED, NULL, _("la mezcla dio un punto sin escritura; repítala"));
			out[(from + i) * (w + 1) + k] = e[i];
		}
	}
	return r;
}

static enum status mix_all(struct point *out, const struct point *in, const struct shuffle_secret *s, unsigned w,
                           const struct point *committee_key)
{
	struct point_table *tables[OUTER_POINTS_MAX] = {NULL};
	struct point *room = malloc(2 * PIECE * sizeof *room);
	enum status r = room != NULL ? OK : no_memory();

	for (unsigned k = 0; r == OK && k <= w; k++)
		r = point_table_new(&tables[k], k == 0 ? &POINT_GENERATOR : &committee_key[k - 1]);
	for (uint64_t from = 0; r == OK && from < s->n; from += PIECE) {
		uint64_t count = s->n - from < PIECE ? s->n - from : PIECE;

		r = mix_piece(out, in, s, w, tables, from, count, room);
		report_progress(_("mezcla"), from + count, s->n);
	}
	for (unsigned k = 0; k <= w; k++)
		point_table_free(tables[k]);
	if (room != NULL)
		OPENSSL_cleanse(room, 2 * PIECE * sizeof *room);
	free(room);
	return r;
}

enum status shuffle_mix(struct shuffle_secret **secret, struct point *out, const struct point *in, uint64_t n,
                        unsigned w, const struct point *committee_key)
{
	struct shuffle_secret *s;
	enum status r;

	*secret = NULL;
	if ((s = calloc(1, sizeof *s)) == NULL)
		return no_memory();
	s->n = n;
	if ((s->perm = secret_new(n * sizeof(uint64_t))) == NULL ||
	    (s->rho = secret_new(n * sizeof(struct scalar))) == NULL)
		r = E_FAILED;
	else if ((r = draw(s)) == OK && (r = mix_all(out, in, s, w, committee_key)) == OK) {
		*secret = s;
		s = NULL;
	}
	shuffle_secret_free(s);
	return r;
}

/* The prover's secret vectors, positions 0..n-1 for the paper's 1..N. */
struct prover {
	const struct shuffle_statement *st;
	const struct shuffle_secret *secret;
	struct shuffle_bases *bases;
	const struct point *h; /* H_0..H_n */
	struct shuffle_transcript t;
	struct shuffle_points pts;
	struct secret *vectors; /* all of the following */
	struct scalar *pi, *b, *a0, *d, *p, *dd, *delta, *tmp;
	struct scalar r, s, r0, tau0, rho_bar, r_d, s_1, s_x;
};

enum { VECTORS = 8 };

static enum status prover_start(struct prover *v)
{
	uint64_t n = v->st->n;
	const uint64_t *perm = (const uint64_t *)(const void *)secret_bytes(v->secret->perm);
	struct scalar *all, *const one[] = {&v->r, &v->s, &v->r0, &v->tau0, &v->r_d, &v->s_1, &v->s_x};
	enum status r;

	if ((v->vectors = secret_new(VECTORS * n * sizeof(struct scalar))) == NULL)
		return E_FAILED;
	all = scalars(v->vectors);
	v->pi = all;
	v->b = all + n;
	v->a0 = all + 2 * n;
	v->d = all + 3 * n;
	v->p = all + 4 * n;
	v->dd = all + 5 * n;
	v->delta = all + 6 * n;
	v->tmp = all + 7 * n;
	for (uint64_t i = 0; i < n; i++)
		scalar_from_u64(&v->pi[i], perm[i] + 1);
	for (size_t i = 0; i < sizeof one / sizeof *one; i++)
		if ((r = scalar_random(one[i])) != OK)
			return r;
	if ((r = scalar_random_many(v->a0, n)) != OK || (r = scalar_random_many(v->dd, n)) != OK ||
	    (r = scalar_random_many(v->delta, n)) != OK)
		return r;
	v->delta[0] = v->dd[0];
	v->delta[n - 1] = SCALAR_ZERO;
	return OK;
}

/* com(v; r) = r H_0 + sum v_i H_i, for n values below 2^bits */
static enum status commit_bounded(struct point *out, const struct prover *v, const struct scalar *values, unsigned bits,
                                  uint64_t n, const struct scalar *r)
{
	struct point mask, sum;
	enum status s;

	if ((s = point_msm_bounded(&sum, values, bits, v->h + 1, n)) != OK || (s = point_mul(&mask, r, &v->h[0])) != OK ||
	    (s = point_add_vartime(out, &mask, &sum)) != OK)
		return s;
	return point_is_infinity(out) ? fault(E_FAILED, NULL, _("un compromiso dio el punto infinito; repita la prueba"))
	                              : OK;
}

static enum status commit(struct point *out, const struct prover *v, const struct scalar *values, uint64_t n,
                          const struct scalar *r)
{
	return commit_bounded(out, v, values, 256, n, r);
}

/* Steps 1 and 2: c_A, x; c_B, y, z. */
static enum status commit_permutation(struct prover *v)
{
	const uint64_t *perm = (const uint64_t *)(const void *)secret_bytes(v->secret->perm);
	uint64_t n = v->st->n;
	unsigned bits = 1;
	enum status r;

	while (n >> bits != 0)
		bits++;
	if ((r = shuffle_transcript_start(&v->t, v->st)) != OK ||
	    (r = commit_bounded(&v->pts.c_a, v, v->pi, bits, n, &v->r)) != OK ||
	    (r = shuffle_transcript_1(&v->t, &v->pts.c_a)) != OK)
		return r;
	/* b_i = x^pi(i): x's powers in order, then permuted */
	v->tmp[0] = v->t.x;
	for (uint64_t i = 1; i < n; i++)
		scalar_mul(&v->tmp[i], &v->tmp[i - 1], &v->t.x);
	for (uint64_t i = 0; i < n; i++)
		v->b[i] = v->tmp[perm[i]];
	if ((r = commit(&v->pts.c_b, v, v->b, n, &v->s)) != OK)
		return r;
	return shuffle_transcript_2(&v->t, &v->pts.c_b);
}

/* Step 3: c_A0, E_0 = E(tau0) + sum a0_i C'_i */
static enum status commit_linear(struct prover *v)
{
	const struct shuffle_statement *st = v->st;
	struct point *column, sum, mask;
	enum status r;

	v->rho_bar = SCALAR_ZERO;
	for (uint64_t i = 0; i < st->n; i++)
		scalar_mul_add(&v->rho_bar, &scalars(v->secret->rho)[i], &v->b[i], &v->rho_bar);
	scalar_neg(&v->rho_bar, &v->rho_bar);
	if ((r = commit(&v->pts.c_a0, v, v->a0, st->n, &v->r0)) != OK)
		return r;
	if ((column = malloc(st->n * sizeof *column)) == NULL)
		return no_memory();
	for (unsigned k = 0; r == OK && k <= st->w; k++) {
		for (uint64_t i = 0; i < st->n; i++)
			column[i] = st->out[i * (st->w + 1) + k];
		if ((r = point_msm(&sum, v->a0, column, st->n)) == OK)
			r = k == 0 ? point_mul_base(&mask, &v->tau0) : point_mul(&mask, &v->tau0, &st->committee_key[k - 1]);
		if (r == OK)
			r = point_add_vartime(&v->pts.e0[k], &sum, &mask);
		if (r == OK && point_is_infinity(&v->pts.e0[k]))
			r = fault(E_FAILED, NULL, _("un compromiso dio el punto infinito; repita la prueba"));
	}
	free(column);
	return r;
}

/* Step 4: the product of d_i = y pi_i + b_i - z */
static enum status commit_product(struct prover *v)
{
	uint64_t n = v->st->n;
	struct scalar t;
	enum status r;

	for (uint64_t i = 0; i < n; i++) {
		scalar_mul_add(&v->d[i], &v->t.y, &v->pi[i], &v->b[i]);
		scalar_sub(&v->d[i], &v->d[i], &v->t.z);
		if (i == 0)
			v->p[0] = v->d[0];
		else
			scalar_mul(&v->p[i], &v->p[i - 1], &v->d[i]);
	}
	if ((r = commit(&v->pts.c_d, v, v->dd, n, &v->r_d)) != OK)
		return r;
	for (uint64_t i = 0; i + 1 < n; i++) { /* -delta_i dd_(i+1) */
		scalar_mul(&v->tmp[i], &v->delta[i], &v->dd[i + 1]);
		scalar_neg(&v->tmp[i], &v->tmp[i]);
	}
	if ((r = commit(&v->pts.c_delta, v, v->tmp, n - 1, &v->s_1)) != OK)
		return r;
	for (uint64_t i = 0; i + 1 < n; i++) { /* delta_(i+1) - d_(i+1) delta_i - p_i dd_(i+1) */
		scalar_mul(&t, &v->d[i + 1], &v->delta[i]);
		scalar_mul_add(&t, &v->p[i], &v->dd[i + 1], &t);
		scalar_sub(&v->tmp[i], &v->delta[i + 1], &t);
	}
	scalar_wipe(&t, 1);
	return commit(&v->pts.c_delta2, v, v->tmp, n - 1, &v->s_x);
}

static void put_answer(struct buffer *file, const struct scalar *e, const struct scalar *secret,
                       const struct scalar *mask)
{
	struct scalar a;
	uint8_t bytes[32];

	scalar_mul_add(&a, e, secret, mask);
	scalar_write(bytes, &a);
	buffer_put(file, bytes, sizeof bytes);
}

/* Steps 5 and 6, and the file. */
static enum status answer(struct buffer *file, struct prover *v)
{
	const struct shuffle_statement *st = v->st;
	const struct scalar *e = &v->t.e;
	struct scalar rd;
	enum status r;

	if ((r = shuffle_transcript_3(&v->t, st->w, &v->pts)) != OK)
		return r;
	shuffle_proof_header(file, st, &v->pts);
	for (uint64_t i = 0; i < st->n; i++)
		put_answer(file, e, &v->b[i], &v->a0[i]);
	put_answer(file, e, &v->s, &v->r0);
	put_answer(file, e, &v->rho_bar, &v->tau0);
	for (uint64_t i = 0; i < st->n; i++)
		put_answer(file, e, &v->d[i], &v->dd[i]);
	scalar_mul_add(&rd, &v->t.y, &v->r, &v->s); /* randomness of c_D */
	put_answer(file, e, &rd, &v->r_d);
	for (uint64_t i = 0; i < st->n; i++)
		put_answer(file, e, &v->p[i], &v->delta[i]);
	put_answer(file, e, &v->s_x, &v->s_1);
	scalar_wipe(&rd, 1);
	return buffer_ok(file) ? OK : no_memory();
}

enum status shuffle_prove(struct buffer *file, const struct shuffle_statement *st,
                          const struct shuffle_secret *secret)
{
	struct prover v = {.st = st, .secret = secret};
	enum status r;

	if (st->n < 2 || secret->n != st->n)
		return fault(E_FAILED, NULL, _("una lista de menos de dos votos no se mezcla"));
	if ((r = shuffle_bases_take(&v.bases, &v.h, st->n)) == OK && (r = prover_start(&v)) == OK &&
	    (r = commit_permutation(&v)) == OK && (r = commit_linear(&v)) == OK && (r = commit_product(&v)) == OK)
		r = answer(file, &v);
	shuffle_bases_give_back(v.bases);
	secret_free(v.vectors);
	OPENSSL_cleanse(&v, sizeof v);
	return r;
}
