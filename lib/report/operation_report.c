/* See operation_report.h. */
#include "report/operation_report.h"
#include "report/document.h"
#include "report/folio.h"
#include "report/words.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HOUR = 3600, LABELS = 9 };

static void day_hour(char *out, size_t size, moment when, const char *zone)
{
	char date[REPORT_DATE_SIZE], hour[REPORT_DATE_SIZE];

	report_date(date, sizeof date, when, zone);
	report_time(hour, sizeof hour, when, zone);
	snprintf(out, size, when != 0 ? "%.60s, %.20s" : "—", date, hour);
}

static void availability(struct document *d, const struct report_operation *o)
{
	static const struct document_column columns[] = {{"Componente", 0.24, DOCUMENT_LEFT},
	                                                 {"Disponible", 0.12, DOCUMENT_RIGHT},
	                                                 {"Sin servicio", 0.15, DOCUMENT_RIGHT},
	                                                 {"Interrupciones", 0.17, DOCUMENT_RIGHT},
	                                                 {"De dónde sale", 0.32, DOCUMENT_LEFT}};
	char percent[32], down[REPORT_DURATION_SIZE], times[16];

	document_heading(d, "Disponibilidad por componente");
	document_table_begin(d, columns, 5);
	for (size_t i = 0; i < o->n_components; i++) {
		const struct report_component *c = &o->components[i];
		/* Rounded down: what was interrupted is never shown as 100 %. */
		int64_t share = c->observed > 0 ? (c->observed - c->down) * 100000 / c->observed : 0;

		if (c->observed > 0)
			snprintf(percent, sizeof percent, "%lld.%03lld %%", (long long)(share / 1000), (long long)(share % 1000));
		else
			snprintf(percent, sizeof percent, "sin datos");
		report_duration(down, sizeof down, c->down);
		snprintf(times, sizeof times, "%u", c->interruptions);
		document_table_row(d, DOCUMENT_ROW,
		                   (struct document_cell[]){
		                           {.text = c->name}, {.text = percent}, {.text = down}, {.text = times}, {.text = c->how}});
	}
	document_table_end(d);
}

/* Some LABELS of the hours bear their hour; where there are many, some midnights their day. */
static void participation(struct document *d, const struct report_operation *o)
{
	struct document_bar *bars = calloc(o->n_hours + 1, sizeof *bars);
	char (*labels)[40] = calloc(o->n_hours + 1, sizeof *labels), text[REPORT_DATE_SIZE], most_at[2 * REPORT_DATE_SIZE],
	      figures[REPORT_FIGURES_SIZE];
	moment first = o->from - o->from % HOUR;
	size_t step = (o->n_hours + LABELS - 1) / LABELS, most = 0, at = 0;

	document_heading(d, "Participación por hora (votos recibidos)");
	if (bars == NULL || labels == NULL || o->n_hours == 0) {
		document_text(d, "La votación todavía no ha empezado.");
		goto done;
	}
	if (step >= 6) {
		step = (step + 23) / 24 * 24;
		report_time(text, sizeof text, first, o->definition->zone);
		at = (24 - strtoul(text, NULL, 10)) % 24;
	}
	for (size_t i = 0; i < o->n_hours; i++) {
		bars[i].value = o->hours[i];
		most = o->hours[i] > o->hours[most] ? i : most;
		if (i % step != at)
			continue;
		if (step >= 24) {
			report_date(text, sizeof text, first + (moment)i * HOUR, o->definition->zone);
			snprintf(labels[i], sizeof labels[i], "%.*s", (int)strcspn(text + 6, " ") + 6, text);
		} else {
			report_time(text, sizeof text, first + (moment)i * HOUR, o->definition->zone);
			snprintf(labels[i], sizeof labels[i], "%.5s", text);
		}
		bars[i].label = labels[i];
	}
	document_bars(d, bars, o->n_hours);
	day_hour(most_at, sizeof most_at, first + (moment)most * HOUR, o->definition->zone);
	report_figures(figures, sizeof figures, o->hours[most]);
	document_pair(d, "Hora con más votos", "%s: %s", most_at, figures);
	document_note(d, "De los contadores por hora de la base de datos (zona %s); de ningún voto se guarda la hora.",
	              o->definition->zone);
done:
	free(bars);
	free(labels);
}

static void delivery(struct document *d, const struct report_operation *o, const struct report_deliveries *l)
{
	const struct document_column columns[] = {{l->what, 0.4, DOCUMENT_LEFT},
	                                          {"Aceptados", 0.15, DOCUMENT_RIGHT},
	                                          {"Rechazados", 0.15, DOCUMENT_RIGHT},
	                                          {"En espera", 0.15, DOCUMENT_RIGHT},
	                                          {"Aceptados, %", 0.15, DOCUMENT_RIGHT}};
	struct report_delivery all = {.key = "Total"};
	char f[3][REPORT_FIGURES_SIZE], percent[48], when[2 * REPORT_DATE_SIZE];

	document_heading(d, l->title);
	if (l->when == 0) {
		document_text(d, "No hay en este equipo archivo de cifras de entrega.");
		return;
	}
	document_table_begin(d, columns, 5);
	for (size_t i = 0; i <= l->n; i++) {
		const struct report_delivery *e = i < l->n ? &l->list[i] : &all;
		uint64_t sum = e->accepted + e->refused + e->waiting;

		report_figures(f[0], sizeof f[0], e->accepted);
		report_figures(f[1], sizeof f[1], e->refused);
		report_figures(f[2], sizeof f[2], e->waiting);
		/* Rounded down, as above. */
		snprintf(percent, sizeof percent, sum > 0 ? "%llu.%llu" : "—",
		         (unsigned long long)(sum > 0 ? e->accepted * 1000 / sum / 10 : 0),
		         (unsigned long long)(sum > 0 ? e->accepted * 1000 / sum % 10 : 0));
		document_table_row(d, i < l->n ? DOCUMENT_ROW : DOCUMENT_TOTAL,
		                   (struct document_cell[]){
		                           {.text = e->key}, {.text = f[0]}, {.text = f[1]}, {.text = f[2]}, {.text = percent}});
		all.accepted += e->accepted;
		all.refused += e->refused;
		all.waiting += e->waiting;
	}
	document_table_end(d);
	day_hour(when, sizeof when, l->when, o->definition->zone);
	document_note(d, "Cifras del %s.", when);
}

static void incidents(struct document *d, const struct report_operation *o)
{
	static const struct document_column columns[] = {{"Núm.", 0.08, DOCUMENT_RIGHT},
	                                                 {"Qué ocurrió", 0.44, DOCUMENT_LEFT},
	                                                 {"Detectado", 0.24, DOCUMENT_LEFT},
	                                                 {"Estado", 0.12, DOCUMENT_LEFT},
	                                                 {"Votos afectados", 0.12, DOCUMENT_RIGHT}};
	char number[16], when[2 * REPORT_DATE_SIZE];

	document_heading(d, "Incidentes");
	if (o->incidents->n == 0) {
		document_text(d, "No se registró ningún incidente.");
		return;
	}
	document_table_begin(d, columns, 5);
	for (size_t k = 0; k < o->incidents->n; k++) {
		const struct report_incident *i = &o->incidents->list[k];

		snprintf(number, sizeof number, "%u", i->number);
		day_hour(when, sizeof when, i->detected, o->definition->zone);
		document_table_row(d, DOCUMENT_ROW,
		                   (struct document_cell[]){{.text = number},
		                                            {.text = i->title, .note = i->component},
		                                            {.text = when},
		                                            {.text = i->closed != 0 ? "cerrado" : i->mitigated != 0 ? "mitigado" : "abierto"},
		                                            {.text = report_votes_affected(i)}});
	}
	document_table_end(d);
	document_note(d, "Cada uno tiene su documento, y todos el registro de incidentes.");
}

static void checks(struct document *d, const struct report_operation *o)
{
	static const struct document_column columns[] = {{"Cuándo", 0.28, DOCUMENT_LEFT},
	                                                 {"Equipo", 0.22, DOCUMENT_LEFT},
	                                                 {"Quién", 0.2, DOCUMENT_LEFT},
	                                                 {"Piezas", 0.12, DOCUMENT_RIGHT},
	                                                 {"Diferencias", 0.18, DOCUMENT_RIGHT}};
	char when[2 * REPORT_DATE_SIZE], pieces[REPORT_FIGURES_SIZE], faults[REPORT_FIGURES_SIZE];

	document_heading(d, "Revisiones de integridad contra el manifiesto certificado");
	if (o->n_checks == 0) {
		document_text(d, "No se hizo ninguna revisión desde la apertura.");
		return;
	}
	document_table_begin(d, columns, 5);
	for (size_t i = 0; i < o->n_checks; i++) {
		const struct report_check *c = &o->checks[i];

		day_hour(when, sizeof when, c->when, o->definition->zone);
		report_figures(pieces, sizeof pieces, c->pieces);
		report_figures(faults, sizeof faults, c->differences);
		document_table_row(d, DOCUMENT_ROW,
		                   (struct document_cell[]){{.text = when},
		                                            {.text = c->host, .note = c->database ? "con la base de datos" : NULL},
		                                            {.text = c->who},
		                                            {.text = pieces},
		                                            {.text = faults}});
	}
	document_table_end(d);
}

static void changes(struct document *d, const struct report_operation *o)
{
	static const struct document_column columns[] = {{"Bitácora", 0.26, DOCUMENT_LEFT},
	                                                 {"Suceso", 0.2, DOCUMENT_LEFT},
	                                                 {"Veces", 0.1, DOCUMENT_RIGHT},
	                                                 {"Primera", 0.22, DOCUMENT_LEFT},
	                                                 {"Última", 0.22, DOCUMENT_LEFT}};
	static const struct document_column heads[] = {{"Bitácora", 0.42, DOCUMENT_LEFT},
	                                               {"Líneas", 0.16, DOCUMENT_RIGHT},
	                                               {"SHA-256 de la última línea", 0.42, DOCUMENT_LEFT}};
	char times[REPORT_FIGURES_SIZE], first[2 * REPORT_DATE_SIZE], last[2 * REPORT_DATE_SIZE], head[96];

	document_heading(d, "Cambios y sucesos asentados en las bitácoras");
	document_table_begin(d, columns, 5);
	for (size_t i = 0; i < o->n_changes; i++) {
		const struct report_change *c = &o->changes[i];

		report_figures(times, sizeof times, c->times);
		day_hour(first, sizeof first, c->first, o->definition->zone);
		day_hour(last, sizeof last, c->last, o->definition->zone);
		document_table_row(d, DOCUMENT_ROW,
		                   (struct document_cell[]){
		                           {.text = c->journal}, {.text = c->what}, {.text = times}, {.text = first}, {.text = last}});
	}
	document_table_end(d);
	document_heading(d, "Bitácoras");
	document_text(d, "%s", o->seals);
	document_table_begin(d, heads, 3);
	for (size_t i = 0; i < o->n_journals; i++) {
		report_figures(times, sizeof times, o->journals[i].lines);
		document_groups(head, o->journals[i].head, 32);
		document_table_row(d, DOCUMENT_ROW,
		                   (struct document_cell[]){{.text = o->journals[i].name}, {.text = times}, {.text = head, .mono = true}});
	}
	document_table_end(d);
}

enum status report_operation(const char *path, const struct report_operation *o)
{
	const struct document_signer signers[] = {{" ", "Administrador del Sistema"}, {" ", "Coordinador (recibe)"}};
	const char *zone = o->definition->zone;
	char folio[FOLIO_SIZE], opens[REPORT_INSTANT_SIZE], closes[REPORT_INSTANT_SIZE], to[REPORT_INSTANT_SIZE],
	        voters[REPORT_FIGURES_SIZE], ballots[REPORT_FIGURES_SIZE];
	struct document_head head = {.title = "Informe de operación del Sistema",
	                             .election = o->definition->title,
	                             .folio = folio,
	                             .date = o->when,
	                             .zone = zone,
	                             .simulation = o->definition->simulation};
	struct document *d = NULL;
	enum status r;

	folio_make(folio, o->definition->id, "RO", 1, o->content);
	if ((r = document_new(&d, &head)) != OK)
		return r;
	report_instant(opens, sizeof opens, o->definition->opens, zone);
	report_instant(closes, sizeof closes, o->definition->closes, zone);
	report_instant(to, sizeof to, o->to, zone);
	report_figures(voters, sizeof voters, o->voters);
	report_figures(ballots, sizeof ballots, o->ballots);
	document_text(d, "El Administrador del Sistema informa al Coordinador, para el comité técnico, cómo operó el Sistema "
	                 "(numerales 23 a 26).");
	document_heading(d, "Periodo");
	document_pair(d, "Apertura", "%s", opens);
	document_pair(d, "Cierre", "%s", closes);
	document_pair(d, "Informa hasta", "%s; votación %s", to, o->state);
	document_pair(d, "Votantes registrados", "%s", voters);
	document_pair(d, "Votos recibidos", "%s", ballots);
	availability(d, o);
	participation(d, o);
	for (size_t i = 0; i < o->n_deliveries; i++)
		delivery(d, o, &o->deliveries[i]);
	incidents(d, o);
	checks(d, o);
	changes(d, o);
	document_signatures(d, "El Administrador del Sistema informa al Coordinador (numeral 26).", signers, 2);
	r = document_write(d, path);
	document_free(d);
	return r;
}
