/* The tally before anything is opened (tally.h): attendance, record, mixes, lottery. Public all through. */
#include "base/file.h"
#include "base/i18n.h"
#include "base/prompt.h"
#include "base/report.h"
#include "ceremony/tally_parts.h"
#include "record/chain.h"
#include "report/lottery_act.h"
#include "report/words.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- attendance and clock (numeral 29) */

static enum status confirm_clock(struct tally *t, struct steps *s)
{
	const struct definition *d = t->early->definition;
	char shown[96], hours[REPORT_DATE_SIZE], seconds[REPORT_DATE_SIZE], question[256];
	moment now = moment_now();
	bool yes = false;
	enum status r;

	moment_text(shown, sizeof shown, now, d->zone);
	snprintf(question, sizeof question, _("Fedatario: el reloj de este equipo dice %s. ¿Es la hora? [s/n]"), shown);
	if ((r = prompt_yes(&yes, question)) != OK)
		return r;
	if (!yes)
		return fault(E_REFUSED, _("ponga en hora el equipo y empiece de nuevo"), _("el Fedatario no confirma el reloj"));
	report_time(seconds, sizeof seconds, now, d->zone);
	report_date(hours, sizeof hours, now, d->zone);
	return steps_fact(s, N_("El Fedatario confirmó la hora del equipo: %s del %s (%s)."), seconds, hours, d->zone);
}

static json_t *keep_attendance(const struct tally *t)
{
	json_t *absent = json_array();

	for (unsigned i = 0; i < t->early->keys->cards; i++)
		if (t->attendance.absent[i])
			json_array_append_new(absent, json_integer((json_int_t)i + 1));
	return json_pack("{s:s, s:s, s:s, s:s, s:o}", "place", t->attendance.place, "notary", t->attendance.notary,
	                 "hsm_admin", t->attendance.hsm_admin, "coordinator", t->attendance.coordinator, "absent", absent);
}

enum status tally_attendance(struct steps *s, void *ctx)
{
	struct tally *t = ctx;
	enum status r;

	if ((r = attendance_ask(&t->attendance, t->early->keys)) != OK || (r = confirm_clock(t, s)) != OK)
		return r;
	steps_notary(s, t->attendance.notary);
	if ((r = steps_keep(s, keep_attendance(t))) != OK)
		return r;
	return steps_note(s, "tally-attendance", t->attendance.notary,
	                  json_pack("{s:s, s:s, s:s}", "place", t->attendance.place, "hsm_admin", t->attendance.hsm_admin,
	                            "coordinator", t->attendance.coordinator));
}

static void take(char out[ATTENDANCE_NAME], const json_t *kept, const char *field)
{
	const char *text = json_string_value(json_object_get(kept, field));

	snprintf(out, ATTENDANCE_NAME, "%s", text != NULL ? text : "");
}

enum status tally_attendance_restore(struct steps *s, void *ctx, const json_t *kept, bool *again)
{
	struct tally *t = ctx;
	const json_t *absent = json_object_get(kept, "absent");

	take(t->attendance.place, kept, "place");
	take(t->attendance.notary, kept, "notary");
	take(t->attendance.hsm_admin, kept, "hsm_admin");
	take(t->attendance.coordinator, kept, "coordinator");
	for (size_t i = 0; i < json_array_size(absent); i++) {
		json_int_t card = json_integer_value(json_array_get(absent, i));

		if (card >= 1 && card <= SHARES_MAX)
			t->attendance.absent[card - 1] = true;
	}
	*again = t->attendance.notary[0] == '\0';
	if (!*again)
		steps_notary(s, t->attendance.notary);
	return OK;
}

/* ---- record, box and seal; mixes: nothing is opened yet */

static void tell(void *ctx, const struct verify_report *r, enum verify_check c)
{
	(void)ctx;
	if (r->outcome[c] == VERIFY_HOLDS)
		report_info("%s: %s (%llu)", verify_check_name(c), _("se cumple"), (unsigned long long)r->items[c]);
	else
		fault(E_EVIDENCE, NULL, "%s: %s", verify_check_name(c), r->reason[c]);
}

enum status tally_record(struct steps *s, void *ctx)
{
	struct tally *t = ctx;
	enum status r;

	if ((r = verify_keep(&t->v, &t->report, t->record, VERIFY_UNTIL_CLOSING, tell, NULL)) != OK)
		return fault(r, r == E_INCOMPLETE ? _("traiga lo que falta: tally --import") : NULL,
		             _("el expediente no se cumple hasta el cierre: no se abre nada"));
	if (memcmp(t->v->record.eid, t->early->eid, 32) != 0)
		return fault(E_EVIDENCE, NULL, _("el expediente cambió en el disco desde que empezó la sesión"));
	return steps_fact(s, N_("Se comprobaron el expediente, las %llu boletas de la urna y su sello: se cumplen."),
	                  (unsigned long long)t->v->ballots->n);
}

static enum status mix_list(struct tally *t, struct steps *s, size_t l)
{
	const char *name = t->v->ballots->lists->lists[l].name;
	unsigned wanted = t->v->record.definition->mixes, mixes = 0, before;
	enum status r;

	if ((r = chain_follow(&t->last[l], &mixes, &t->v->record, name, t->v->ballots->zero[l])) != OK)
		return r;
	before = mixes;
	while (r == OK && mixes < wanted)
		r = chain_mix(&t->last[l], &mixes, &t->v->record, name);
	return r == OK ? steps_fact(s, N_("Lista «%s»: %u mezclas comprobadas y %u hechas aquí."), name, before,
	                            mixes - before)
	               : r;
}

enum status tally_mixes(struct steps *s, void *ctx)
{
	struct tally *t = ctx;
	size_t n = t->v->ballots->lists->n;
	enum status r = OK;

	if ((t->last = calloc(n + 1, sizeof *t->last)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	for (size_t l = 0; r == OK && l < n; l++)
		if (t->v->ballots->zero[l] != NULL)
			r = mix_list(t, s, l);
	return r;
}

/* ---- lottery (numeral 30) */

static enum status count_commitments(void *ctx, uint64_t number, const json_t *line, const uint8_t sha256[32])
{
	const char *event = json_string_value(json_object_get(line, "event"));

	(void)number;
	(void)sha256;
	*(unsigned *)ctx += event != NULL && strcmp(event, "lottery-commitment") == 0;
	return OK;
}

static enum status lottery_act(struct tally *t)
{
	char *transcript = file_path(t->documents, "lottery.json", NULL),
	     *path = file_path(t->documents, "acta-sorteo.pdf", NULL);
	struct report_session session;
	struct report_lottery act = {.definition = t->early->definition, .transcript = transcript, .session = &session};
	enum status r = E_FAILED;

	if (transcript != NULL && path != NULL && (r = journal_read(t->journal, count_commitments, &act.draw)) == OK &&
	    !file_exists(path)) {
		tally_session(&session, t);
		if ((r = report_lottery_act(path, &act)) == OK)
			report_info("%s", path);
	}
	free(transcript);
	free(path);
	return r;
}

static enum status read_lottery(struct tally *t)
{
	char *path = file_path(t->documents, "lottery.json", NULL);
	enum status r = path != NULL ? lottery_read(&t->lottery, t->early, path) : E_FAILED;

	free(path);
	return r;
}

enum status tally_lottery(struct steps *s, void *ctx)
{
	struct tally *t = ctx;
	const struct keys_file *keys = t->early->keys;
	char *path = file_path(t->documents, "lottery.json", NULL);
	enum status r = E_FAILED;

	if (path == NULL)
		return r;
	if (file_exists(path)) {
		report_info(_("el sorteo ya está hecho: %s"), path);
		r = read_lottery(t);
	} else {
		r = lottery_draw(&t->lottery, t->settings, steps_journal(s), t->early->eid, keys->cards, keys->threshold, path);
	}
	free(path);
	for (unsigned i = 0; r == OK && i < keys->threshold; i++)
		r = steps_fact(s, N_("Salió sorteada la tarjeta %u: %s."), t->lottery.order[i],
		               keys->members[t->lottery.order[i] - 1].name);
	return r == OK ? lottery_act(t) : r;
}

enum status tally_lottery_restore(struct steps *s, void *ctx, const json_t *kept, bool *again)
{
	(void)s;
	(void)kept;
	(void)again;
	return read_lottery(ctx);
}
