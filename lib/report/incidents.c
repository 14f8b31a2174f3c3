/* See incidents.h. */
#include "report/incidents.h"
#include "report/document.h"
#include "report/folio.h"
#include "report/words.h"
#include <stdio.h>
#include <string.h>

/* "2027-06-07T00:04:59Z" */
static void in_utc(char out[40], moment when)
{
	char utc[40];

	moment_rfc3339(utc, sizeof utc, when, "UTC");
	snprintf(out, 40, "%.19sZ", utc);
}

void report_instant(char *out, size_t size, moment when, const char *zone)
{
	char date[REPORT_DATE_SIZE], hour[REPORT_DATE_SIZE], utc[40];

	if (when == 0) {
		snprintf(out, size, "—");
		return;
	}
	report_date(date, sizeof date, when, zone);
	report_time(hour, sizeof hour, when, zone);
	in_utc(utc, when);
	snprintf(out, size, "%.60s, %.20s (%.40s); %.20s", date, hour, zone, utc);
}

void report_duration(char *out, size_t size, int64_t seconds)
{
	long long s = seconds > 0 ? (long long)seconds : 0;

	if (s >= 3600)
		snprintf(out, size, "%lld h %02lld min %02lld s", s / 3600, s / 60 % 60, s % 60);
	else if (s >= 60)
		snprintf(out, size, "%lld min %02lld s", s / 60, s % 60);
	else
		snprintf(out, size, "%lld s", s);
}

const char *report_votes_affected(const struct report_incident *i)
{
	return i->votes_affected == NULL ? "—" : strcmp(i->votes_affected, "?") == 0 ? "sin determinar" : i->votes_affected;
}

static enum status begin(struct document **d, const struct definition *def, const char *title, const char *subtitle,
                         const char *kind, unsigned number, const uint8_t content[32], moment when)
{
	char folio[FOLIO_SIZE];
	struct document_head head = {.title = title,
	                             .subtitle = subtitle,
	                             .election = def->title,
	                             .folio = folio,
	                             .date = when,
	                             .zone = def->zone,
	                             .simulation = def->simulation};

	folio_make(folio, def->id, kind, number, content);
	return document_new(d, &head);
}

static void signatures(struct document *d, const char *operator, const char *intro)
{
	const struct document_signer signers[3] = {
	        {operator, "Operador del Sistema"}, {" ", "Administrador del Sistema"}, {" ", "Coordinador"}};

	document_signatures(d, intro, signers, 3);
}

static void outage(struct document *d, const struct report_incident *i, const char *zone)
{
	char from[REPORT_INSTANT_SIZE], to[REPORT_INSTANT_SIZE], lasted[REPORT_DURATION_SIZE];

	if (i->outage_from == 0)
		return;
	report_instant(from, sizeof from, i->outage_from, zone);
	report_instant(to, sizeof to, i->outage_to, zone);
	report_duration(lasted, sizeof lasted, i->outage_to - i->outage_from);
	document_pair(d, "Sin servicio desde", "%s", from);
	if (i->outage_to != 0) {
		document_pair(d, "Sin servicio hasta", "%s", to);
		document_pair(d, "Duración", "%s", lasted);
	} else {
		document_pair(d, "Sin servicio hasta", "todavía sin servicio");
	}
}

static void history(struct document *d, const struct report_incident *i, const char *zone)
{
	static const struct document_column columns[] = {{"Fecha y hora", 0.24, DOCUMENT_LEFT},
	                                                 {"Quién y qué", 0.2, DOCUMENT_LEFT},
	                                                 {"Lo asentado", 0.48, DOCUMENT_LEFT},
	                                                 {"Línea", 0.08, DOCUMENT_RIGHT}};
	char date[REPORT_DATE_SIZE], hour[REPORT_DATE_SIZE], both[2 * REPORT_DATE_SIZE + 4], utc[40], line[REPORT_FIGURES_SIZE];

	document_heading(d, "Historia del incidente, tal como está en la bitácora");
	document_table_begin(d, columns, 4);
	for (size_t k = 0; k < i->n_events; k++) {
		const struct report_incident_event *e = &i->events[k];
		const struct document_cell cells[4] = {
		        {.text = both, .note = utc}, {.text = e->action, .note = e->who}, {.text = e->text}, {.text = line}};

		report_date(date, sizeof date, e->when, zone);
		report_time(hour, sizeof hour, e->when, zone);
		snprintf(both, sizeof both, "%s, %s", date, hour);
		in_utc(utc, e->when);
		report_figures(line, sizeof line, e->line);
		document_table_row(d, DOCUMENT_ROW, cells);
	}
	document_table_end(d);
}

enum status report_incident(const char *path, const struct report_incidents *r, size_t index)
{
	const struct report_incident *i = &r->list[index];
	const char *zone = r->definition->zone;
	const struct {
		const char *label;
		moment when;
		const char *text;
	} facts[] = {{"Detectado", i->detected, i->detected_by},
	             {"Informado a", i->reported, i->reported_to},
	             {"Mitigado", i->mitigated, i->mitigation},
	             {"Cerrado", i->closed, NULL}};
	struct document_hash hash = {.label = "Última línea del incidente en la bitácora", .note = r->journal};
	char title[64], when[REPORT_INSTANT_SIZE];
	struct document *d = NULL;
	enum status s;

	snprintf(title, sizeof title, "Incidente %u", i->number);
	if ((s = begin(&d, r->definition, title, i->title, "IN", i->number, i->sha256,
	               i->n_events > 0 ? i->events[i->n_events - 1].when : r->when)) != OK)
		return s;
	document_pair(d, "Estado", "%s", i->closed != 0 ? "cerrado" : i->mitigated != 0 ? "mitigado, sin cerrar" : "abierto");
	document_pair(d, "Componente", "%s", i->component != NULL ? i->component : "—");
	for (size_t k = 0; k < sizeof facts / sizeof *facts; k++) {
		report_instant(when, sizeof when, facts[k].when, zone);
		if (facts[k].text != NULL)
			document_pair(d, facts[k].label, "%s\n%s", facts[k].text, when);
		else
			document_pair(d, facts[k].label, "%s", when);
	}
	document_pair(d, "Impacto", "%s", i->impact != NULL ? i->impact : "—");
	document_pair(d, "Votos afectados", "%s", report_votes_affected(i));
	outage(d, i, zone);
	history(d, i, zone);
	document_note(d, "La bitácora sólo crece y cada línea lleva la huella de la anterior: lo asentado no se corrige, se "
	                 "asienta de nuevo.");
	document_heading(d, "Huella digital");
	memcpy(hash.bytes, i->sha256, 32);
	document_hashes(d, &hash, 1);
	signatures(d, i->detected_by != NULL ? i->detected_by : " ",
	           "El Operador y el Administrador del Sistema informan al Coordinador (numerales 24 y 25).");
	s = document_write(d, path);
	document_free(d);
	return s;
}

static void rows(struct document *d, const struct report_incidents *r)
{
	static const struct document_column columns[] = {{"Núm.", 0.06, DOCUMENT_RIGHT},
	                                                 {"Qué ocurrió", 0.26, DOCUMENT_LEFT},
	                                                 {"Detectado", 0.19, DOCUMENT_LEFT},
	                                                 {"Mitigado", 0.19, DOCUMENT_LEFT},
	                                                 {"Cerrado", 0.19, DOCUMENT_LEFT},
	                                                 {"Votos afectados", 0.11, DOCUMENT_RIGHT}};
	char number[16], when[3][2 * REPORT_DATE_SIZE + 4], note[3][40], date[REPORT_DATE_SIZE], hour[REPORT_DATE_SIZE];

	document_table_begin(d, columns, 6);
	for (size_t k = 0; k < r->n; k++) {
		const struct report_incident *i = &r->list[k];
		const moment moments[3] = {i->detected, i->mitigated, i->closed};

		snprintf(number, sizeof number, "%u", i->number);
		for (int m = 0; m < 3; m++) {
			report_date(date, sizeof date, moments[m], r->definition->zone);
			report_time(hour, sizeof hour, moments[m], r->definition->zone);
			snprintf(when[m], sizeof when[m], moments[m] != 0 ? "%s, %s" : "—", date, hour);
			in_utc(note[m], moments[m]);
		}
		document_table_row(d, DOCUMENT_ROW,
		                   (struct document_cell[]){{.text = number},
		                                            {.text = i->title, .note = i->component},
		                                            {.text = when[0], .note = note[0]},
		                                            {.text = when[1], .note = moments[1] != 0 ? note[1] : NULL},
		                                            {.text = when[2], .note = moments[2] != 0 ? note[2] : NULL},
		                                            {.text = report_votes_affected(i)}});
	}
	document_table_end(d);
}

enum status report_incident_register(const char *path, const struct report_incidents *r)
{
	struct document_hash hash = {.label = "Última línea de la bitácora de la operación", .note = r->journal};
	struct document *d = NULL;
	unsigned open = 0;
	enum status s;

	if ((s = begin(&d, r->definition, "Registro de incidentes", NULL, "RN", 1, r->last, r->when)) != OK)
		return s;
	for (size_t k = 0; k < r->n; k++)
		open += r->list[k].closed == 0;
	document_text(d, "Incidentes detectados durante la operación del Sistema, su mitigación y a quién se informaron (numerales 24 "
	                 "y 25). Horas en la zona %s; debajo, en UTC.", r->definition->zone);
	document_pair(d, "Incidentes", "%zu", r->n);
	document_pair(d, "Sin cerrar", "%u", open);
	if (r->n > 0) {
		document_heading(d, "Incidentes");
		rows(d, r);
	} else {
		document_text(d, "No se registró ningún incidente.");
	}
	document_note(d, "Se obtuvo de la bitácora de la operación, encadenada, de %llu líneas.", (unsigned long long)r->lines);
	document_heading(d, "Huella digital");
	memcpy(hash.bytes, r->last, 32);
	document_hashes(d, &hash, 1);
	signatures(d, " ", "El Operador y el Administrador del Sistema informan al Coordinador (numerales 24 y 25).");
	s = document_write(d, path);
	document_free(d);
	return s;
}
