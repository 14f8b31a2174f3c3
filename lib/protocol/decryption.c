/* See decryption.h. Batched Chaum-Pedersen (CRYPTO '92). Secret: b_k, omega_k; factors are published. */
#include "protocol/decryption.h"
#include "base/i18n.h"
#include "base/parallel.h"
#include "base/reader.h"
#include "base/report.h"
#include "protocol/envelope.h"
#include "protocol/hash.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

/* C* and D*_k, and the context that fixes their weights. */
struct batch {
	uint8_t ctx[32];
	struct point c, d[WIDTH_MAX];
};

static enum status no_memory(void)
{
	return fault(E_FAILED, NULL, _("no hay memoria para el descifrado"));
}

/* The terms of C* (column 0) and D*_k. */
struct column {
	const struct decryption_statement *st;
	const struct point *factors;
	const struct scalar *weights;
	unsigned k;
};

static void column_terms(void *ctx, uint64_t from, uint64_t to, struct scalar *k, struct point *p)
{
	const struct column *c = ctx;
	uint64_t w = c->st->w;

	for (uint64_t i = from; i < to; i++) {
		k[i - from] = c->weights[i];
		p[i - from] = c->k == 0 ? c->st->list[i * (w + 1)] : c->factors[i * w + c->k - 1];
	}
}

/* g_i */
struct weighing {
	const struct batch *b;
	struct scalar *weights;
};

static enum status weigh(void *ctx, uint64_t from, uint64_t to)
{
	const struct weighing *x = ctx;
	uint8_t index[8], hash[32];
	enum status r = OK;

	for (uint64_t i = from; r == OK && i < to; i++) {
		put_u64(index, i);
		if ((r = hash_b(hash, "decrypt-batch", PARTS(BYTES(x->b->ctx, 32), BYTES(index, 8)))) == OK)
			scalar_from_u128(&x->weights[i], hash);
	}
	return r;
}

static enum status make_batch(struct batch *b, const struct decryption_statement *st, const struct point *factors)
{
	uint8_t w = (uint8_t)st->w, n[8], hash[32];
	struct weighing x = {b, malloc((st->n + 1) * sizeof *x.weights)};
	enum status r;

	if (x.weights == NULL)
		return no_memory();
	put_u64(n, st->n);
	if ((r = hash_sha256(hash, factors, st->n * st->w * sizeof *factors)) == OK &&
	    (r = hash_b(b->ctx, "decrypt",
	                PARTS(BYTES(st->eid, 32), BYTES_TEXT(st->name), BYTES(&w, 1), BYTES(n, 8),
	                      BYTES(st->committee_key, st->w * sizeof *st->committee_key), BYTES(st->list_hash, 32),
	                      BYTES(hash, 32)))) == OK)
		r = parallel_for(st->n, 1024, weigh, &x);
	for (unsigned k = 0; r == OK && k <= st->w; k++) {
		struct column c = {st, factors, x.weights, k};

		r = point_msm_source_vartime(k == 0 ? &b->c : &b->d[k - 1], st->n, column_terms, &c);
	}
	free(x.weights);
	return r;
}

/* e = Hs("decrypt-e", ctx, A_1 || A'_1, ..., A_w || A'_w) */
static enum status challenge(struct scalar *e, const struct batch *b, struct point a[][2], unsigned w)
{
	struct bytes parts[1 + WIDTH_MAX];

	parts[0] = BYTES(b->ctx, 32);
	for (unsigned k = 0; k < w; k++)
		parts[1 + k] = BYTES(a[k], 2 * sizeof a[k][0]);
	return hash_s(e, "decrypt-e", parts, 1 + w);
}

enum { PIECE = 16384 }; /* rows at a time */

static enum status make_factors(struct point *factors, const struct decryption_statement *st, const struct scalar *b)
{
	struct point *column = malloc(2 * PIECE * sizeof *column);
	enum status r = column != NULL ? OK : no_memory();

	for (uint64_t from = 0; r == OK && from < st->n; from += PIECE) {
		uint64_t n = st->n - from < PIECE ? st->n - from : PIECE;

		for (uint64_t i = 0; i < n; i++)
			column[i] = st->list[(from + i) * (st->w + 1)];
		for (unsigned k = 0; r == OK && k < st->w; k++) {
			r = point_mul_many(column + PIECE, &b[k], column, n);
			for (uint64_t i = 0; r == OK && i < n; i++)
				factors[(from + i) * st->w + k] = column[PIECE + i];
		}
		report_progress(_("descifrado del sobre exterior"), from + n, st->n);
	}
	free(column);
	return r;
}

static enum status prove(struct buffer *file, const struct decryption_statement *st, const struct point *factors,
                         const struct scalar *b)
{
	struct batch batch;
	struct scalar omega[WIDTH_MAX], e, z;
	struct point a[WIDTH_MAX][2];
	uint8_t bytes[32];
	enum status r;

	if ((r = make_batch(&batch, st, factors)) != OK)
		return r;
	for (unsigned k = 0; r == OK && k < st->w; k++)
		if ((r = scalar_random(&omega[k])) == OK && (r = point_mul_base(&a[k][0], &omega[k])) == OK)
			r = point_is_infinity(&batch.c) ? fault(E_FAILED, NULL, _("C* es el punto infinito"))
			                                : point_mul(&a[k][1], &omega[k], &batch.c);
	if (r == OK)
		r = challenge(&e, &batch, a, st->w);
	for (unsigned k = 0; r == OK && k < st->w; k++) {
		scalar_mul_add(&z, &e, &b[k], &omega[k]);
		scalar_write(bytes, &z);
		buffer_put(file, a[k], 2 * sizeof a[k][0]);
		buffer_put(file, bytes, sizeof bytes);
	}
	scalar_wipe(omega, WIDTH_MAX);
	return r;
}

enum status decryption_make(struct buffer *file, const struct decryption_statement *st, struct secret *const *b)
{
	struct point *factors;
	struct scalar keys[WIDTH_MAX];
	enum status r = OK;

	for (unsigned k = 0; r == OK && k < st->w; k++)
		if (secret_len(b[k]) != 32 || !scalar_read(&keys[k], secret_bytes(b[k])))
			r = fault(E_FAILED, NULL, _("la llave del comité no es un escalar"));
	if (r != OK)
		goto done;
	buffer_text(file, "VMD1");
	buffer_put(file, st->eid, 32);
	buffer_u8(file, (uint8_t)strlen(st->name));
	buffer_text(file, st->name);
	buffer_u8(file, (uint8_t)st->w);
	buffer_u64(file, st->n);
	/* The factors are made where they are to stand; the proof after them finds its room: its growth moves nothing. */
	if (!buffer_reserve(file, st->n * st->w * sizeof *factors + st->w * (2 * POINT_BYTES + 32))) {
		r = no_memory();
		goto done;
	}
	factors = (struct point *)(void *)(file->data + file->len);
	if ((r = make_factors(factors, st, keys)) != OK)
		goto done;
	file->len += st->n * st->w * sizeof *factors;
	r = prove(file, st, factors, keys);
	if (r == OK && !buffer_ok(file))
		r = no_memory();
done:
	scalar_wipe(keys, WIDTH_MAX);
	return r;
}

static enum status bad(const char *what)
{
	return fault(E_EVIDENCE, NULL, _("el descifrado no se puede leer: %s"), what);
}

static enum status read_file(struct point *factors, struct point a[][2], struct scalar *z,
                             const struct decryption_statement *st, const uint8_t *file, size_t len)
{
	struct reader r = reader_of(file, len);
	size_t name_len = strlen(st->name), wrong;
	const uint8_t *p;
	enum status s;

	if ((p = reader_take(&r, 4)) == NULL || memcmp(p, "VMD1", 4) != 0)
		return bad(_("no empieza por VMD1"));
	if ((p = reader_take(&r, 32)) == NULL || memcmp(p, st->eid, 32) != 0)
		return bad(_("es de otra elección"));
	if (reader_u8(&r) != name_len || (p = reader_take(&r, name_len)) == NULL || memcmp(p, st->name, name_len) != 0)
		return bad(_("es de otra lista"));
	if (reader_u8(&r) != st->w || reader_u64(&r) != st->n)
		return bad(_("otro ancho u otro número de votos"));
	if (r.left / POINT_BYTES / st->w < st->n || (p = reader_take(&r, st->n * st->w * POINT_BYTES)) == NULL)
		return bad(_("cortada"));
	memcpy(factors, p, st->n * st->w * sizeof *factors);
	if ((s = point_check_many(&wrong, factors, st->n * st->w)) != OK)
		return s;
	if (wrong < st->n * st->w)
		return bad(_("un factor no es un punto de la curva"));
	for (unsigned k = 0; k < st->w; k++) {
		for (int j = 0; j < 2; j++)
			if ((p = reader_take(&r, POINT_BYTES)) == NULL || !point_read(&a[k][j], p))
				return bad(_("un punto de la prueba no está en la curva"));
		if ((p = reader_take(&r, 32)) == NULL || !scalar_read(&z[k], p))
			return bad(_("una respuesta no es menor que n"));
	}
	return reader_end(&r) ? OK : bad(_("sobran bytes"));
}

/* z P = A + e Q? */
static enum status holds(bool *yes, const struct scalar *z, const struct point *p, const struct point *a,
                         const struct scalar *e, const struct point *q)
{
	struct scalar k[3] = {*z, *e, SCALAR_ONE};
	struct point terms[3] = {*p, *q, *a}, sum;
	enum status r;

	scalar_neg(&k[1], &k[1]);
	scalar_neg(&k[2], &k[2]);
	r = point_msm_vartime(&sum, k, terms, 3);
	*yes = r == OK && point_is_infinity(&sum);
	return r;
}

enum status decryption_check(unsigned *failed, struct point *factors, const struct decryption_statement *st,
                             const uint8_t *file, size_t len)
{
	struct point a[WIDTH_MAX][2];
	struct scalar z[WIDTH_MAX], e;
	struct batch batch;
	bool ok;
	enum status r;

	*failed = 3;
	if ((r = read_file(factors, a, z, st, file, len)) != OK || (r = make_batch(&batch, st, factors)) != OK ||
	    (r = challenge(&e, &batch, a, st->w)) != OK)
		return r;
	*failed = 0;
	for (unsigned k = 0; k < st->w; k++) {
		if ((r = holds(&ok, &z[k], &POINT_GENERATOR, &a[k][0], &e, &st->committee_key[k])) != OK)
			return r;
		*failed |= ok ? 0 : 1;
		if ((r = holds(&ok, &z[k], &batch.c, &a[k][1], &e, &batch.d[k])) != OK)
			return r;
		*failed |= ok ? 0 : 2;
	}
	return OK;
}

enum status decryption_inner_many(bool *decodes, uint8_t (*inner)[INNER_MAX], unsigned w, const struct point *rows,
                                  const struct point *factors, size_t n)
{
	struct point *blocks = calloc(2 * n * w + 1, sizeof *blocks), *sealed;
	enum status r;

	if (blocks == NULL)
		return no_memory();
	sealed = blocks + n * w;
	for (size_t i = 0; i < n; i++)
		memcpy(&sealed[i * w], &rows[i * (w + 1) + 1], w * sizeof *sealed);
	if ((r = point_sub_many_vartime(blocks, sealed, factors, n * w)) == OK)
		for (size_t i = 0; i < n; i++) {
			decodes[i] = true;
			for (unsigned k = 0; k < w; k++)
				if (!envelope_extract(inner[i] + BLOCK * k, &blocks[i * w + k]))
					decodes[i] = false;
		}
	free(blocks);
	return r;
}

enum status decryption_inner(bool *decodes, uint8_t *inner, unsigned w, const struct point *row,
                             const struct point *factors)
{
	uint8_t whole[1][INNER_MAX];
	enum status r = decryption_inner_many(decodes, whole, w, row, factors, 1);

	if (r == OK && *decodes)
		memcpy(inner, whole[0], envelope_inner_len(w));
	return r;
}
