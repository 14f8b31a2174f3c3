/* See tally.h. K lives between the cards and the vault's closing, in tally_with_cards alone. */
#include "ceremony/tally.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/prompt.h"
#include "base/report.h"
#include "ceremony/cards.h"
#include "ceremony/tally_parts.h"
#include "record/chain.h"
#include "report/tally_act.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void tally_fact(struct tally *t, const char *fmt, ...)
{
	va_list args;

	if (t->n_facts == TALLY_FACTS_MAX)
		return;
	va_start(args, fmt);
	vsnprintf(t->fact_text[t->n_facts], TALLY_FACT, fmt, args);
	va_end(args);
	t->facts[t->n_facts] = (struct report_fact){moment_now(), t->fact_text[t->n_facts]};
	report_info("%s", t->fact_text[t->n_facts]);
	t->n_facts++;
}

static enum status note(struct tally *t, const char *event, const char *who, json_t *detail)
{
	return journal_write(t->journal, event, who, detail);
}

/* ---- Before anything: is this the moment? (numeral 29) */

static char *act_path(const struct tally *t, size_t list)
{
	char name[128];

	snprintf(name, sizeof name, "acta-%s.pdf", t->v->ballots->lists->lists[list].name);
	return file_path(t->documents, name, NULL);
}

/* Results and every act: a session broken off before the last of them is run again. */
static bool acts_there(const struct tally *t)
{
	char *path = file_path(t->record, "results.json", NULL);
	bool there = path != NULL && file_exists(path);

	free(path);
	for (size_t l = 0; there && l < t->v->ballots->lists->n; l++) {
		path = act_path(t, l);
		there = path != NULL && file_exists(path);
		free(path);
	}
	return there;
}

static enum status check_state(const struct tally *t)
{
	const struct definition *d = t->v->record.definition;
	char when[96];

	if (acts_there(t))
		return fault(E_STATE, _("si falta borrar tarjetas: tally erase"),
		             _("el cómputo ya se hizo: están record/results.json y todas las actas"));
	if (moment_now() < d->tally_not_before) {
		moment_text(when, sizeof when, d->tally_not_before, d->zone);
		return fault(E_STATE, NULL, _("el cómputo no puede empezar antes del %s"), when);
	}
	return OK;
}

static enum status attend(struct tally *t)
{
	const struct definition *d = t->v->record.definition;
	char now[96], question[256];
	bool yes = false;
	enum status s;

	report_step(_("Asistencia (numeral 29)"));
	if ((s = attendance_ask(&t->attendance, t->v->record.keys)) != OK)
		return s;
	moment_text(now, sizeof now, moment_now(), d->zone);
	snprintf(question, sizeof question, _("Fedatario: el reloj de este equipo dice %s. ¿Es la hora? (s/n)"), now);
	if ((s = prompt_yes(&yes, question)) != OK)
		return s;
	if (!yes)
		return fault(E_REFUSED, _("ponga en hora el equipo y empiece de nuevo"), _("el Fedatario no confirma el reloj"));
	tally_fact(t, _("El Fedatario confirmó la hora del equipo: %s."), now);
	return note(t, "tally-attendance", t->attendance.notary,
	            json_pack("{s:s, s:s, s:s}", "place", t->attendance.place, "hsm_admin", t->attendance.hsm_admin,
	                      "coordinator", t->attendance.coordinator));
}

/* ---- Record, box, seal; mixes: nothing is opened yet */

static void tell(void *ctx, const struct verify_report *r, enum verify_check c)
{
	(void)ctx;
	if (r->outcome[c] == VERIFY_HOLDS)
		report_info("%s: %s (%llu)", verify_check_name(c), _("se cumple"), (unsigned long long)r->items[c]);
	else
		fault(E_EVIDENCE, NULL, "%s: %s", verify_check_name(c), r->reason[c]);
}

static enum status verify_closed(struct tally *t)
{
	enum status s;

	report_step(_("Expediente, urna y sello"));
	if ((s = verify_keep(&t->v, &t->report, t->record, VERIFY_UNTIL_CLOSING, tell, NULL)) != OK)
		return fault(s, s == E_INCOMPLETE ? _("traiga lo que falta con close-election") : NULL,
		             _("el expediente no se cumple hasta el cierre: no se abre nada"));
	return OK;
}

static enum status mix_lists(struct tally *t)
{
	const struct election_lists *lists = t->v->ballots->lists;
	unsigned wanted = t->v->record.definition->mixes, mixes = 0;
	enum status s = OK;

	report_step(_("Mezclas: las que haya, comprobadas; las que falten, hechas"));
	if ((t->last = calloc(lists->n, sizeof *t->last)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	for (size_t l = 0; s == OK && l < lists->n; l++) {
		unsigned before;

		if (t->v->ballots->zero[l] == NULL)
			continue;
		if ((s = chain_follow(&t->last[l], &mixes, &t->v->record, lists->lists[l].name, t->v->ballots->zero[l])) !=
		    OK)
			break;
		before = mixes;
		while (s == OK && mixes < wanted)
			s = chain_mix(&t->last[l], &mixes, &t->v->record, lists->lists[l].name);
		if (s == OK)
			tally_fact(t, _("Lista «%s»: %u mezclas comprobadas y %u hechas aquí."), lists->lists[l].name, before,
			           mixes - before);
	}
	return s == OK ? note(t, "tally-mixes", NULL, NULL) : s;
}

/* ---- Lottery (numeral 30) */

static enum status draw(struct tally *t)
{
	const struct keys_file *keys = t->v->record.keys;
	char *path = file_path(t->documents, "lottery.json", NULL);
	enum status s = E_FAILED;

	if (path == NULL)
		return s;
	report_step(_("Sorteo de quienes abren la bóveda (numeral 30)"));
	if (file_exists(path)) {
		report_info(_("el sorteo ya está hecho: %s"), path);
		s = lottery_read(&t->lottery, t->v->record.eid, path);
		if (s == OK && (t->lottery.n != keys->cards || t->lottery.m != keys->threshold))
			s = fault(E_EVIDENCE, NULL, _("%s: no es el sorteo de %u entre %u"), path, keys->threshold, keys->cards);
	} else {
		s = lottery_draw(&t->lottery, t->settings, t->journal, t->v->record.eid, keys->cards, keys->threshold, path);
	}
	free(path);
	for (unsigned i = 0; s == OK && i < keys->threshold; i++)
		tally_fact(t, _("Salió sorteada la tarjeta %u: %s."), t->lottery.order[i],
		           keys->members[t->lottery.order[i] - 1].name);
	return s == OK ? note(t, "tally-lottery", t->attendance.coordinator, NULL) : s;
}

/* ---- Cards, vault, votes (numerals 31 to 33) */

static enum status card_note(void *ctx, unsigned card, const char *event, const char *text)
{
	struct tally *t = ctx;

	return note(t, "card", NULL, json_pack("{s:i, s:s, s:s}", "card", (int)card, "event", event, "text", text));
}

/* Numeral 32: the hash of the box as it lies on this disk, now, against the seal's, before anyone all. */
static enum status compare_box(struct tally *t)
{
	uint8_t now[32];
	char hex[65];
	enum status s;

	if ((s = verify_hash_file(now, t->v, "encrypted-votes.box")) != OK)
		return s;
	if (memcmp(now, t->v->box_sha256, 32) != 0)
		return fault(E_EVIDENCE, NULL, _("la urna cambió en el disco desde que se comprobó: no se abre nada"));
	hex_encode(hex, now, 32);
	tally_fact(t, _("Se recalculó el SHA-256 de la urna, %s, y es el del sello del sistema."), hex);
	return OK;
}

static enum status tally_with_cards(struct tally *t, struct cards_desk *desk)
{
	const struct keys_file *keys = t->v->record.keys;
	unsigned used[SHARES_MAX];
	struct secret *k = NULL;
	struct vault *vault = NULL;
	enum status s;

	report_step(_("Tarjetas de los sorteados (numeral 31)"));
	if ((s = cards_collect(&k, desk, t->lottery.order, keys->cards, used)) != OK)
		return s;
	for (unsigned i = 0; i < keys->threshold; i++)
		tally_fact(t, _("Se leyó la tarjeta %u de %s."), used[i], keys->members[used[i] - 1].name);
	report_step(_("Bóveda (numerales 31 y 32)"));
	if ((s = vault_open(&vault, t->settings, k, &keys->election_key, 2)) != OK || (s = compare_box(t)) != OK)
		goto done;
	tally_fact(t, _("Se abrió la bóveda %s, que resguarda la Llave de apertura de votos."), vault_serial(vault));
	report_step(_("Descifrado, apertura y cómputo (numerales 32 y 33)"));
	s = tally_open_votes(t, vault, k);
done:
	/* Whatever happened: the vault is closed and K is gone. */
	vault_close(vault);
	secret_free(k);
	if (s == OK)
		tally_fact(t, _("Se cerró la bóveda y se borró de la memoria el secreto del comité."));
	return s == OK ? note(t, "tally-counted", NULL, NULL) : s;
}

static enum status erase_cards(struct tally *t, struct cards_desk *desk)
{
	const struct keys_file *keys = t->v->record.keys;
	bool erased[SHARES_MAX] = {false};
	enum status s;

	report_step(_("Borrado de la parte de cada tarjeta (PROTOCOL 13)"));
	if (!t->v->record.definition->erase_shares) {
		tally_fact(t, _("La definición manda conservar las partes de las tarjetas: no se borran."));
		return OK;
	}
	if ((s = cards_erase(desk, erased)) != OK)
		return s;
	for (unsigned i = 0; i < keys->cards; i++)
		if (erased[i])
			tally_fact(t, _("Se borró la parte de la tarjeta %u de %s."), i + 1, keys->members[i].name);
		else
			tally_fact(t, _("NO se borró la parte de la tarjeta %u de %s."), i + 1, keys->members[i].name);
	return OK;
}

/* ---- Acts (numerals 33 to 35) */

static enum status write_acts(struct tally *t)
{
	const struct definition *d = t->v->record.definition;
	const struct keys_file *keys = t->v->record.keys;
	const struct election_lists *lists = t->v->ballots->lists;
	struct report_member members[SHARES_MAX];
	struct report_session session = {.place = t->attendance.place, .when = moment_now(), .members = members,
	                                 .n_members = keys->cards, .notary = t->attendance.notary,
	                                 .hsm_admin = t->attendance.hsm_admin, .coordinator = t->attendance.coordinator,
	                                 .facts = t->facts, .n_facts = t->n_facts};
	enum status s = OK;

	report_step(_("Actas de cómputo (numeral 33)"));
	for (unsigned i = 0; i < keys->cards; i++) {
		members[i] = (struct report_member){.name = keys->members[i].name, .card = i + 1,
		                                    .absent = t->attendance.absent[i]};
		for (unsigned j = 0; j < keys->threshold; j++)
			members[i].drawn |= t->lottery.order[j] == i + 1;
	}
	for (size_t l = 0; s == OK && l < lists->n; l++) {
		struct report_tally act = {.definition = d, .lists = lists, .list = l, .count = t->counts[l],
		                           .has_list = t->last[l] != NULL, .session = &session};
		char *path;

		memcpy(act.eid, t->v->record.eid, 32);
		memcpy(act.box_sha256, t->v->box_sha256, 32);
		memcpy(act.results_sha256, t->results_sha256, 32);
		if (act.has_list)
			memcpy(act.list_sha256, t->last[l]->sha256, 32);
		if ((path = act_path(t, l)) == NULL)
			return E_FAILED;
		if (!file_exists(path) && (s = report_tally_act(path, &act)) == OK)
			report_info("%s", path);
		free(path);
	}
	return s;
}

static enum status with_desk(struct tally *t, enum tally_part part)
{
	struct cards_desk *desk = NULL;
	enum status s;

	if ((s = cards_open(&desk, t->settings, t->v->record.keys, card_note, t)) != OK)
		return s;
	/* The acts come before the shares are erased: what could still break off can then be run again. */
	if (part == TALLY_ALL && (s = tally_with_cards(t, desk)) == OK)
		s = write_acts(t);
	if (s == OK)
		s = erase_cards(t, desk);
	cards_close(desk);
	return s;
}

static enum status in_order(struct tally *t, enum tally_part part)
{
	enum status s;

	if ((s = verify_closed(t)) != OK)
		return s;
	if (part == TALLY_ERASE)
		return acts_there(t) ? with_desk(t, part)
		                     : fault(E_STATE, NULL, _("las partes no se borran antes del cómputo y sus actas"));
	if ((s = check_state(t)) != OK || (s = attend(t)) != OK || (s = mix_lists(t)) != OK || (s = draw(t)) != OK ||
	    part == TALLY_DRAW)
		return s;
	return with_desk(t, part);
}

static enum status open_folders(struct tally *t)
{
	char *folder = file_path(t->election, "journal", NULL), *journal = file_path(t->election, "journal", "tally.jsonl",
	                                                                             NULL);
	enum status s = E_FAILED;

	t->record = file_path(t->election, "record", NULL);
	t->documents = file_path(t->election, "documents", NULL);
	if (folder != NULL && journal != NULL && t->record != NULL && t->documents != NULL &&
	    (s = file_mkdirs(folder, 0755)) == OK && (s = file_mkdirs(t->documents, 0755)) == OK &&
	    (s = journal_open(&t->journal, journal, "tally")) == OK)
		s = note(t, "tally-started", NULL, NULL);
	free(folder);
	free(journal);
	return s;
}

enum status tally_run(struct settings *settings, const char *election, enum tally_part part)
{
	struct tally *t = calloc(1, sizeof *t);
	size_t n = 0;
	enum status s;

	if (t == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	t->settings = settings;
	t->election = election;
	if ((s = open_folders(t)) == OK) {
		s = in_order(t, part);
		if (note(t, s == OK ? "tally-ended" : "tally-broken-off", NULL, json_pack("{s:i}", "status", (int)s)) != OK &&
		    s == OK)
			s = E_FAILED;
	}
	if (t->v != NULL)
		n = t->v->ballots->lists->n;
	for (size_t l = 0; l < n; l++) {
		if (t->last != NULL)
			list_free(t->last[l]);
		if (t->counts != NULL)
			count_free(t->counts[l]);
	}
	free(t->last);
	free(t->counts);
	verify_free(t->v);
	journal_close(t->journal);
	free(t->record);
	free(t->documents);
	free(t);
	return s;
}
