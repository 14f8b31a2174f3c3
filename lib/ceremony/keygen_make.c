/*
 * The key session's keys (PROCESS 9 to 11, PROTOCOL 3). Secret here: K and the shares, between the HSM's generator and
 * the cards; K stays until the spare is made and is gone before the rehearsal, which has to get it from the cards.
 */
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "ceremony/keygen_session.h"
#include "hsm/spare.h"
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ENTROPY = 48 };

/* ---- K */

/* HSM generator XOR system generator: good if either one is (PROTOCOL 3). */
static enum status make_k(struct secret **k, struct vault *vault)
{
	struct secret *entropy = secret_new(ENTROPY), *system = secret_new(ENTROPY);
	enum status r = E_FAILED;

	*k = NULL;
	if (entropy == NULL || system == NULL)
		goto done;
	if ((r = vault_random(vault, entropy)) != OK)
		goto done;
	if (RAND_priv_bytes(secret_bytes(system), ENTROPY) != 1) {
		r = fault(E_FAILED, NULL, _("el generador de números aleatorios falló"));
		goto done;
	}
	for (size_t i = 0; i < ENTROPY; i++)
		secret_bytes(entropy)[i] ^= secret_bytes(system)[i];
	r = shares_make_k(k, entropy);
done:
	secret_free(entropy);
	secret_free(system);
	return r;
}

static enum status committee_keys(struct keygen *g)
{
	enum status r = shares_committee_keys(g->keys->committee_key, g->k);

	for (unsigned i = 0; i < COMMITTEE_KEYS && r == OK; i++)
		for (unsigned j = 0; j < i; j++)
			if (point_equal(&g->keys->committee_key[i], &g->keys->committee_key[j]))
				r = fault(E_FAILED, _("empiece de nuevo"), _("dos llaves del comité resultaron iguales"));
	return r;
}

static enum status hand_out(struct keygen *g)
{
	struct secret *shares[SHARES_MAX] = {NULL};
	enum status r;

	if ((r = shares_split(shares, g->keys->commitments, g->k, g->keys->threshold, g->keys->cards)) == OK)
		r = cards_write(g->desk, shares, g->serials);
	for (unsigned i = 0; i < g->keys->cards; i++)
		secret_free(shares[i]);
	return r;
}

/* What a session of this journal that was broken off has left: nobody can open it, since its K is gone. */
static enum status remove_left_over(struct steps *s, struct keygen *g)
{
	char *spare = NULL;
	bool there = false;
	enum status r;

	if ((r = vault_exists(&there, g->settings)) != OK || (r = spare_path(&spare, g->settings, g->definition->id)) != OK)
		goto done;
	if (!there && (spare == NULL || access(spare, F_OK) != 0))
		goto done;
	report_warning(_("la clave que la abriría se perdió al interrumpirse aquella sesión: no sirve a nadie"),
	               _("hay una bóveda o una copia de una sesión que no terminó"));
	if ((r = steps_demand(s, N_("¿Se borra la bóveda de la sesión que no terminó, y su copia, para hacer de nuevo las llaves?"),
	                      N_("sin borrarla no se pueden hacer las llaves"))) != OK)
		goto done;
	if (there && (r = vault_discard(g->settings)) != OK)
		goto done;
	if (spare != NULL && access(spare, F_OK) == 0 && unlink(spare) != 0)
		r = fault(E_FAILED, NULL, _("no se puede borrar %s"), spare);
	if (r == OK)
		r = steps_fact(s, N_("Se borró la bóveda de la sesión que no terminó; las llaves se hacen de nuevo."));
done:
	free(spare);
	return r;
}

static enum status keep_shares(struct steps *s, const struct keygen *g)
{
	json_t *commitments = json_array(), *committee = json_array(), *serials = json_array();

	for (unsigned i = 0; i < g->keys->threshold; i++)
		json_array_append_new(commitments, json_hex(g->keys->commitments[i].octets, POINT_BYTES));
	for (unsigned i = 0; i < COMMITTEE_KEYS; i++)
		json_array_append_new(committee, json_hex(g->keys->committee_key[i].octets, POINT_BYTES));
	for (unsigned i = 0; i < g->keys->cards; i++)
		json_array_append_new(serials, json_string(g->serials[i]));
	return steps_keep(s, json_pack("{s:o,s:o,s:o}", "commitments", commitments, "committee_key", committee, "serials",
	                               serials));
}

enum status keygen_shares(struct steps *s, void *ctx)
{
	struct keygen *g = ctx;
	enum status r;

	/* Of a try before this one, in this process. */
	vault_close(g->vault);
	g->vault = NULL;
	secret_free(g->k);
	g->k = NULL;
	if (steps_begun_before(s, "shares") > 0 && (r = remove_left_over(s, g)) != OK)
		return r;
	if ((r = vault_prepare(&g->vault, g->settings)) != OK || (r = make_k(&g->k, g->vault)) != OK ||
	    (r = committee_keys(g)) != OK || (r = hand_out(g)) != OK)
		return r;
	if ((r = keep_shares(s, g)) != OK)
		return r;
	return steps_fact(s, N_("Se creó la Llave criptográfica y se repartió en %u tarjetas: %u cualesquiera la reúnen."),
	                  g->keys->cards, g->keys->threshold);
}

static bool take_point(struct point *out, const json_t *hex)
{
	const char *text = json_string_value(hex);
	uint8_t octets[POINT_BYTES];

	return text != NULL && hex_decode_vartime(octets, POINT_BYTES, text, strlen(text)) && point_read(out, octets);
}

/* K was in memory alone until the spare was made. */
enum status keygen_shares_restore(struct steps *s, void *ctx, const json_t *kept, bool *again)
{
	struct keygen *g = ctx;
	const json_t *serials = json_object_get(kept, "serials");
	bool good = steps_is_done(s, "spare");

	for (unsigned i = 0; i < g->keys->threshold; i++)
		good = good && take_point(&g->keys->commitments[i], json_array_get(json_object_get(kept, "commitments"), i));
	for (unsigned i = 0; i < COMMITTEE_KEYS; i++)
		good = good && take_point(&g->keys->committee_key[i], json_array_get(json_object_get(kept, "committee_key"), i));
	for (unsigned i = 0; i < g->keys->cards && good; i++) {
		const char *serial = json_string_value(json_array_get(serials, i));

		good = serial != NULL && snprintf(g->serials[i], 17, "%s", serial) < 17;
	}
	if (!good)
		report_warning(NULL, _("la clave se perdió con la interrupción: las llaves han de hacerse de nuevo"));
	*again = !good;
	return OK;
}

/* ---- the vault */

static enum status show_vault(struct steps *s, struct keygen *g)
{
	char hex[2 * POINT_BYTES + 1];
	const char *name;
	json_t *value;

	report_info(_("bóveda «%s», serie %s; atributos de la llave de apertura leídos de vuelta:"),
	            json_string_value(json_object_get(g->vault_facts, "label")), vault_serial(g->vault));
	json_object_foreach(json_object_get(g->vault_facts, "attributes"), name, value)
		report_info("    %-22s %s", name, json_is_true(value) ? "TRUE" : "FALSE");
	hex_encode(hex, g->keys->election_key.octets, POINT_BYTES);
	report_info(_("llave de la elección: %s"), hex);
	return steps_fact(s, N_("Se creó en el HSM (serie %s) el par de llaves: la de apertura de votos no puede salir de él."),
	                  vault_serial(g->vault));
}

enum status keygen_vault(struct steps *s, void *ctx)
{
	struct keygen *g = ctx;
	enum status r;

	if ((r = vault_make(g->vault, g->k)) != OK || (r = vault_public_key(g->vault, &g->keys->election_key)) != OK)
		return r;
	json_decref(g->vault_facts);
	if ((g->vault_facts = vault_facts(g->vault)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	if ((r = show_vault(s, g)) != OK)
		return r;
	vault_close(g->vault);
	g->vault = NULL;
	return steps_keep(s, json_pack("{s:o,s:O}", "election_key", json_hex(g->keys->election_key.octets, POINT_BYTES),
	                               "vault", g->vault_facts));
}

enum status keygen_vault_restore(struct steps *s, void *ctx, const json_t *kept, bool *again)
{
	struct keygen *g = ctx;

	(void)s;
	json_decref(g->vault_facts);
	g->vault_facts = json_incref(json_object_get(kept, "vault"));
	*again = g->vault_facts == NULL || !take_point(&g->keys->election_key, json_object_get(kept, "election_key"));
	return *again ? fault(E_EVIDENCE, _("abandone esta sesión y empiece otra"),
	                      _("la bitácora no dice cuál es la llave de la elección"))
	              : OK;
}

/* ---- the spare; K's last use */

enum status keygen_spare(struct steps *s, void *ctx)
{
	struct keygen *g = ctx;
	char *path = NULL;
	uint8_t sha256[32];
	enum status r;

	if ((r = spare_path(&path, g->settings, g->definition->id)) != OK)
		return r;
	if (path == NULL) {
		r = steps_demand(s, N_("¿Se clonó la bóveda con los medios del fabricante del HSM?"), N_("la bóveda no tiene copia"));
		goto done;
	}
	free(g->spare);
	if ((r = spare_write(&g->spare, sha256, g->settings, g->definition->id, g->k)) != OK)
		goto done;
	hex_encode(g->spare_sha256, sha256, 32);
	report_info(_("copia de la bóveda: %s"), g->spare);
	if ((r = steps_keep(s, json_pack("{s:s,s:s}", "file", g->spare, "sha256", g->spare_sha256))) == OK)
		r = steps_fact(s, N_("Se hizo la copia cifrada de la bóveda; su SHA-256 es %s."), g->spare_sha256);
done:
	free(path);
	if (r == OK) {
		secret_free(g->k);
		g->k = NULL;
	}
	return r;
}

enum status keygen_spare_restore(struct steps *s, void *ctx, const json_t *kept, bool *again)
{
	struct keygen *g = ctx;
	const char *file = json_string_value(json_object_get(kept, "file")),
	           *sha256 = json_string_value(json_object_get(kept, "sha256"));

	(void)s;
	*again = false;
	if (kept == NULL || json_is_null(kept))
		return OK;
	free(g->spare);
	g->spare = file != NULL ? strdup(file) : NULL;
	snprintf(g->spare_sha256, sizeof g->spare_sha256, "%s", sha256 != NULL ? sha256 : "");
	return g->spare != NULL ? OK : fault(E_FAILED, NULL, _("no hay memoria"));
}
