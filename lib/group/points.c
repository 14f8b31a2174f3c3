/*
 * See point.h: lists of points and sums over them, on all cores, by the fast arithmetic (affine.h); by OpenSSL's where
 * the process has asked for that alone, or where the fast one has met a case that it leaves alone.
 */
#include "group/point.h"
#include "base/i18n.h"
#include "base/parallel.h"
#include "base/report.h"
#include "group/affine.h"
#include "group/field.h"
#include "group/jacobian.h"
#include "group/openssl.h"
#include "group/xmd.h"
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
	PIECE = 4096,       /* points at a time, so that a list needs no second copy of itself */
	TERMS = 1 << 17,    /* of a product, at most, that share their buckets */
	EACH = 64,          /* what a thread is worth starting for */
};

static enum status no_memory(void)
{
	return fault(E_FAILED, NULL, _("no hay memoria para calcular con puntos de la curva"));
}

static struct affine *affines(size_t n)
{
	return aligned_alloc(64, (n + 1) * sizeof(struct affine));
}

/* ---- Reading */

struct reading {
	const struct point *in;
	_Atomic size_t bad; /* the first that is no point */
};

static enum status read_range(void *ctx, uint64_t from, uint64_t to)
{
	struct reading *r = ctx;
	struct affine *out = affines(PIECE);
	size_t first = SIZE_MAX;

	if (out == NULL)
		return no_memory();
	for (uint64_t at = from; at < to && first == SIZE_MAX; at += PIECE) {
		size_t n = to - at < PIECE ? to - at : PIECE, bad = lanes_ops()->import(out, r->in + at, n, true);

		if (bad < n)
			first = at + bad;
	}
	free(out);
	for (size_t seen = r->bad; first < seen && !atomic_compare_exchange_weak(&r->bad, &seen, first);)
		;
	return OK;
}

enum status point_check_many(size_t *bad, const struct point *p, size_t n)
{
	struct reading r = {.in = p, .bad = SIZE_MAX};
	enum status s = OK;

	if (point_openssl_alone()) {
		for (*bad = 0; *bad < n && openssl_point_valid(p[*bad].octets); ++*bad)
			;
		return OK;
	}
	s = n > 0 ? parallel_for(n, EACH * 16, read_range, &r) : OK;
	*bad = r.bad < n ? r.bad : n;
	return s;
}

/* ---- Sums two by two */

struct adding {
	struct point *out;
	const struct point *a, *b;
	bool minus;
};

static enum status add_range(void *ctx, uint64_t from, uint64_t to)
{
	const struct adding *x = ctx;
	struct affine *a = affines(PIECE), *b = affines(PIECE);
	enum status s = a != NULL && b != NULL ? OK : no_memory();

	for (uint64_t at = from; s == OK && at < to; at += PIECE) {
		size_t n = to - at < PIECE ? to - at : PIECE;

		lanes_ops()->import(a, x->a + at, n, false);
		lanes_ops()->import(b, x->b + at, n, false);
		if (lanes_ops()->add(a, a, b, n, x->minus))
			lanes_ops()->export(x->out + at, a, n);
		else
			s = no_memory();
	}
	free(a);
	free(b);
	return s;
}

static enum status add_many(struct point *out, const struct point *a, const struct point *b, size_t n, bool minus)
{
	struct adding x = {out, a, b, minus};
	enum status s = OK;

	if (n == 0)
		return OK;
	if (!point_openssl_alone())
		return parallel_for(n, EACH * 4, add_range, &x);
	for (size_t i = 0; s == OK && i < n; i++)
		s = minus ? point_sub_vartime(&out[i], &a[i], &b[i]) : openssl_point_add(&out[i], &a[i], &b[i]);
	return s;
}

enum status point_add_many_vartime(struct point *out, const struct point *a, const struct point *b, size_t n)
{
	return add_many(out, a, b, n, false);
}

enum status point_sub_many_vartime(struct point *out, const struct point *a, const struct point *b, size_t n)
{
	return add_many(out, a, b, n, true);
}

/* ---- Sums of products, public */

struct product {
	point_terms terms;
	void *ctx;
	pthread_mutex_t lock;
	struct point sum;
};

static enum status product_piece(struct point *sum, struct scalar *k, struct point *p, struct affine *a,
                                 const struct product *x, uint64_t from, size_t n)
{
	x->terms(x->ctx, from, from + n, k, p);
	if (point_openssl_alone())
		return openssl_point_sum(sum, k, p, n, true);
	lanes_ops()->import(a, p, n, false);
	return lanes_ops()->msm(sum, k, a, n) ? OK : no_memory();
}

static enum status product_range(void *ctx, uint64_t from, uint64_t to)
{
	struct product *x = ctx;
	uint64_t pieces = (to - from + TERMS - 1) / TERMS;
	size_t most = pieces > 0 ? (to - from + pieces - 1) / pieces : 0;
	struct scalar *k = malloc((most + 1) * sizeof *k);
	struct point *p = malloc((most + 1) * sizeof *p), sum;
	struct affine *a = affines(most);
	enum status s = k != NULL && p != NULL && a != NULL ? OK : no_memory();

	for (uint64_t at = from; s == OK && at < to; at += most) {
		size_t n = to - at < most ? to - at : most;

		if ((s = product_piece(&sum, k, p, a, x, at, n)) != OK)
			break;
		pthread_mutex_lock(&x->lock);
		s = openssl_point_add(&x->sum, &x->sum, &sum);
		pthread_mutex_unlock(&x->lock);
	}
	free(k);
	free(p);
	free(a);
	return s;
}

enum status point_msm_source_vartime(struct point *out, uint64_t n, point_terms terms, void *ctx)
{
	struct product x = {.terms = terms, .ctx = ctx, .lock = PTHREAD_MUTEX_INITIALIZER};
	enum status s = n > 0 ? parallel_for(n, 4096, product_range, &x) : OK;

	*out = x.sum;
	return s;
}

struct arrays {
	const struct scalar *k;
	const struct point *p;
};

static void array_terms(void *ctx, uint64_t from, uint64_t to, struct scalar *k, struct point *p)
{
	const struct arrays *a = ctx;

	memcpy(k, a->k + from, (to - from) * sizeof *k);
	memcpy(p, a->p + from, (to - from) * sizeof *p);
}

enum status point_msm_vartime(struct point *out, const struct scalar *k, const struct point *p, size_t n)
{
	struct arrays a = {k, p};
	const struct point *terms[JACOBIAN_TERMS];
	struct jacobian sum;

	if (point_openssl_alone())
		return openssl_point_sum(out, k, p, n, true);
	if (n > JACOBIAN_TERMS)
		return point_msm_source_vartime(out, n, array_terms, &a);
	for (size_t i = 0; i < n; i++)
		terms[i] = &p[i];
	jacobian_sum_vartime(&sum, k, terms, n);
	jacobian_to_point(out, &sum);
	return OK;
}

/* ---- Sums of products with secret scalars */

struct commitment {
	const struct scalar *k;
	const struct point *p;
	unsigned bits;
	pthread_mutex_t lock;
	struct point sum;
};

static bool any_infinity(const struct point *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (point_is_infinity(&p[i]))
			return true;
	return false;
}

static enum status commit_range(void *ctx, uint64_t from, uint64_t to)
{
	struct commitment *c = ctx;
	size_t n = to - from;
	struct affine *a;
	struct point sum;
	bool done = false;
	enum status s = OK;

	if (!point_openssl_alone() && !any_infinity(c->p + from, n)) {
		if ((a = affines(n)) == NULL)
			return no_memory();
		lanes_ops()->import(a, c->p + from, n, false);
		done = lanes_ops()->commit(&sum, c->k + from, c->bits, a, n);
		free(a);
	}
	if (!done)
		s = openssl_point_sum(&sum, c->k + from, c->p + from, n, false);
	pthread_mutex_lock(&c->lock);
	if (s == OK)
		s = openssl_point_add(&c->sum, &c->sum, &sum);
	pthread_mutex_unlock(&c->lock);
	return s;
}

enum status point_msm_bounded(struct point *out, const struct scalar *k, unsigned bits, const struct point *p, size_t n)
{
	struct commitment c = {.k = k, .p = p, .bits = bits, .lock = PTHREAD_MUTEX_INITIALIZER};
	enum status s = n > 0 ? parallel_for(n, EACH, commit_range, &c) : OK;

	*out = c.sum;
	return s;
}

enum status point_msm(struct point *out, const struct scalar *k, const struct point *p, size_t n)
{
	return point_msm_bounded(out, k, 256, p, n);
}

/* ---- Many multiples of one point, secret scalars */

struct point_table {
	struct point base;
	uint64_t *entries; /* NULL: OpenSSL's arithmetic alone, or a base at infinity */
};

enum status point_table_new(struct point_table **out, const struct point *base)
{
	struct point_table *t = calloc(1, sizeof *t);
	size_t size = lanes_ops()->table_words * sizeof(uint64_t);

	*out = NULL;
	if (t == NULL)
		return no_memory();
	t->base = *base;
	if (!point_openssl_alone() && !point_is_infinity(base)) {
		t->entries = aligned_alloc(64, (size + 63) / 64 * 64);
		if (t->entries == NULL || !lanes_ops()->fixed_table(t->entries, base)) {
			point_table_free(t);
			return no_memory();
		}
	}
	*out = t;
	return OK;
}

void point_table_free(struct point_table *t)
{
	if (t == NULL)
		return;
	free(t->entries);
	free(t);
}

struct multiples {
	struct point *out;
	const struct scalar *k;
	const struct point_table *table; /* k_i B; or NULL: */
	const struct point *p;           /* k P_i */
};

static enum status multiply_one_by_one(const struct multiples *m, uint64_t from, uint64_t to)
{
	enum status s = OK;

	for (uint64_t i = from; s == OK && i < to; i++)
		s = m->table != NULL ? openssl_point_sum(&m->out[i], &m->k[i], &m->table->base, 1, false)
		                     : openssl_point_sum(&m->out[i], m->k, &m->p[i], 1, false);
	return s;
}

static enum status multiply_range(void *ctx, uint64_t from, uint64_t to)
{
	const struct multiples *m = ctx;
	struct affine *a = affines(PIECE);
	enum status s = a != NULL ? OK : no_memory();

	for (uint64_t at = from; s == OK && at < to; at += PIECE) {
		size_t n = to - at < PIECE ? to - at : PIECE;
		bool done = false;

		if (m->table != NULL && m->table->entries != NULL) {
			done = lanes_ops()->fixed(a, m->table->entries, m->k + at, n);
		} else if (m->table == NULL && !point_openssl_alone() && !any_infinity(m->p + at, n)) {
			lanes_ops()->import(a, m->p + at, n, false);
			done = lanes_ops()->same(a, m->k, a, n);
		}
		if (done)
			lanes_ops()->export(m->out + at, a, n);
		else
			s = multiply_one_by_one(m, at, at + n);
	}
	if (a != NULL)
		OPENSSL_cleanse(a, PIECE * sizeof *a);
	free(a);
	return s;
}

enum status point_table_mul(struct point *out, const struct point_table *t, const struct scalar *k, size_t n)
{
	struct multiples m = {.out = out, .k = k, .table = t};

	return n > 0 ? parallel_for(n, EACH, multiply_range, &m) : OK;
}

enum status point_mul_many(struct point *out, const struct scalar *k, const struct point *p, size_t n)
{
	struct multiples m = {.out = out, .k = k, .p = p};

	return n > 0 ? parallel_for(n, EACH, multiply_range, &m) : OK;
}

/* ---- Points from x's and from messages */

struct lifting {
	struct point *out;
	bool *ok;
	const uint8_t (*x)[32];
};

static enum status lift_range(void *ctx, uint64_t from, uint64_t to)
{
	const struct lifting *l = ctx;
	struct affine *a = affines(PIECE);

	if (a == NULL)
		return no_memory();
	for (uint64_t at = from; at < to; at += PIECE) {
		size_t n = to - at < PIECE ? to - at : PIECE;

		lanes_ops()->lift(a, l->ok + at, l->x + at, n);
		lanes_ops()->export(l->out + at, a, n);
	}
	free(a);
	return OK;
}

enum status point_from_x_many_vartime(struct point *out, bool *ok, const uint8_t (*x)[32], size_t n)
{
	struct lifting l = {out, ok, x};

	if (!point_openssl_alone())
		return n > 0 ? parallel_for(n, EACH, lift_range, &l) : OK;
	for (size_t i = 0; i < n; i++)
		ok[i] = openssl_point_from_x(&out[i], x[i]);
	return OK;
}

struct hashing {
	struct point *out;
	const uint8_t *dst, *msgs;
	size_t dst_len, msg_len;
};

enum { L = 48 }; /* ceil((256 + 128) / 8): RFC 9380, 8.2 */

static enum status hash_piece(const struct hashing *h, uint64_t (*u)[2][4], struct affine *a, uint64_t at, size_t n)
{
	uint8_t uniform[2 * L];
	struct field f;
	enum status s = OK;

	for (size_t i = 0; i < n; i++) {
		if ((s = xmd_expand(uniform, sizeof uniform, h->dst, h->dst_len, h->msgs + (at + i) * h->msg_len, h->msg_len)) !=
		    OK)
			return s;
		for (int j = 0; j < 2; j++) {
			field_reduce48(&f, uniform + j * L);
			field_to_words(u[i][j], &f);
		}
	}
	if (lanes_ops()->map(a, (const uint64_t(*)[2][4])u, n)) {
		lanes_ops()->export(h->out + at, a, n);
		return OK;
	}
	for (size_t i = 0; s == OK && i < n; i++) /* some u is one of the map's exceptions */
		s = openssl_point_hash(&h->out[at + i], h->dst, h->dst_len, h->msgs + (at + i) * h->msg_len, h->msg_len);
	return s;
}

static enum status hash_range(void *ctx, uint64_t from, uint64_t to)
{
	const struct hashing *h = ctx;
	uint64_t (*u)[2][4] = malloc(PIECE * sizeof *u);
	struct affine *a = affines(PIECE);
	enum status s = a != NULL && u != NULL ? OK : no_memory();

	for (uint64_t at = from; s == OK && at < to; at += PIECE)
		s = hash_piece(h, u, a, at, to - at < PIECE ? to - at : PIECE);
	free(a);
	free(u);
	return s;
}

enum status point_hash_many(struct point *out, const uint8_t *dst, size_t dst_len, const uint8_t *msgs, size_t msg_len,
                            size_t n)
{
	struct hashing h = {out, dst, msgs, dst_len, msg_len};
	enum status s = OK;

	if (!point_openssl_alone())
		return n > 0 ? parallel_for(n, EACH, hash_range, &h) : OK;
	for (size_t i = 0; s == OK && i < n; i++)
		s = openssl_point_hash(&out[i], dst, dst_len, msgs + i * msg_len, msg_len);
	return s;
}

enum status point_hash(struct point *out, const uint8_t *dst, size_t dst_len, const uint8_t *msg, size_t msg_len)
{
	return openssl_point_hash(out, dst, dst_len, msg, msg_len);
}
