/* See incident.h: one more event, and the papers. */
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "monitor/incident.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { CLOCKS_APART = 5 }; /* seconds that a time may lie ahead of ours */

/* "HH:MM" or "HH:MM:SS" → "HH:MM:SS". */
static bool hour_of(char out[9], const char *text)
{
	size_t len = strlen(text);

	return (len == 5 || len == 8) && snprintf(out, 9, "%s%s", text, len == 5 ? ":00" : "") == 8;
}

bool incident_moment(moment *out, const char *text, const char *zone, moment now)
{
	char hour[9], local[40], today[40], rfc[64];
	moment guess;

	*out = now;
	if (text[0] == '\0' || strcmp(text, "ahora") == 0 || strcmp(text, "now") == 0)
		return true;
	if (moment_parse(out, text))
		return true;
	moment_rfc3339(today, sizeof today, now, zone);
	if (strlen(text) > 11 && (text[10] == ' ' || text[10] == 'T') && hour_of(hour, text + 11))
		snprintf(local, sizeof local, "%.10sT%s", text, hour);
	else if (hour_of(hour, text))
		snprintf(local, sizeof local, "%.10sT%s", today, hour);
	else
		return false;
	/* With today's offset first, then with that of the day found: a change of hour between the two is seen. */
	snprintf(rfc, sizeof rfc, "%s%s", local, today + 19);
	if (!moment_parse(&guess, rfc))
		return false;
	moment_rfc3339(today, sizeof today, guess, zone);
	snprintf(rfc, sizeof rfc, "%s%s", local, today + 19);
	return moment_parse(out, rfc);
}

void incident_utc(char out[40], moment when)
{
	moment_rfc3339(out, 40, when, "UTC");
	memcpy(out + 19, "Z", 2);
}

static enum status refuse(unsigned number, const char *why)
{
	return fault(E_REFUSED, NULL, _("incidente %u: %s"), number, why);
}

/* What the incident would be with this event; the register's own is left as it is. */
static enum status sound(const struct report_incident *before, unsigned number, const json_t *set,
                         enum incident_action action)
{
	struct report_incident i = before != NULL ? *before : (struct report_incident){0};
	moment now = moment_now() + CLOCKS_APART;

	for (int k = 0; k < INCIDENT_FIELDS; k++) {
		const struct incident_field *f = &incident_fields[k];
		const char *text = json_string_value(json_object_get(set, f->id));

		if (text != NULL && strlen(text) > INCIDENT_TEXT_MAX)
			return refuse(number, _("un texto es demasiado largo"));
		if (text != NULL && f->kind == INCIDENT_MOMENT)
			moment_parse((moment *)((char *)&i + f->offset), text);
		if (f->kind == INCIDENT_MOMENT && *(const moment *)((const char *)&i + f->offset) > now)
			return refuse(number, _("una de sus horas todavía no llega"));
		if (text != NULL && f->kind != INCIDENT_MOMENT && f->offset != SIZE_MAX)
			memcpy((char *)&i + f->offset, &text, sizeof text);
		if (f->kind != INCIDENT_MOMENT && (f->needed & 1u << action) != 0 &&
		    *(const char *const *)((const char *)&i + f->offset) == NULL)
			return fault(E_REFUSED, _("monitor-election incident --help muestra las opciones"), _("incidente %u: falta «%s»"), number,
			             _(f->label));
	}
	if ((i.reported != 0 && i.reported < i.detected) || (i.mitigated != 0 && i.mitigated < i.detected))
		return refuse(number, _("se informó o se mitigó antes de detectarse: revise las horas"));
	if (i.outage_to != 0 && (i.outage_from == 0 || i.outage_to < i.outage_from))
		return refuse(number, _("el servicio volvió antes de faltar: revise las horas"));
	if (action == INCIDENT_CLOSE && i.outage_from != 0 && i.outage_to == 0)
		return refuse(number, _("sigue sin servicio: diga hasta cuándo (--outage-to)"));
	return OK;
}

static enum status append(struct operation *o, enum incident_action action, unsigned *number, const char *who, json_t *set)
{
	static const char *const words[] = {"new", "update", "close"};
	const struct report_incident *before = NULL;
	struct incidents *all = NULL;
	enum status r;

	if ((r = incident_read(&all, o)) != OK)
		return r;
	if (action == INCIDENT_NEW)
		*number = (unsigned)all->view.n + 1;
	else if (*number == 0 || *number > all->view.n)
		r = fault(E_STATE, _("monitor-election incident list los muestra"), _("no hay incidente %u"), *number);
	else if ((before = &all->view.list[*number - 1])->closed != 0)
		r = fault(E_STATE, _("abra otro que lo mencione"), _("el incidente %u ya está cerrado"), *number);
	if (r == OK && (r = sound(before, *number, set, action)) == OK)
		r = journal_write(o->journal, "incident", who,
		                  json_pack("{s:i, s:s, s:O}", "incident", (int)*number, "action", words[action], "set", set));
	incident_free(all);
	return r;
}

enum status incident_write(struct operation *o, enum incident_action action, unsigned number, const char *who, json_t *set,
                           unsigned *out_number)
{
	int lock = open(o->election, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum status r;

	*out_number = number;
	if (lock < 0 || flock(lock, LOCK_EX) != 0)
		r = fault(E_FAILED, NULL, "%s: %s", o->election, strerror(errno));
	else
		r = append(o, action, out_number, operation_who(who), set);
	if (lock >= 0)
		close(lock);
	json_decref(set);
	return r;
}

enum status incident_print(const struct operation *o, unsigned number)
{
	char name[40], *one = NULL, *list = operation_document(o, "registro-de-incidentes.pdf");
	struct incidents *all = NULL;
	enum status r = E_FAILED;

	snprintf(name, sizeof name, "incidente-%03u.pdf", number);
	if (list == NULL || (number > 0 && (one = operation_document(o, name)) == NULL) || (r = incident_read(&all, o)) != OK)
		goto done;
	unlink(list);
	if (one != NULL && number <= all->view.n) {
		unlink(one);
		if ((r = report_incident(one, &all->view, number - 1)) != OK)
			goto done;
		report_info("%s", one);
	}
	if ((r = report_incident_register(list, &all->view)) == OK)
		report_info("%s", list);
done:
	incident_free(all);
	free(one);
	free(list);
	return r;
}
