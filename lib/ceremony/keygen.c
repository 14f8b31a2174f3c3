/*
 * See keygen.h. Secret here: K and the shares, between the HSM's generator and the cards; both are gone before the
 * rehearsal, which has to get them from the cards.
 */
#include "ceremony/keygen.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/prompt.h"
#include "base/report.h"
#include "ceremony/keygen_session.h"
#include "hsm/spare.h"
#include "hsm/vault.h"
#include <errno.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ENTROPY = 48 };

/* ---- what has to be so before anybody sits down */

static enum status refuse_existing(struct keygen *g)
{
	const char *store = settings_path(g->settings, "hsm.vault_store", "");
	const char *folder = settings_path(g->settings, "hsm.spare_store", "");
	char *name = NULL, *spare = NULL;
	enum status r = OK;

	if (file_exists(g->keys_path))
		return fault(E_STATE, _("las llaves de una elección se hacen una sola vez"),
		             _("ya hay llaves de esta elección: %s"), g->keys_path);
	if (store == NULL || folder == NULL)
		return E_USAGE;
	if (store[0] == '\0')
		return OK;
	if (folder[0] == '\0')
		return fault(E_USAGE, _("la copia de la bóveda va a otro medio"), _("falta el ajuste «hsm.spare_store»"));
	if (asprintf(&name, "%s.spare", g->definition->id) < 0 || (spare = file_path(folder, name, NULL)) == NULL)
		r = fault(E_FAILED, NULL, _("no hay memoria"));
	else if (file_exists(spare))
		r = fault(E_STATE, _("si es de una sesión que se interrumpió, apártela"),
		          _("ya hay una copia de la bóveda: %s"), spare);
	free(name);
	free(spare);
	return r;
}

static enum status prepare(struct keygen *g)
{
	const struct keygen_options *o = g->options;
	enum status r;

	if (o->threshold < 2 || o->threshold > o->cards || o->cards > SHARES_MAX)
		return fault(E_USAGE, NULL, _("el umbral ha de estar entre 2 y el número de tarjetas (%u de %u no vale)"),
		             o->threshold, o->cards);
	if ((r = definition_open(&g->definition, o->definition)) != OK)
		return r;
	if ((g->keys_path = file_path(o->election, "record", "keys.json", NULL)) == NULL ||
	    (g->document_path = file_path(o->election, "documents", "keygen-session.json", NULL)) == NULL ||
	    (g->keys = calloc(1, sizeof *g->keys)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	snprintf(g->keys->election, sizeof g->keys->election, "%s", g->definition->id);
	g->keys->threshold = o->threshold;
	g->keys->cards = o->cards;
	if ((r = refuse_existing(g)) != OK || (r = keygen_facts_open(g)) != OK)
		return r;
	return cards_open(&g->desk, g->settings, g->keys, keygen_card_note, g);
}

/* ---- attendance (PROCESS 6 to 8) */

static enum status ask_name(char out[KEYGEN_NAME_MAX + 1], const char *question, const char *missing)
{
	enum status r = prompt_line(out, KEYGEN_NAME_MAX + 1, question);

	if (r != OK)
		return r;
	if (out[strspn(out, " \t")] == '\0')
		return fault(E_REFUSED, _("numeral 6: la sesión no empieza sin todos los presentes"), "%s", missing);
	return OK;
}

static enum status ask_member(struct keygen *g, unsigned card)
{
	char name[KEYGEN_NAME_MAX + 1], question[128], missing[128];
	enum status r;

	snprintf(question, sizeof question, _("Integrante del Comité, tarjeta %u:"), card);
	snprintf(missing, sizeof missing, _("falta el integrante de la tarjeta %u"), card);
	if ((r = ask_name(name, question, missing)) != OK)
		return r;
	for (unsigned i = 0; i + 1 < card; i++)
		if (strcmp(g->keys->members[i].name, name) == 0)
			return fault(E_REFUSED, NULL, _("%s ya tiene la tarjeta %u"), name, i + 1);
	if ((g->keys->members[card - 1].name = strdup(name)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	return OK;
}

static enum status attendance(struct keygen *g)
{
	json_t *who;
	enum status r;

	report_step(_("Sesión de llaves: %s"), g->definition->title);
	if (g->definition->simulation)
		report_info(_("SIMULACRO, sin validez oficial"));
	if ((r = ask_name(g->place, _("Lugar:"), _("falta el lugar"))) != OK ||
	    (r = ask_name(g->hsm_admin, _("Administrador del HSM:"), _("falta el Administrador del HSM"))) != OK ||
	    (r = ask_name(g->coordinator, _("Coordinador:"), _("falta el Coordinador"))) != OK ||
	    (r = ask_name(g->notary, _("Fedatario:"), _("falta el Fedatario"))) != OK)
		return r;
	for (unsigned card = 1; card <= g->keys->cards; card++)
		if ((r = ask_member(g, card)) != OK)
			return r;
	who = json_pack("{s:s,s:s,s:s,s:s,s:i}", "place", g->place, "hsm_admin", g->hsm_admin, "coordinator",
	                g->coordinator, "notary", g->notary, "members", (int)g->keys->cards);
	if (who == NULL)
		return fault(E_REFUSED, NULL, _("un nombre no es UTF-8"));
	if ((r = keygen_note(g, "attendance", g->coordinator, who, _("Se tomó la asistencia en %s."), g->place)) != OK ||
	    (r = keygen_demand(g, "all-present", _("¿Están presentes todos los nombrados? [s/n]"),
	                       _("no están todos los que el procedimiento pide"))) != OK ||
	    (r = keygen_demand(g, "receipts-signed",
	                       _("¿Cada integrante recibió su tarjeta y entregó firmado su acuse? [s/n]"),
	                       _("faltan acuses de recibo firmados (numeral 8)"))) != OK)
		return r;
	return keygen_confirm(g, _("asistencia y entrega de tarjetas"));
}

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

static enum status committee_keys(struct keygen *g, const struct secret *k)
{
	enum status r = shares_committee_keys(g->keys->committee_key, k);

	for (unsigned i = 0; i < COMMITTEE_KEYS && r == OK; i++)
		for (unsigned j = 0; j < i; j++)
			if (point_equal(&g->keys->committee_key[i], &g->keys->committee_key[j]))
				r = fault(E_FAILED, _("empiece de nuevo"), _("dos llaves del comité resultaron iguales"));
	return r;
}

static enum status hand_out(struct keygen *g, const struct secret *k)
{
	struct secret *shares[SHARES_MAX] = {NULL};
	enum status r;

	report_step(_("Escritura de las tarjetas, una por una"));
	if ((r = shares_split(shares, g->keys->commitments, k, g->keys->threshold, g->keys->cards)) == OK)
		r = cards_write(g->desk, shares, g->serials);
	for (unsigned i = 0; i < g->keys->cards; i++)
		secret_free(shares[i]);
	return r;
}

/* ---- the vault (PROCESS 10, 11) */

static enum status show_vault(struct keygen *g, struct vault *vault)
{
	json_t *facts = vault_facts(vault), *value;
	char hex[2 * POINT_BYTES + 1];
	const char *name;

	if (facts == NULL || json_object_set(g->facts, "vault", facts) != 0) {
		json_decref(facts);
		return fault(E_FAILED, NULL, _("no hay memoria"));
	}
	report_info(_("bóveda «%s», serie %s; atributos de la llave de apertura leídos de vuelta:"),
	            json_string_value(json_object_get(facts, "label")), vault_serial(vault));
	json_object_foreach(json_object_get(facts, "attributes"), name, value)
		report_info("    %-22s %s", name, json_is_true(value) ? "TRUE" : "FALSE");
	hex_encode(hex, g->keys->election_key.octets, POINT_BYTES);
	report_info(_("llave de la elección: %s"), hex);
	return keygen_note(g, "vault-made", g->hsm_admin, facts,
	                   _("Se creó en el HSM (serie %s) el par de llaves: la de apertura de votos no puede salir de "
	                     "él."),
	                   vault_serial(vault));
}

static enum status make_spare(struct keygen *g, const struct secret *k)
{
	const char *store = settings_path(g->settings, "hsm.vault_store", "");
	uint8_t sha256[32];
	char hex[65];
	enum status r;

	if (store == NULL)
		return E_USAGE;
	if (store[0] == '\0')
		return keygen_demand(g, "vault-cloned",
		                     _("¿Se clonó la bóveda con los medios del fabricante del HSM? [s/n]"),
		                     _("la bóveda no tiene copia"));
	if ((r = spare_write(&g->spare, sha256, g->settings, g->definition->id, k)) != OK)
		return r;
	hex_encode(hex, sha256, 32);
	report_info(_("copia de la bóveda: %s (SHA-256 %s)"), g->spare, hex);
	if (json_object_set_new(g->facts, "spare", json_pack("{s:s,s:s}", "file", g->spare, "sha256", hex)) != 0)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	return keygen_note(g, "spare-made", g->hsm_admin, json_pack("{s:s,s:s}", "file", g->spare, "sha256", hex),
	                   _("Se hizo la copia cifrada de la bóveda; su SHA-256 es %s."), hex);
}

/* From K to the cards, the vault and its spare; K does not outlive it. */
static enum status make_keys(struct keygen *g)
{
	struct vault *vault = NULL;
	struct secret *k = NULL;
	enum status r;

	if ((r = vault_prepare(&vault, g->settings)) != OK || (r = make_k(&k, vault)) != OK ||
	    (r = committee_keys(g, k)) != OK || (r = hand_out(g, k)) != OK)
		goto done;
	report_step(_("Creación de la bóveda y de la llave de apertura"));
	if ((r = vault_make(vault, k)) != OK || (r = vault_public_key(vault, &g->keys->election_key)) != OK ||
	    (r = show_vault(g, vault)) != OK || (r = keygen_confirm(g, _("bóveda y llave de apertura"))) != OK)
		goto done;
	vault_close(vault);
	vault = NULL;
	r = make_spare(g, k);
done:
	vault_close(vault);
	secret_free(k);
	return r;
}

/* ---- the end */

/* keys.json is made under another name, so that the document can have its hash, and appears last. */
static enum status publish(struct keygen *g)
{
	uint8_t sha256[32];
	char *part = NULL, hex[65];
	enum status r;

	if (asprintf(&part, "%s.unfinished", g->keys_path) < 0)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	unlink(part);
	if ((r = keys_file_write(g->keys, part)) != OK || (r = file_sha256(sha256, part)) != OK)
		goto done;
	hex_encode(hex, sha256, 32);
	if ((r = keygen_note(g, "keys-published", g->hsm_admin, json_pack("{s:s}", "sha256", hex),
	                     _("Se escribieron las llaves públicas, keys.json; su SHA-256 es %s."), hex)) != OK ||
	    (r = keygen_facts_write(g, sha256)) != OK)
		goto done;
	/* link, not rename: never over an existing one. */
	if (link(part, g->keys_path) != 0) {
		r = fault(E_FAILED, NULL, "%s: %s", g->keys_path, strerror(errno));
		goto done;
	}
	report_step(_("Sesión de llaves terminada"));
	report_info(_("keys.json: %s"), g->keys_path);
	report_info(_("SHA-256: %s"), hex);
	report_info(_("hechos de la sesión: %s"), g->document_path);
done:
	unlink(part);
	free(part);
	return r;
}

static void keygen_free(struct keygen *g)
{
	cards_close(g->desk);
	journal_close(g->journal);
	keys_file_free(g->keys);
	definition_free(g->definition);
	json_decref(g->facts);
	free(g->keys_path);
	free(g->document_path);
	free(g->spare);
}

enum status keygen_run(struct settings *s, const struct keygen_options *o)
{
	struct keygen g = {.settings = s, .options = o};
	enum status r;

	if ((r = prepare(&g)) != OK || (r = keygen_note(&g, "session-begun", NULL, NULL, _("Empezó la sesión."))) != OK)
		goto done;
	if ((r = attendance(&g)) == OK && (r = make_keys(&g)) == OK && (r = keygen_rehearse(&g)) == OK &&
	    (r = keygen_confirm(&g, _("ensayo"))) == OK)
		r = publish(&g);
	if (r != OK && journal_write(g.journal, "session-broken-off", NULL, json_pack("{s:i}", "status", (int)r)) == OK)
		report_warning(NULL, _("la sesión no terminó: no hay llaves publicadas"));
done:
	keygen_free(&g);
	return r;
}
