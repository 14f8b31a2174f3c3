/*
 * The tally with the vault (tally.h): the drawn members' cards, the vault, the box's hash, the votes; and the erasing of
 * the shares. Secret: K, between the cards and the vault's closing, in with_vault alone; freed, and the vault logged out,
 * on every way out.
 */
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "ceremony/cards.h"
#include "ceremony/tally_parts.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum status tally_card_note(void *ctx, unsigned card, const char *event, const char *text)
{
	return journal_write(ctx, "card", NULL,
	                     json_pack("{s:i, s:s, s:s}", "card", (int)card, "event", event, "text", text));
}

static unsigned lanes(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	return cores < 1 ? 1 : cores > VAULT_LANES_MAX ? VAULT_LANES_MAX : (unsigned)cores;
}

/* Numeral 32: the hash of the box as it lies on this disk, now, against the seal's, before anything of it is opened. */
static enum status compare_box(struct tally *t, struct steps *s)
{
	uint8_t now[32];
	char hex[65];
	enum status r;

	if ((r = verify_hash_file(now, t->v, "encrypted-votes.box")) != OK)
		return r;
	if (memcmp(now, t->v->box_sha256, 32) != 0)
		return fault(E_EVIDENCE, NULL, _("la urna cambió en el disco desde que se comprobó: no se abre nada"));
	hex_encode(hex, now, 32);
	return steps_fact(s, N_("Se recalculó el SHA-256 de la urna, %s, y es el del sello del Sistema."), hex);
}

static bool is_drawn(const struct tally *t, unsigned card)
{
	for (unsigned i = 0; i < t->early->keys->threshold; i++)
		if (t->lottery.order[i] == card)
			return true;
	return false;
}

static enum status with_vault(struct tally *t, struct steps *s, struct cards_desk *desk)
{
	const struct keys_file *keys = t->early->keys;
	unsigned used[SHARES_MAX];
	struct secret *k = NULL;
	struct vault *vault = NULL;
	enum status r;

	report_step(_("Tarjetas de los sorteados (numeral 31)"));
	r = cards_collect(&k, desk, t->lottery.order, keys->cards, used);
	for (unsigned i = 0; r == OK && i < keys->threshold; i++)
		r = steps_fact(s, is_drawn(t, used[i]) ? N_("Se leyó la tarjeta %u de %s.")
		                                       : N_("Se leyó la tarjeta %u de %s, suplente según el orden del sorteo."),
		               used[i], keys->members[used[i] - 1].name);
	if (r == OK)
		report_step(_("Bóveda (numerales 31 y 32)"));
	if (r != OK || (r = vault_open(&vault, t->settings, k, &keys->election_key, lanes())) != OK ||
	    (r = steps_fact(s, N_("Se abrió la bóveda %s, que resguarda la Llave de apertura de votos."),
	                    vault_serial(vault))) != OK ||
	    (r = compare_box(t, s)) != OK)
		goto done;
	report_step(_("Descifrado, apertura y cómputo (numerales 32 y 33)"));
	r = tally_open_votes(t, vault, k);
	if (r == OK && t->mismatches > 0)
		r = tally_challenges(vault, t->early, steps_journal(s), t->journal);
done:
	vault_close(vault);
	secret_free(k);
	return r == OK ? steps_fact(s, N_("Se cerró la bóveda y se borró de la memoria el secreto del comité.")) : r;
}

static enum status keep_hashes(struct tally *t, struct steps *s)
{
	char *path = file_path(t->record, "decrypted-votes.csv", NULL);
	uint8_t votes[32];
	enum status r = path != NULL ? file_sha256(votes, path) : E_FAILED;

	free(path);
	if (r == OK)
		r = steps_keep(s, json_pack("{s:o, s:o}", "results_sha256", json_hex(t->results_sha256, 32), "votes_sha256",
		                            json_hex(votes, 32)));
	return r;
}

enum status tally_count(struct steps *s, void *ctx)
{
	struct tally *t = ctx;
	struct cards_desk *desk = NULL;
	enum status r;

	if (t->part == TALLY_DRAW) {
		t->stopped = true;
		return E_STATE;
	}
	if ((r = cards_open(&desk, t->settings, t->early->keys, tally_card_note, steps_journal(s))) != OK)
		return r;
	r = with_vault(t, s, desk);
	cards_close(desk);
	return r == OK ? keep_hashes(t, s) : r;
}

static enum status same_hash(const struct tally *t, const json_t *kept, const char *field, const char *name)
{
	char *path = file_path(t->record, name, NULL);
	uint8_t was[32], is[32];
	enum status r;

	if (path == NULL)
		return E_FAILED;
	if ((r = json_hex_of(was, 32, kept, path, field)) == OK && (r = file_sha256(is, path)) == OK &&
	    memcmp(was, is, 32) != 0)
		r = fault(E_EVIDENCE, NULL, _("%s: no es el que el cómputo dejó"), path);
	free(path);
	return r;
}

/* The votes are open and counted: nothing of it is done again, no card is needed. */
enum status tally_count_restore(struct steps *s, void *ctx, const json_t *kept, bool *again)
{
	struct tally *t = ctx;
	enum status r;

	(void)s;
	(void)again;
	if ((r = same_hash(t, kept, "votes_sha256", "decrypted-votes.csv")) != OK ||
	    (r = same_hash(t, kept, "results_sha256", "results.json")) != OK)
		return r;
	return tally_count_again(t);
}

/* ---- the cards' end (numeral 37, PROTOCOL 13) */

enum status tally_erase(struct steps *s, void *ctx)
{
	struct tally *t = ctx;
	const struct keys_file *keys = t->early->keys;
	bool erased[SHARES_MAX] = {false};
	struct cards_desk *desk = NULL;
	enum status r;

	if (!t->early->definition->erase_shares)
		return steps_fact(s, N_("La definición manda conservar las partes de las tarjetas: no se borran."));
	if ((r = cards_open(&desk, t->settings, keys, tally_card_note, steps_journal(s))) == OK)
		r = cards_erase(desk, erased);
	cards_close(desk);
	for (unsigned i = 0; r == OK && i < keys->cards; i++)
		r = steps_fact(s, erased[i] ? N_("Se borró la parte de la tarjeta %u de %s.")
		                            : N_("NO se borró la parte de la tarjeta %u de %s."),
		               i + 1, keys->members[i].name);
	return r;
}

enum status tally_erase_left(struct tally *t)
{
	bool erased[SHARES_MAX] = {false};
	struct journal *journal = NULL;
	struct cards_desk *desk = NULL;
	enum status r;

	if (!tally_acts_there(t))
		return fault(E_STATE, NULL, _("las partes no se borran antes del cómputo y sus actas"));
	report_step(_("Borrado de la parte de cada tarjeta (PROTOCOL 13)"));
	if ((r = journal_open(&journal, t->journal, "tally")) == OK &&
	    (r = cards_open(&desk, t->settings, t->early->keys, tally_card_note, journal)) == OK)
		r = cards_erase(desk, erased);
	for (unsigned i = 0; r == OK && i < t->early->keys->cards; i++)
		report_info(erased[i] ? _("Se borró la parte de la tarjeta %u de %s.")
		                      : _("NO se borró la parte de la tarjeta %u de %s."),
		            i + 1, t->early->keys->members[i].name);
	cards_close(desk);
	journal_close(journal);
	return r;
}
