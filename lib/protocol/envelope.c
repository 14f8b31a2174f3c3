/* See envelope.h. Secret while sealing: seed, v, r, Z, t. */
#include "protocol/envelope.h"
#include "base/i18n.h"
#include "base/report.h"
#include "protocol/hash.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

const char *envelope_status_name(enum vote_status s)
{
	static const char *const names[] = {"valid", "undecodable", "off-curve", "mismatch"};

	return names[s];
}

void envelope_x(uint8_t x[32], const struct point *p)
{
	memcpy(x, p->octets + 1, 32);
}

unsigned envelope_width(unsigned write_in_bytes)
{
	return (56 + write_in_bytes + BLOCK - 1) / BLOCK;
}

/* ctx = Hb("inner", eid, contest) */
static enum status context(uint8_t ctx[32], const uint8_t eid[32], const char *contest)
{
	return hash_b(ctx, "inner", PARTS(BYTES(eid, 32), BYTES_TEXT(contest)));
}

/* HKDF-SHA-256(Z, salt X, info V || "inner-mask" || ctx), 30w - 32 bytes. */
static enum status mask_of(uint8_t *mask, unsigned w, const uint8_t ctx[32], const uint8_t x[32], const uint8_t z[32])
{
	uint8_t info[19 + 32];

	memcpy(info, "VEMRE-V1:inner-mask", 19);
	memcpy(info + 19, ctx, 32);
	return hash_hkdf(mask, envelope_inner_len(w) - 32, BYTES(z, 32), BYTES(x, 32), BYTES(info, sizeof info));
}

enum status envelope_seal_inner(uint8_t *out, unsigned w, const uint8_t eid[32], const char *contest,
                                const struct point *election_key, const uint8_t seed[SEED_BYTES], const uint8_t *v)
{
	uint8_t ctx[32], x[32], z[32], mask[INNER_MAX];
	size_t plain_len = envelope_plain_len(w);
	struct scalar r;
	struct point p;
	enum status s;

	if ((s = context(ctx, eid, contest)) != OK ||
	    (s = hash_s(&r, "inner-scalar", PARTS(BYTES(ctx, 32), BYTES(seed, SEED_BYTES), BYTES(v, plain_len)))) != OK)
		return s;
	if ((s = point_mul_base(&p, &r)) != OK)
		goto done;
	envelope_x(x, &p);
	if ((s = point_mul(&p, &r, election_key)) != OK)
		goto done;
	envelope_x(z, &p);
	if ((s = mask_of(mask, w, ctx, x, z)) != OK)
		goto done;
	memcpy(out, x, 32);
	for (size_t i = 0; i < SEED_BYTES; i++)
		out[32 + i] = seed[i] ^ mask[i];
	for (size_t i = 0; i < plain_len; i++)
		out[48 + i] = v[i] ^ mask[SEED_BYTES + i];
done:
	scalar_wipe(&r, 1);
	OPENSSL_cleanse(&p, sizeof p);
	OPENSSL_cleanse(z, sizeof z);
	OPENSSL_cleanse(mask, sizeof mask);
	return s;
}

struct envelope_sealer {
	unsigned w;
	uint8_t ctx[32];
	struct point_table *g, *a;
};

enum status envelope_sealer_new(struct envelope_sealer **out, unsigned w, const uint8_t eid[32], const char *contest,
                                const struct point *election_key)
{
	struct envelope_sealer *s = calloc(1, sizeof *s);
	enum status r;

	*out = NULL;
	if (s == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria para sellar de nuevo"));
	s->w = w;
	if ((r = context(s->ctx, eid, contest)) == OK && (r = point_table_new(&s->g, &POINT_GENERATOR)) == OK &&
	    (r = point_table_new(&s->a, election_key)) == OK) {
		*out = s;
		return OK;
	}
	envelope_sealer_free(s);
	return r;
}

void envelope_sealer_free(struct envelope_sealer *s)
{
	if (s == NULL)
		return;
	point_table_free(s->g);
	point_table_free(s->a);
	free(s);
}

/* The envelope of seed and v, given r G and r A. */
static enum status finish_sealing(uint8_t *out, const struct envelope_sealer *s, const struct point *rg,
                                  const struct point *ra, const uint8_t *seed, const uint8_t *v)
{
	uint8_t z[32], mask[INNER_MAX];
	enum status r;

	envelope_x(out, rg);
	envelope_x(z, ra);
	r = mask_of(mask, s->w, s->ctx, out, z);
	for (size_t i = 0; r == OK && i < SEED_BYTES; i++)
		out[32 + i] = seed[i] ^ mask[i];
	for (size_t i = 0; r == OK && i < envelope_plain_len(s->w); i++)
		out[48 + i] = v[i] ^ mask[SEED_BYTES + i];
	OPENSSL_cleanse(z, sizeof z);
	OPENSSL_cleanse(mask, sizeof mask);
	return r;
}

enum status envelope_seals_again_many(bool *same, const struct envelope_sealer *s, const struct envelope_opened *opened,
                                      size_t n)
{
	struct scalar *r = malloc((n + 1) * sizeof *r);
	struct point *p = malloc((2 * n + 1) * sizeof *p);
	uint8_t again[INNER_MAX];
	enum status st = r != NULL && p != NULL ? OK
	                                        : fault(E_FAILED, NULL, _("no hay memoria para sellar de nuevo"));

	for (size_t i = 0; st == OK && i < n; i++)
		st = hash_s(&r[i], "inner-scalar",
		            PARTS(BYTES(s->ctx, 32), BYTES(opened[i].seed, SEED_BYTES),
		                  BYTES(opened[i].plain, envelope_plain_len(s->w))));
	if (st == OK && (st = point_table_mul(p, s->g, r, n)) == OK)
		st = point_table_mul(p + n, s->a, r, n);
	for (size_t i = 0; st == OK && i < n; i++)
		if ((st = finish_sealing(again, s, &p[i], &p[n + i], opened[i].seed, opened[i].plain)) == OK)
			same[i] = CRYPTO_memcmp(again, opened[i].inner, envelope_inner_len(s->w)) == 0;
	if (r != NULL)
		scalar_wipe(r, n);
	if (p != NULL)
		OPENSSL_cleanse(p, 2 * n * sizeof *p);
	OPENSSL_cleanse(again, sizeof again);
	free(r);
	free(p);
	return st;
}

bool envelope_inner_point(struct point *r, const uint8_t *inner)
{
	return point_from_x_vartime(r, inner);
}

enum status envelope_unmask(uint8_t seed[SEED_BYTES], uint8_t *v, unsigned w, const uint8_t eid[32],
                            const char *contest, const uint8_t *inner, const uint8_t z[32])
{
	uint8_t ctx[32], mask[INNER_MAX];
	enum status s;

	if ((s = context(ctx, eid, contest)) != OK || (s = mask_of(mask, w, ctx, inner, z)) != OK)
		return s;
	for (size_t i = 0; i < SEED_BYTES; i++)
		seed[i] = inner[32 + i] ^ mask[i];
	for (size_t i = 0; i < envelope_plain_len(w); i++)
		v[i] = inner[48 + i] ^ mask[SEED_BYTES + i];
	OPENSSL_cleanse(mask, sizeof mask);
	return OK;
}

enum status envelope_seals_again(bool *same, const uint8_t *inner, unsigned w, const uint8_t eid[32],
                                 const char *contest, const struct point *election_key,
                                 const uint8_t seed[SEED_BYTES], const uint8_t *v)
{
	uint8_t again[INNER_MAX];
	enum status s;

	*same = false;
	if ((s = envelope_seal_inner(again, w, eid, contest, election_key, seed, v)) != OK)
		return s;
	*same = CRYPTO_memcmp(again, inner, envelope_inner_len(w)) == 0;
	OPENSSL_cleanse(again, sizeof again);
	return OK;
}

enum status envelope_embed(struct point *out, const uint8_t block[BLOCK])
{
	uint8_t x[32] = {0};

	memcpy(x + 1, block, BLOCK);
	/* Half of all x are on the curve: 256 misses in a row have probability 2^-256. */
	for (unsigned ctr = 0; ctr < 256; ctr++) {
		x[31] = (uint8_t)ctr;
		if (point_from_x_vartime(out, x))
			return OK;
	}
	return fault(E_FAILED, NULL, _("un bloque no cabe en la curva"));
}

bool envelope_extract(uint8_t block[BLOCK], const struct point *p)
{
	if (point_is_infinity(p) || p->octets[1] != 0 || !point_y_is_even(p))
		return false;
	memcpy(block, p->octets + 2, BLOCK);
	return true;
}

enum status envelope_seal_outer(struct point *out, unsigned w, const struct point *committee_key,
                                const struct scalar *t, const uint8_t *inner)
{
	enum status s;

	if ((s = point_mul_base(&out[0], t)) != OK)
		return s;
	for (unsigned k = 1; k <= w; k++) {
		struct point block, shared;

		if ((s = envelope_embed(&block, inner + BLOCK * (k - 1))) != OK ||
		    (s = point_mul(&shared, t, &committee_key[k - 1])) != OK ||
		    (s = point_add_vartime(&out[k], &block, &shared)) != OK)
			return s;
	}
	return OK;
}
