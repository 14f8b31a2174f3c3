/* See prover.h. */
#include "unit/prover.h"
#include "base/file.h"
#include "base/report.h"
#include "protocol/hash.h"
#include "protocol/shuffle_proof.h"
#include "record/chain.h"
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

enum { N_MAX = 96 };

struct cheat {
	const struct whole *w;
	const struct list *in;
	struct list *out;
	const char *name;
	enum twist twist;
	uint64_t n, pi[N_MAX]; /* from 0 */
	struct scalar rho[N_MAX];
	struct shuffle_bases *bases;
	const struct point *h;
	struct shuffle_transcript t;
	struct shuffle_points pts;
	struct scalar r, s, r0, tau0, rho_bar, r_d, s_1, s_x;
	struct scalar b[N_MAX], a0[N_MAX], d[N_MAX], p[N_MAX], dd[N_MAX], delta[N_MAX];
};

static enum status bump(struct point *p, bool up)
{
	return up ? point_add_vartime(p, p, &POINT_GENERATOR) : point_sub_vartime(p, p, &POINT_GENERATOR);
}

/* C' = C_pi + E(rho), then the twist on the points. */
static enum status mix(struct cheat *c)
{
	unsigned width = c->in->w + 1;

	for (uint64_t i = 0; i < c->n; i++)
		c->pi[i] = (i + 1) % c->n; /* any permutation will do */
	for (uint64_t i = 0; i < c->n; i++) {
		TRY(scalar_random(&c->rho[i]));
		for (unsigned k = 0; k < width; k++) {
			struct point e, *out = &c->out->points[i * width + k];

			TRY(k == 0 ? point_mul_base(&e, &c->rho[i])
			           : point_mul(&e, &c->rho[i], &c->w->keys->committee_key[k - 1]));
			TRY(point_add_vartime(out, &c->in->points[c->pi[i] * width + k], &e));
			if (c->twist == TWIST_LINEAR && i == 0)
				TRY(point_add_vartime(out, out, &c->in->points[c->pi[1] * width + k]));
			if (c->twist == TWIST_REPLACE && i == 0) /* E(rho) alone: an envelope of nothing */
				*out = e;
		}
	}
	if (c->twist == TWIST_COPY)
		memcpy(&c->out->points[width], c->out->points, width * sizeof(struct point));
	if (c->twist == TWIST_SHIFT || c->twist == TWIST_ROWS) {
		TRY(bump(&c->out->points[c->twist == TWIST_SHIFT ? 0 : 1], true));
		TRY(bump(&c->out->points[c->twist == TWIST_SHIFT ? 1 : width + 1], false));
	}
	return OK;
}

static enum status commit(struct point *out, const struct cheat *c, const struct scalar *v, uint64_t n,
                          const struct scalar *r)
{
	struct point sum, mask;

	TRY(point_msm_vartime(&sum, v, c->h + 1, n));
	TRY(point_mul(&mask, r, c->h));
	return point_add_vartime(out, &sum, &mask);
}

static enum status steps_1_2(struct cheat *c)
{
	struct scalar *const one[] = {&c->r, &c->s, &c->r0, &c->tau0, &c->r_d, &c->s_1, &c->s_x};
	struct scalar pi[N_MAX], powers[N_MAX];

	for (size_t i = 0; i < sizeof one / sizeof *one; i++)
		TRY(scalar_random(one[i]));
	for (uint64_t i = 0; i < c->n; i++)
		scalar_from_u64(&pi[i], c->pi[i] + 1);
	TRY(commit(&c->pts.c_a, c, pi, c->n, &c->r));
	TRY(shuffle_transcript_1(&c->t, &c->pts.c_a));
	powers[0] = c->t.x;
	for (uint64_t i = 1; i < c->n; i++)
		scalar_mul(&powers[i], &powers[i - 1], &c->t.x);
	for (uint64_t i = 0; i < c->n; i++)
		c->b[i] = powers[c->pi[i]];
	if (c->twist == TWIST_LINEAR) /* x^pi(1) C'_1 holds x^pi(1) C_pi(2) already */
		scalar_sub(&c->b[1], &c->b[1], &c->b[0]);
	TRY(commit(&c->pts.c_b, c, c->b, c->n, &c->s));
	TRY(shuffle_transcript_2(&c->t, &c->pts.c_b));
	for (uint64_t i = 0; i < c->n; i++) {
		scalar_mul_add(&c->d[i], &c->t.y, &pi[i], &c->b[i]);
		scalar_sub(&c->d[i], &c->d[i], &c->t.z);
		scalar_mul(&c->p[i], i > 0 ? &c->p[i - 1] : &SCALAR_ONE, &c->d[i]);
	}
	return OK;
}

static enum status step_3(struct cheat *c)
{
	unsigned width = c->in->w + 1;
	struct point column[N_MAX], sum, mask;

	c->rho_bar = SCALAR_ZERO;
	for (uint64_t i = 0; i < c->n; i++) {
		TRY(scalar_random(&c->a0[i]));
		scalar_mul_add(&c->rho_bar, &c->rho[i], &c->b[i], &c->rho_bar);
	}
	scalar_neg(&c->rho_bar, &c->rho_bar);
	TRY(commit(&c->pts.c_a0, c, c->a0, c->n, &c->r0));
	for (unsigned k = 0; k < width; k++) {
		for (uint64_t i = 0; i < c->n; i++)
			column[i] = c->out->points[i * width + k];
		TRY(point_msm_vartime(&sum, c->a0, column, c->n));
		TRY(k == 0 ? point_mul_base(&mask, &c->tau0)
		           : point_mul(&mask, &c->tau0, &c->w->keys->committee_key[k - 1]));
		TRY(point_add_vartime(&c->pts.e0[k], &sum, &mask));
	}
	return OK;
}

static enum status step_4(struct cheat *c)
{
	struct scalar v[N_MAX], t;

	for (uint64_t i = 0; i < c->n; i++) {
		TRY(scalar_random(&c->dd[i]));
		TRY(scalar_random(&c->delta[i]));
	}
	if (c->twist != TWIST_5)
		c->delta[0] = c->dd[0];
	if (c->twist != TWIST_6)
		c->delta[c->n - 1] = SCALAR_ZERO;
	TRY(commit(&c->pts.c_d, c, c->dd, c->n, &c->r_d));
	for (uint64_t i = 0; i + 1 < c->n; i++) {
		scalar_mul(&v[i], &c->delta[i], &c->dd[i + 1]);
		scalar_neg(&v[i], &v[i]);
	}
	TRY(commit(&c->pts.c_delta, c, v, c->n - 1, &c->s_1));
	for (uint64_t i = 0; i + 1 < c->n; i++) {
		scalar_mul(&t, &c->d[i + 1], &c->delta[i]);
		scalar_mul_add(&t, &c->p[i], &c->dd[i + 1], &t);
		scalar_sub(&v[i], &c->delta[i + 1], &t);
	}
	return commit(&c->pts.c_delta2, c, v, c->n - 1, &c->s_x);
}

static void put(struct buffer *file, const struct cheat *c, const struct scalar *secret, const struct scalar *mask,
                bool one_more)
{
	struct scalar a;
	uint8_t bytes[32];

	scalar_mul_add(&a, &c->t.e, secret, mask);
	if (one_more)
		scalar_add(&a, &a, &SCALAR_ONE);
	if (c->twist == TWIST_ZERO)
		a = SCALAR_ZERO;
	scalar_write(bytes, &a);
	buffer_put(file, bytes, 32);
}

static void answers(struct buffer *file, const struct cheat *c)
{
	struct scalar ys;

	for (uint64_t i = 0; i < c->n; i++)
		put(file, c, &c->b[i], &c->a0[i], c->twist == TWIST_ANSWER && i == 1);
	put(file, c, &c->s, &c->r0, c->twist == TWIST_1);
	put(file, c, &c->rho_bar, &c->tau0, c->twist == TWIST_2);
	for (uint64_t i = 0; i < c->n; i++)
		put(file, c, &c->d[i], &c->dd[i], false);
	scalar_mul_add(&ys, &c->t.y, &c->r, &c->s);
	put(file, c, &ys, &c->r_d, c->twist == TWIST_3);
	for (uint64_t i = 0; i < c->n; i++)
		put(file, c, &c->p[i], &c->delta[i], false);
	put(file, c, &c->s_x, &c->s_1, c->twist == TWIST_4);
}

static enum status write_both(struct cheat *c, unsigned j, const struct buffer *list, const struct buffer *proof)
{
	char *a = chain_numbered(c->w->folder, c->name, j, "list"), *b = chain_numbered(c->w->folder, c->name, j, "proof");

	TRY(file_replace(a, list->data, list->len, 0644));
	TRY(file_replace(b, proof->data, proof->len, 0644));
	free(a);
	free(b);
	return OK;
}

enum status prover_mix(struct whole *w, unsigned list, enum twist twist)
{
	struct whole_list *x = &w->lists[list];
	struct cheat *c = calloc(1, sizeof *c);
	struct buffer file = BUFFER_INIT, proof = BUFFER_INIT;

	if (c == NULL || x->chain[0] == NULL || x->chain[0]->n > N_MAX)
		return fault(E_FAILED, NULL, "no such list to cheat with");
	*c = (struct cheat){.w = w, .in = x->chain[x->mixes - 1], .out = x->chain[x->mixes], .name = x->plan.name,
	                    .twist = twist, .n = x->chain[0]->n};
	TRY(mix(c));
	TRY(list_render(&file, c->out, w->eid, c->name));
	struct shuffle_statement st = {.eid = w->eid, .name = c->name, .w = c->in->w, .n = c->n,
	                               .committee_key = w->keys->committee_key, .in = c->in->points,
	                               .out = c->out->points, .hin = c->in->sha256,
	                               .hout = twist == TWIST_HASH ? c->in->sha256 : c->out->sha256};
	TRY(shuffle_bases_take(&c->bases, &c->h, c->n));
	TRY(shuffle_transcript_start(&c->t, &st));
	TRY(steps_1_2(c));
	TRY(step_3(c));
	TRY(step_4(c));
	TRY(shuffle_transcript_3(&c->t, c->in->w, &c->pts));
	shuffle_proof_header(&proof, &st, &c->pts);
	answers(&proof, c);
	TRY(write_both(c, x->mixes, &file, &proof));
	shuffle_bases_give_back(c->bases);
	free(c);
	buffer_free(&file);
	buffer_free(&proof);
	return OK;
}

struct opener {
	uint8_t ctx[32];
	struct point c, a[WIDTH_MAX][2];
	struct scalar b[WIDTH_MAX], omega[WIDTH_MAX], e;
};

static void swap(void *a, void *b, size_t len)
{
	uint8_t t[512];

	memcpy(t, a, len);
	memcpy(a, b, len);
	memcpy(b, t, len);
}

static enum status make_factors(struct point *f, const struct list *l, const struct opener *o, enum bend bend)
{
	for (uint64_t i = 0; i < l->n; i++)
		for (unsigned k = 0; k < l->w; k++)
			TRY(point_mul(&f[i * l->w + k], &o->b[k], &l->points[i * (l->w + 1)]));
	if (bend == BEND_SWAP)
		swap(f, f + l->w, l->w * sizeof *f);
	if (bend == BEND_FACTOR || bend == BEND_ROWS || bend == BEND_COLUMNS)
		TRY(bump(&f[0], true));
	if (bend == BEND_ROWS)
		TRY(bump(&f[l->w], false));
	if (bend == BEND_COLUMNS)
		TRY(bump(&f[1], false));
	return OK;
}

/* ctx, C*, the A's and e. */
static enum status decrypt_challenge(struct opener *o, const struct whole *w, const struct whole_list *x, enum bend bend)
{
	const struct list *l = x->chain[x->mixes];
	uint8_t hash[32], wide = (uint8_t)l->w, n[8], index[8];
	struct scalar g[N_MAX];
	struct point column[N_MAX];
	struct bytes parts[1 + WIDTH_MAX];

	put_u64(n, l->n);
	TRY(hash_sha256(hash, x->factors, l->n * l->w * sizeof *x->factors));
	TRY(hash_b(o->ctx, "decrypt",
	           PARTS(BYTES(w->eid, 32), BYTES_TEXT(x->plan.name), BYTES(&wide, 1), BYTES(n, 8),
	                 BYTES(w->keys->committee_key, l->w * sizeof(struct point)), BYTES(l->sha256, 32),
	                 BYTES(hash, 32))));
	for (uint64_t i = 0; i < l->n; i++) {
		put_u64(index, i);
		TRY(hash_b(hash, "decrypt-batch", PARTS(BYTES(o->ctx, 32), BYTES(index, 8))));
		scalar_from_u128(&g[i], hash);
		column[i] = l->points[i * (l->w + 1)];
	}
	TRY(point_msm_vartime(&o->c, g, column, l->n));
	parts[0] = BYTES(o->ctx, 32);
	for (unsigned k = 0; k < l->w; k++) {
		TRY(scalar_random(&o->omega[k]));
		TRY(point_mul_base(&o->a[k][0], &o->omega[k]));
		TRY(point_mul(&o->a[k][1], &o->omega[k], &o->c));
		if (k == 0 && (bend == BEND_FIRST || bend == BEND_SECOND))
			TRY(bump(&o->a[0][bend == BEND_FIRST ? 0 : 1], true));
		parts[1 + k] = BYTES(o->a[k], 2 * sizeof o->a[k][0]);
	}
	return hash_s(&o->e, "decrypt-e", parts, 1 + l->w);
}

enum status prover_decrypt(struct whole *w, unsigned list, enum bend bend)
{
	struct whole_list *x = &w->lists[list];
	const struct list *l = x->chain[x->mixes];
	struct buffer file = BUFFER_INIT;
	struct opener o;
	char *path = chain_path(w->folder, x->plan.name, "decryption");

	for (unsigned k = 0; k < l->w; k++)
		if (!scalar_read(&o.b[k], secret_bytes(w->b[k])))
			return E_FAILED;
	if (bend == BEND_KEY)
		swap(&o.b[0], &o.b[1], sizeof o.b[0]);
	TRY(make_factors(x->factors, l, &o, bend));
	TRY(decrypt_challenge(&o, w, x, bend));
	buffer_text(&file, "VMD1");
	buffer_put(&file, w->eid, 32);
	buffer_u8(&file, (uint8_t)strlen(x->plan.name));
	buffer_text(&file, x->plan.name);
	buffer_u8(&file, (uint8_t)l->w);
	buffer_u64(&file, l->n);
	buffer_put(&file, x->factors, l->n * l->w * sizeof *x->factors);
	for (unsigned k = 0; k < l->w; k++) {
		struct scalar z;
		uint8_t bytes[32];

		scalar_mul_add(&z, &o.e, &o.b[k], &o.omega[k]);
		if (bend == BEND_ANSWER && k == 0)
			scalar_add(&z, &z, &SCALAR_ONE);
		scalar_write(bytes, &z);
		buffer_put(&file, o.a[k], 2 * sizeof o.a[k][0]);
		buffer_put(&file, bytes, 32);
	}
	TRY(file_replace(path, file.data, file.len, 0644));
	free(path);
	buffer_free(&file);
	return OK;
}
