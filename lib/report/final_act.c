/* See final_act.h. */
#include "report/final_act.h"
#include "report/folio.h"
#include "report/words.h"
#include <stdio.h>
#include <string.h>

static enum status begin(struct document **d, char folio[FOLIO_SIZE], const struct definition *def,
                         const struct report_session *s, const char *title, const char *kind, const uint8_t content[32])
{
	struct document_head head = {.title = title,
	                             .election = def->title,
	                             .folio = folio,
	                             .place = s->place,
	                             .date = s->when,
	                             .zone = def->zone,
	                             .simulation = def->simulation};

	folio_make(folio, def->id, kind, 1, content);
	return document_new(d, &head);
}

/* ---- inventory (numerals 37 to 40) */

static void envelopes(struct document *d, const struct report_custody *c)
{
	static const struct document_column columns[] = {{"Sobre", 0.16, DOCUMENT_LEFT},
	                                                 {"Integrante", 0.36, DOCUMENT_LEFT},
	                                                 {"Tarjeta", 0.10, DOCUMENT_RIGHT},
	                                                 {"Contenido", 0.38, DOCUMENT_LEFT}};
	char card[16];

	document_heading(d, "Sobres sellados y rubricados (numerales 37 y 38)");
	document_table_begin(d, columns, 4);
	for (size_t i = 0; i < c->n_envelopes; i++) {
		const struct report_envelope *e = &c->envelopes[i];
		struct document_cell cells[4] = {{.text = e->number},
		                                 {.text = e->member},
		                                 {.text = card},
		                                 {.text = "Tarjeta inteligente y hoja de papel opaco",
		                                  .note = e->erased ? "parte de la llave: borrada"
		                                                    : "parte de la llave: NO borrada de la tarjeta"}};

		snprintf(card, sizeof card, "%u", e->card);
		document_table_row(d, DOCUMENT_ROW, cells);
	}
	document_table_end(d);
}

enum status report_custody(const char *path, const struct report_custody *c)
{
	const struct report_session *s = c->session;
	struct document_hash hash = {.label = "Índice de todas las huellas", .note = "SHA-256 de archive/huellas.json"};
	const struct document_signer signers[] = {{s->notary, "Fedatario · entrega"},
	                                          {s->coordinator, "Coordinador · recibe y traslada"},
	                                          {" ", "Secretaría Ejecutiva · resguarda"}};
	char folio[FOLIO_SIZE];
	struct document *d = NULL;
	enum status r;

	if ((r = begin(&d, folio, c->definition, s, "Inventario para la custodia", "IC", c->huellas_sha256)) != OK)
		return r;
	memcpy(hash.bytes, c->huellas_sha256, 32);
	document_text(d, "El Fedatario custodió lo que aquí se enumera y lo entregó al Coordinador, para su traslado a las "
	                 "oficinas de la Secretaría Ejecutiva del Instituto y su resguardo (numeral 40).");
	envelopes(d, c);
	document_heading(d, "Equipo de cómputo de la sede, apagado (numeral 39)");
	document_pair(d, "Disco duro", "%s", c->disk);
	if (c->other != NULL && c->other[0] != '\0')
		document_pair(d, "Otros medios", "%s", c->other);
	document_heading(d, "Documento con las Huellas digitales (numeral 36)");
	document_hashes(d, &hash, 1);
	document_signatures(d, "Cada entrega se firma con su fecha y hora (numeral 40).", signers, 3);
	r = document_write(d, path);
	document_free(d);
	return r;
}

/* ---- acta circunstanciada (numeral 41) */

static void hashes(struct document *d, const struct report_final *f)
{
	struct document_hash h[4] = {{.label = "Índice de todas las huellas", .note = "SHA-256 de archive/huellas.json"},
	                             {.label = "Resultados", .note = "SHA-256 de results.json"},
	                             {.label = "Base de datos de votos cifrados", .note = "SHA-256 de encrypted-votes.box"},
	                             {.label = "Elección", .note = "identificador (eid)"}};

	memcpy(h[0].bytes, f->huellas_sha256, 32);
	memcpy(h[1].bytes, f->results_sha256, 32);
	memcpy(h[2].bytes, f->box_sha256, 32);
	memcpy(h[3].bytes, f->eid, 32);
	document_heading(d, "Huellas digitales");
	document_hashes(d, h, 4);
}

static void index_of(struct document *d, const struct report_final *f)
{
	static const struct document_column columns[] = {{"Num.", 0.08, DOCUMENT_RIGHT},
	                                                 {"Qué", 0.28, DOCUMENT_LEFT},
	                                                 {"Folio o bitácora", 0.26, DOCUMENT_LEFT},
	                                                 {"Fecha y hora", 0.17, DOCUMENT_LEFT},
	                                                 {"Firman", 0.21, DOCUMENT_LEFT}};
	char day[REPORT_DATE_SIZE], hour[REPORT_DATE_SIZE];

	document_page(d);
	document_heading(d, "Índice de numerales");
	document_table_begin(d, columns, 5);
	for (size_t i = 0; i < f->n_index; i++) {
		const struct report_evidence *e = &f->index[i];
		struct document_cell cells[5] = {{.text = e->numeral},
		                                 {.text = e->what},
		                                 {.text = e->evidence[0] != '\0' ? e->evidence : "No obra en esta carpeta"},
		                                 {.text = ""},
		                                 {.text = e->signers}};

		if (e->when != 0) {
			report_time(hour, sizeof hour, e->when, f->definition->zone);
			report_date(day, sizeof day, e->when, f->definition->zone);
			cells[3].text = hour;
			cells[3].note = day;
		}
		document_table_row(d, DOCUMENT_ROW, cells);
	}
	document_table_end(d);
	document_note(d, "De cada documento, su folio, impreso en él; de lo que no lleva documento propio, la bitácora y el "
	                 "asiento que lo prueban. Horas en la zona %s.",
	              f->definition->zone);
}

static void compose(struct document *d, const struct report_final *f)
{
	char hours[REPORT_DATE_SIZE], end[REPORT_DATE_SIZE];
	const struct report_session *s = f->session;

	report_hours(hours, sizeof hours, s->n_facts > 0 ? s->facts[0].when : s->when, f->definition->zone);
	report_hours(end, sizeof end, f->custody->when, f->definition->zone);
	document_text(d,
	              "En %s, a las %s, se reunieron los integrantes del Comité Electoral, el Fedatario, el Administrador del "
	              "HSM y el Coordinador para la sesión de descifrado y cómputo de los votos (numerales 29 a 35) y para el "
	              "resguardo y preservación de la información (numerales 36 a 41). Esta acta se entregó a firma a las %s.",
	              s->place, hours, end);
	session_attendance(d, s);
	document_text(d, "PRIMERA PARTE. Descifrado y cómputo de los votos (numerales 29 a 35).");
	session_facts(d, s);
	session_confirmations(d, s);
	session_exceptions(d, s);
	document_text(d, "SEGUNDA PARTE. Resguardo y preservación de la información (numerales 36 a 41).");
	session_facts(d, f->custody);
	session_confirmations(d, f->custody);
	session_exceptions(d, f->custody);
	hashes(d, f);
	session_signatures(d, s,
	                   "El Coordinador entrega esta acta; la firman los integrantes del Comité Electoral, el Administrador "
	                   "del HSM y el Coordinador, acto que clausura la sesión del Comité Electoral (numeral 41).",
	                   SESSION_SIGN_MEMBERS | SESSION_SIGN_HSM_ADMIN | SESSION_SIGN_COORDINATOR);
	index_of(d, f);
}

enum status report_final_act(const char *path, const struct report_final *f)
{
	struct report_session when = *f->session;
	char folio[FOLIO_SIZE];
	struct document *d = NULL;
	enum status r;

	when.when = f->custody->when;
	if ((r = begin(&d, folio, f->definition, &when,
	               "Acta circunstanciada de la sesión de cómputo y resguardo", "AF",
	               f->huellas_sha256)) != OK)
		return r;
	compose(d, f);
	r = document_write(d, path);
	document_free(d);
	return r;
}
