/* See system_reports.h: initial and closing report. The configuration is in configuration.c. */
#include "report/system_reports.h"
#include "base/i18n.h"
#include "base/report.h"
#include "report/folio.h"
#include "report/system_head.h"
#include "report/words.h"
#include <string.h>

enum status system_document(struct document **d, const struct report_heading *h, const char *title, const char *kind,
                            const uint8_t content[32])
{
	char folio[FOLIO_SIZE];
	struct document_head head = {.title = title,
	                             .election = h->definition->title,
	                             .folio = folio,
	                             .place = h->place,
	                             .date = h->when,
	                             .zone = h->definition->zone,
	                             .simulation = h->definition->simulation};

	folio_make(folio, h->definition->id, kind, 1, content);
	return document_new(d, &head);
}

void system_signatures(struct document *d, const struct report_heading *h, const char *intro)
{
	const struct document_signer signers[2] = {{h->admin != NULL ? h->admin : " ", "Administrador del Sistema"},
	                                           {h->notary != NULL ? h->notary : " ", "Fedatario"}};

	document_signatures(d, intro, signers, 2);
}

static void counters(struct document *d, const char *heading, const struct report_counter *c, size_t n)
{
	static const struct document_column columns[] = {{"Contador", 0.46, DOCUMENT_LEFT},
	                                                 {"Valor", 0.12, DOCUMENT_RIGHT},
	                                                 {"Con letra", 0.42, DOCUMENT_LEFT}};
	char figures[REPORT_FIGURES_SIZE], words[REPORT_WORDS_SIZE];

	if (n == 0)
		return;
	document_heading(d, heading);
	document_table_begin(d, columns, 3);
	for (size_t i = 0; i < n; i++) {
		const struct document_cell cells[3] = {{.text = c[i].name}, {.text = figures}, {.text = words}};

		report_figures(figures, sizeof figures, c[i].value);
		report_words(words, sizeof words, c[i].value);
		document_table_row(d, DOCUMENT_ROW, cells);
	}
	document_table_end(d);
}

enum status report_initial(const char *path, const struct report_initial *i)
{
	struct document_hash h[2] = {{.label = "Sistema", .note = "SHA-256 del manifiesto dictaminado"},
	                             {.label = "Elección", .note = "identificador (eid)"}};
	struct document *d = NULL;
	enum status r = OK;

	for (size_t k = 0; k < i->n_zeros; k++)
		if (i->zeros[k].value != 0)
			r = fault(E_REFUSED, _("el sistema no se abre mientras no esté en cero"), _("reporte inicial: %s = %llu"),
			          i->zeros[k].name, (unsigned long long)i->zeros[k].value);
	if (r != OK || (r = system_document(&d, &i->heading, "Reporte inicial del Sistema", "RI", i->eid)) != OK)
		goto done;
	memcpy(h[0].bytes, i->system_hash, 32);
	memcpy(h[1].bytes, i->eid, 32);
	document_text(d, "El Administrador del Sistema obtuvo este reporte de la base de datos antes de la apertura: no "
	                 "contiene votos y sus contadores están en cero (numeral 16). El Fedatario lo revisa.");
	counters(d, "Contadores que deben estar en cero", i->zeros, i->n_zeros);
	counters(d, "Otros datos", i->others, i->n_others);
	document_heading(d, "Huellas digitales");
	document_hashes(d, h, 2);
	system_signatures(d, &i->heading, "Lo obtiene el Administrador del Sistema y lo revisa el Fedatario (numeral 16).");
	r = document_write(d, path);
done:
	document_free(d);
	return r;
}

static void journal_heads(struct document *d, const struct report_closing *c)
{
	static const struct document_column columns[] = {{"Bitácora", 0.42, DOCUMENT_LEFT},
	                                                 {"Líneas", 0.16, DOCUMENT_RIGHT},
	                                                 {"SHA-256 de la última línea", 0.42, DOCUMENT_LEFT}};
	char lines[REPORT_FIGURES_SIZE], head[96];

	if (c->n_journals == 0)
		return;
	document_heading(d, "Bitácoras al cierre");
	document_table_begin(d, columns, 3);
	for (size_t i = 0; i < c->n_journals; i++) {
		const struct document_cell cells[3] = {
		    {.text = c->journals[i].name}, {.text = lines}, {.text = head, .mono = true}};

		report_figures(lines, sizeof lines, c->journals[i].lines);
		document_groups(head, c->journals[i].head, 32);
		document_table_row(d, DOCUMENT_ROW, cells);
	}
	document_table_end(d);
	document_note(d, "Una bitácora a la que después falten líneas ya no llega a estas cifras.");
}

enum status report_closing(const char *path, const struct report_closing *c)
{
	struct document_hash h[5] = {
	    {.label = "Base de datos de votos cifrados", .note = "SHA-256 de encrypted-votes.box"},
	    {.label = "Elección", .note = "identificador (eid)"},
	    {.label = "Reposiciones de contraseña", .note = "SHA-256 de reissues.csv"},
	    {.label = "Sello del Sistema", .note = "SHA-256 de seal.json"},
	    {.label = "Todos los archivos que se trasladan", .note = "SHA-256 de closing-report.json"}};
	const struct definition *def = c->heading.definition;
	char closes[REPORT_DATE_SIZE], closed[REPORT_DATE_SIZE], hour[REPORT_DATE_SIZE];
	struct document *d = NULL;
	enum status r;

	if ((r = system_document(&d, &c->heading, "Reporte de cierre del Sistema", "RC", c->seal_sha256)) != OK)
		return r;
	memcpy(h[0].bytes, c->box_sha256, 32);
	memcpy(h[1].bytes, c->eid, 32);
	memcpy(h[2].bytes, c->reissues_sha256, 32);
	memcpy(h[3].bytes, c->seal_sha256, 32);
	memcpy(h[4].bytes, c->report_sha256, 32);
	report_hours(closes, sizeof closes, def->closes, def->zone);
	report_date(closed, sizeof closed, c->closed, def->zone);
	report_time(hour, sizeof hour, c->closed, def->zone);
	document_text(d, "A la fecha y hora configuradas el Sistema cerró de forma automática: no admitió más votos y terminó "
	                 "las sesiones abiertas (numeral 27). El Administrador del Sistema obtuvo la base de datos con los "
	                 "votos cifrados y su hash, para transferirla al equipo de cómputo de la sede (numeral 28).");
	document_pair(d, "Cierre configurado", "%s (%s)", closes, def->zone);
	document_pair(d, "Cierre ejecutado", "%s, %s, por el reloj de la base de datos", closed, hour);
	counters(d, "Urna", &(struct report_counter){"Votos cifrados en la urna", c->ballots}, 1);
	counters(d, "Otros datos", c->counters, c->n_counters);
	document_heading(d, "Huellas digitales, que se comparan en la sede");
	document_hashes(d, h, 5);
	journal_heads(d, c);
	system_signatures(d, &c->heading, "Lo obtiene el Administrador del Sistema (numeral 28), ante el Fedatario.");
	r = document_write(d, path);
	document_free(d);
	return r;
}
