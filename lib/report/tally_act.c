/* See tally_act.h: the act itself. Its annex is in tally_annex.c. */
#include "report/tally_act.h"
#include "base/i18n.h"
#include "base/report.h"
#include "report/folio.h"
#include "report/tally_rows.h"
#include "report/words.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct election_list *list_of(const struct report_tally *t)
{
	return &t->lists->lists[t->list];
}

/* The Entidades whose votes this list holds, "A, B y C". malloc'd. */
static char *districts_of(const struct report_tally *t)
{
	const struct definition *d = t->definition;
	const struct contest *c = list_of(t)->contest;
	size_t contest = (size_t)(c - d->contests);
	struct buffer b = BUFFER_INIT;
	const char *names[2] = {NULL, NULL}; /* the two not yet written */

	for (unsigned i = 0; i < d->n_districts; i++) {
		if (t->lists->of[contest * d->n_districts + i] != (int)t->list)
			continue;
		if (names[0] != NULL)
			buffer_printf(&b, "%s%s", b.len > 0 ? ", " : "", names[0]);
		names[0] = names[1];
		names[1] = d->districts[i].name;
	}
	if (names[0] != NULL)
		buffer_printf(&b, "%s%s y ", b.len > 0 ? ", " : "", names[0]);
	if (names[1] != NULL)
		buffer_text(&b, names[1]);
	buffer_u8(&b, '\0');
	return (char *)b.data;
}

/* "Senadurías · Jalisco". malloc'd. */
static char *subtitle_of(const struct report_tally *t)
{
	const struct election_list *l = list_of(t);
	char *text = NULL;

	if (!l->contest->by_district || l->withheld)
		text = strdup(l->contest->office);
	else if (asprintf(&text, "%s · %s", l->contest->office,
	                  l->district >= 0 ? t->definition->districts[l->district].name : "Entidades reunidas") < 0)
		text = NULL;
	return text;
}

static void particulars(struct document *d, const struct report_tally *t)
{
	const struct election_list *l = list_of(t);
	char opens[REPORT_DATE_SIZE], closes[REPORT_DATE_SIZE];
	char *districts = districts_of(t);

	report_hours(opens, sizeof opens, t->definition->opens, t->definition->zone);
	report_hours(closes, sizeof closes, t->definition->closes, t->definition->zone);
	document_pair(d, "Cargo", "%s", l->contest->office);
	document_pair(d, "Ámbito", "%s", l->contest->federal ? "Elección federal" : "Elección local");
	if (districts != NULL && !l->contest->by_district)
		document_pair(d, "Entidades", "%s (cómputo único)", districts);
	else if (districts != NULL && l->district >= 0)
		document_pair(d, "Entidad", "%s", districts);
	else if (districts != NULL)
		document_pair(d, "Entidades reunidas",
		              "%s. Cada una tuvo menos de %u votos o se sumó a ellas para llegar a ese mínimo: se "
		              "computan juntas para guardar el secreto del voto.",
		              districts, t->definition->min_list);
	document_pair(d, "Periodo de votación", "De las %s a las %s", opens, closes);
	document_pair(d, "Lista", "%s", l->name);
	free(districts);
}

static void intro(struct document *d, const struct report_tally *t)
{
	char hours[REPORT_DATE_SIZE];

	report_hours(hours, sizeof hours, t->session->when, t->definition->zone);
	document_heading(d, "Cómputo");
	document_text(d,
	              "En %s, a las %s, reunido el Comité Electoral en la sesión de descifrado y cómputo de los "
	              "votos, y abierta la bóveda con las tarjetas de los integrantes que el sorteo señaló, se procesó "
	              "el cómputo de la votación electrónica por Internet recibida desde el extranjero (numeral 33), "
	              "con el resultado siguiente:",
	              t->session->place, hours);
}

static void results_table(struct document *d, const struct report_tally *t)
{
	static const struct document_column columns[] = {{"Partido, coalición o candidatura", 0.46, DOCUMENT_LEFT},
	                                                 {"Votos", 0.12, DOCUMENT_RIGHT},
	                                                 {"Con letra", 0.42, DOCUMENT_LEFT}};
	const struct count *c = t->count;

	document_table_begin(d, columns, 3);
	tally_band(d, "Votos por una sola opción");
	for (unsigned i = 0; i < c->contest->n_options; i++)
		tally_option_row(d, c->contest, i, c->options[i]);
	if (c->n_combinations > 0)
		tally_band(d, "Votos por dos o más partidos de una misma coalición, en la combinación exacta marcada");
	tally_combination_rows(d, c);
	tally_band(d, "Otros");
	tally_plain_row(d, DOCUMENT_ROW, "Candidaturas no registradas", c->unregistered);
	tally_plain_row(d, DOCUMENT_ROW, c->malformed > 0 ? "Votos nulos (incluidos los malformados)" : "Votos nulos",
	                c->null_votes + c->malformed);
	tally_plain_row(d, DOCUMENT_TOTAL, "Total de votos", c->total);
	document_table_end(d);
}

static void malformed_note(struct document *d, const struct count *c)
{
	char figures[REPORT_FIGURES_SIZE], words[REPORT_WORDS_SIZE];

	if (c->malformed == 0)
		return;
	report_figures(figures, sizeof figures, c->malformed);
	report_words(words, sizeof words, c->malformed);
	document_note(d,
	              "De los votos nulos, %s (%s) %s: el sobre interior no pudo abrirse como el protocolo manda. El "
	              "expediente de la elección los identifica uno por uno (decrypted-votes.csv).",
	              figures, words, c->malformed == 1 ? "es un voto malformado" : "son votos malformados");
}

static void withheld(struct document *d, const struct report_tally *t)
{
	char figures[REPORT_FIGURES_SIZE], words[REPORT_WORDS_SIZE];

	report_figures(figures, sizeof figures, list_of(t)->total);
	report_words(words, sizeof words, list_of(t)->total);
	document_heading(d, "Votos que no se abren");
	document_text(d,
	              "En la urna hay %s (%s) %s para este cargo, menos que los %u que la definición de la elección fija "
	              "como mínimo de una lista. Darlos a conocer dejaría saber cómo votaron personas determinadas. Para "
	              "guardar el secreto del voto no se descifraron ni se computaron: permanecen cifrados en la urna "
	              "(encrypted-votes.box), bajo el hash que aquí consta.",
	              figures, words, list_of(t)->total == 1 ? "voto" : "votos", t->definition->min_list);
}

static void hashes(struct document *d, const struct report_tally *t)
{
	struct document_hash h[4] = {
	    {.label = "Base de datos de votos cifrados", .note = "SHA-256 de encrypted-votes.box"},
	    {.label = "Resultados", .note = "SHA-256 de results.json"},
	    {.label = "Elección", .note = "identificador (eid)"},
	    {.label = "Lista mezclada y descifrada", .note = "SHA-256 de su último archivo"},
	};

	memcpy(h[0].bytes, t->box_sha256, 32);
	memcpy(h[1].bytes, t->results_sha256, 32);
	memcpy(h[2].bytes, t->eid, 32);
	memcpy(h[3].bytes, t->list_sha256, 32);
	document_heading(d, "Huellas digitales que atan esta acta al expediente");
	document_hashes(d, h, t->has_list ? 4 : 3);
}

static void delivery(struct document *d, const struct report_tally *t)
{
	document_heading(d, "Entrega");
	if (t->session->hsm_admin != NULL)
		document_text(d, "Imprime esta acta: %s, Administrador del HSM (numeral 33).", t->session->hsm_admin);
	if (list_of(t)->contest->federal)
		document_text(d, "Elección federal: se entrega al personal del Instituto designado previamente por la Junta "
		                 "General Ejecutiva para realizar la suma de los resultados consignados en las actas de "
		                 "escrutinio y cómputo (numeral 35, inciso a).");
	else
		document_text(d, "Elección local: se entrega al Secretario Ejecutivo del Instituto, quien a su vez la hará "
		                 "llegar al Secretario Ejecutivo del Organismo Público Local (OPL) (numeral 35, inciso b).");
}

static enum status check(const struct report_tally *t)
{
	const struct count *c = t->count;
	uint64_t sum;

	if (list_of(t)->withheld)
		return OK;
	sum = c->unregistered + c->null_votes + c->malformed;
	for (unsigned i = 0; i < c->contest->n_options; i++)
		sum += c->options[i];
	for (size_t i = 0; i < c->n_combinations; i++)
		sum += c->combinations[i].votes;
	if (c->contest != list_of(t)->contest || sum != c->total || c->total != list_of(t)->total)
		return fault(E_FAILED, NULL, _("acta de %s: las sumas no cuadran; no se imprime"), list_of(t)->name);
	return OK;
}

static void compose(struct document *d, const struct report_tally *t)
{
	particulars(d, t);
	if (list_of(t)->withheld) {
		withheld(d, t);
	} else {
		intro(d, t);
		results_table(d, t);
		malformed_note(d, t->count);
	}
	session_attendance(d, t->session);
	session_facts(d, t->session);
	hashes(d, t);
	delivery(d, t);
	session_signatures(d, t->session,
	                   "Firman los integrantes del Comité Electoral (numeral 34), que rubrican además cada página.",
	                   SESSION_SIGN_MEMBERS);
	if (!list_of(t)->withheld)
		tally_annex(d, t->count);
}

enum status report_tally_act(const char *path, const struct report_tally *t)
{
	char folio[FOLIO_SIZE], *subtitle = subtitle_of(t);
	struct document_head head = {.title = "Acta de cómputo de la votación electrónica por Internet",
	                             .subtitle = subtitle,
	                             .election = t->definition->title,
	                             .folio = t->folio != NULL ? t->folio : folio,
	                             .place = t->session->place,
	                             .date = t->session->when,
	                             .zone = t->definition->zone,
	                             .simulation = t->definition->simulation};
	struct document *d = NULL;
	enum status r;

	folio_make(folio, t->definition->id, "AC", (unsigned)t->list + 1, t->results_sha256);
	if ((r = check(t)) != OK || (r = document_new(&d, &head)) != OK)
		goto done;
	compose(d, t);
	r = document_write(d, path);
done:
	document_free(d);
	free(subtitle);
	return r;
}
