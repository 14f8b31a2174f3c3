/*
 * The rehearsal (DESIGN 5): what will be needed at the tally is tried now, from the cards alone. Secret here: the
 * shares, K, b_k, the test vote's seed; each freed or wiped where it was made.
 */
#include "base/i18n.h"
#include "base/report.h"
#include "ceremony/keygen_session.h"
#include "hsm/spare.h"
#include "hsm/vault.h"
#include "protocol/decryption.h"
#include "protocol/envelope.h"
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SUBSETS_MAX = 5000, TEST_WIDTH = WIDTH_MAX };

/* ---- arithmetic: every M of the N shares give the same K */

/* The next subset of `m` out of 0..n-1 in order; false after the last. */
static bool next_subset(unsigned *subset, unsigned m, unsigned n)
{
	for (unsigned i = m; i-- > 0;)
		if (subset[i] < n - m + i) {
			subset[i]++;
			for (unsigned j = i + 1; j < m; j++)
				subset[j] = subset[j - 1] + 1;
			return true;
		}
	return false;
}

/* K of one subset, compared with the first one found (made here if it is not there). */
static enum status try_subset(struct secret **k, struct keygen *g, struct secret *const *shares,
                              const unsigned *subset)
{
	const struct secret *some[SHARES_MAX];
	unsigned cards[SHARES_MAX] = {0};
	struct secret *again = NULL;
	enum status r;

	for (unsigned i = 0; i < g->keys->threshold; i++) {
		some[i] = shares[subset[i]];
		cards[i] = subset[i] + 1;
	}
	if ((r = shares_combine(&again, some, cards, g->keys->commitments, g->keys->threshold)) != OK)
		return r;
	if (*k == NULL) {
		*k = again;
		return OK;
	}
	if (CRYPTO_memcmp(secret_bytes(*k), secret_bytes(again), secret_len(again)) != 0)
		r = fault(E_EVIDENCE, NULL, _("dos grupos de tarjetas dan claves distintas"));
	secret_free(again);
	return r;
}

/* All of them where they are at most SUBSETS_MAX. Beyond, the commitments vouch for the rest: each share has been
 * checked to lie on the one polynomial that they fix. */
static enum status try_subsets(struct secret **k, struct keygen *g, struct secret *const *shares)
{
	unsigned subset[SHARES_MAX], m = g->keys->threshold, n = g->keys->cards, tried = 0;
	enum status r;

	for (unsigned i = 0; i < m; i++)
		subset[i] = i;
	do {
		if ((r = try_subset(k, g, shares, subset)) != OK)
			return r;
		tried++;
	} while (tried < SUBSETS_MAX && next_subset(subset, m, n));
	g->subsets = tried;
	return steps_fact(g->steps, N_("Se comprobó que %u grupos distintos de %u tarjetas dan la misma clave."), tried, m);
}

/* ---- a vote, sealed as a voter does and opened as the tally does */

struct test_vote {
	uint8_t eid[32], seed[SEED_BYTES], plain[PLAIN_MAX], inner[INNER_MAX];
	struct point outer[OUTER_POINTS_MAX];
};

static enum status seal_vote(struct test_vote *v, const struct keygen *g)
{
	struct scalar t;
	enum status r;

	/* There is no eid yet; any 32 bytes do. */
	if (RAND_bytes(v->eid, sizeof v->eid) != 1 || RAND_priv_bytes(v->seed, sizeof v->seed) != 1 ||
	    RAND_priv_bytes(v->plain, sizeof v->plain) != 1)
		return fault(E_FAILED, NULL, _("el generador de números aleatorios falló"));
	if ((r = scalar_random(&t)) == OK &&
	    (r = envelope_seal_inner(v->inner, TEST_WIDTH, v->eid, g->definition->contests[0].id, &g->keys->election_key,
	                             v->seed, v->plain)) == OK)
		r = envelope_seal_outer(v->outer, TEST_WIDTH, g->keys->committee_key, &t, v->inner);
	scalar_wipe(&t, 1);
	return r;
}

/* D_k = b_k C_0 with the b_k that K yields. */
static enum status open_outer(uint8_t *inner, bool *decodes, const struct test_vote *v, const struct secret *k)
{
	struct secret *b[COMMITTEE_KEYS] = {NULL};
	struct point factors[TEST_WIDTH];
	struct scalar s;
	enum status r;

	if ((r = shares_committee_secrets(b, k)) != OK)
		return r;
	for (unsigned i = 0; i < TEST_WIDTH && r == OK; i++)
		if (!scalar_read(&s, secret_bytes(b[i])))
			r = fault(E_FAILED, NULL, _("la llave del comité no es un escalar"));
		else
			r = point_mul(&factors[i], &s, &v->outer[0]);
	if (r == OK)
		r = decryption_inner(decodes, inner, TEST_WIDTH, v->outer, factors);
	scalar_wipe(&s, 1);
	OPENSSL_cleanse(factors, sizeof factors);
	for (unsigned i = 0; i < COMMITTEE_KEYS; i++)
		secret_free(b[i]);
	return r;
}

static enum status open_vote(struct vault *vault, const struct keygen *g, const struct test_vote *v,
                             const struct secret *k)
{
	const char *contest = g->definition->contests[0].id;
	uint8_t inner[INNER_MAX], z[32], seed[SEED_BYTES], plain[PLAIN_MAX];
	bool decodes = false, same = false;
	struct point big_r;
	enum status r;

	if ((r = open_outer(inner, &decodes, v, k)) != OK)
		return r;
	if (!decodes || memcmp(inner, v->inner, sizeof inner) != 0 || !envelope_inner_point(&big_r, inner))
		return fault(E_EVIDENCE, _("la llave no sirve: no se publica"),
		             _("la clave de las tarjetas no abre el sobre exterior del voto de prueba"));
	if ((r = vault_derive_x(vault, z, &big_r)) == OK &&
	    (r = envelope_unmask(seed, plain, TEST_WIDTH, v->eid, contest, inner, z)) == OK)
		r = envelope_seals_again(&same, inner, TEST_WIDTH, v->eid, contest, &g->keys->election_key, seed, plain);
	if (r == OK && (!same || memcmp(seed, v->seed, sizeof seed) != 0 || memcmp(plain, v->plain, sizeof plain) != 0))
		r = fault(E_EVIDENCE, _("la llave no sirve: no se publica"),
		          _("la bóveda no abre el sobre interior del voto de prueba"));
	OPENSSL_cleanse(z, sizeof z);
	return r;
}

/* ---- the vault and its spare */

static enum status try_vault(struct keygen *g, const char *store, const struct test_vote *v, const struct secret *k)
{
	struct vault *vault = NULL;
	enum status r = store == NULL ? vault_open(&vault, g->settings, k, &g->keys->election_key, 1)
	                              : vault_open_store(&vault, g->settings, store, k, &g->keys->election_key, 1);

	if (r == OK)
		r = open_vote(vault, g, v, k);
	vault_close(vault);
	return r;
}

/* The spare goes into memory (tmpfs) where there is such a place, and is wiped again. */
static enum status try_spare(struct keygen *g, const struct test_vote *v, const struct secret *k)
{
	char folder[64], store[80];
	enum status r;

	snprintf(folder, sizeof folder, "%s/vemre-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (mkdtemp(folder) == NULL)
		return fault(E_FAILED, NULL, _("no se puede hacer una carpeta temporal"));
	snprintf(store, sizeof store, "%s/store", folder);
	if ((r = spare_restore(g->spare, k, store)) == OK)
		r = try_vault(g, store, v, k);
	spare_forget(folder);
	return r;
}

static enum status try_all(struct keygen *g, struct secret *const *shares)
{
	struct secret *k = NULL;
	struct test_vote v;
	enum status r;

	if ((r = try_subsets(&k, g, shares)) != OK || (r = seal_vote(&v, g)) != OK || (r = try_vault(g, NULL, &v, k)) != OK ||
	    (r = steps_fact(g->steps,
	                    N_("Con la clave de %u tarjetas se abrió la bóveda y se abrió un voto de prueba, igual al que se "
	                       "selló."),
	                    g->keys->threshold)) != OK)
		goto done;
	if (g->spare == NULL)
		goto done;
	if ((r = try_spare(g, &v, k)) == OK)
		r = steps_fact(g->steps, N_("La copia de la bóveda se descifró, se abrió y abrió el mismo voto de prueba."));
done:
	OPENSSL_cleanse(&v, sizeof v);
	secret_free(k);
	return r;
}

enum status keygen_rehearse(struct steps *s, void *ctx)
{
	struct keygen *g = ctx;
	struct secret *shares[SHARES_MAX] = {NULL};
	enum status r;

	if ((r = cards_read_all(g->desk, shares)) == OK)
		r = try_all(g, shares);
	for (unsigned i = 0; i < g->keys->cards; i++)
		secret_free(shares[i]);
	return r == OK ? steps_keep(s, json_pack("{s:i}", "subsets", (int)g->subsets)) : r;
}

enum status keygen_rehearse_restore(struct steps *s, void *ctx, const json_t *kept, bool *again)
{
	struct keygen *g = ctx;

	(void)s;
	*again = false;
	g->subsets = (unsigned)json_integer_value(json_object_get(kept, "subsets"));
	return OK;
}
