/* See session.h. */
#include "report/session.h"
#include "report/words.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void person(struct document *d, const char *name, const char *role, const char *note)
{
	const struct document_cell cells[] = {{.text = name}, {.text = role}, {.text = note}};

	if (name != NULL)
		document_table_row(d, DOCUMENT_ROW, cells);
}

void session_attendance(struct document *d, const struct report_session *s)
{
	static const struct document_column columns[] = {
	    {"Nombre", 0.46, DOCUMENT_LEFT}, {"Figura", 0.30, DOCUMENT_LEFT}, {"Observaciones", 0.24, DOCUMENT_LEFT}};
	char note[64];

	document_heading(d, "Asistencia");
	document_table_begin(d, columns, 3);
	for (size_t i = 0; i < s->n_members; i++) {
		const struct report_member *m = &s->members[i];

		snprintf(note, sizeof note, "Tarjeta %u%s", m->card,
		         m->absent ? "; ausente" : m->drawn ? "; sorteada" : "");
		person(d, m->name, "Comité Electoral", note);
	}
	person(d, s->hsm_admin, "Administrador del HSM", "");
	person(d, s->coordinator, "Coordinador", "");
	person(d, s->notary, "Fedatario", "");
	document_table_end(d);
}

void session_facts(struct document *d, const struct report_session *s)
{
	if (s->n_facts == 0)
		return;
	document_heading(d, "Hechos");
	for (size_t i = 0; i < s->n_facts; i++)
		document_fact(d, s->facts[i].when, "%s", s->facts[i].text);
}

void session_confirmations(struct document *d, const struct report_session *s)
{
	static const struct document_column columns[] = {{"Paso", 0.08, DOCUMENT_RIGHT},
	                                                 {"Lo que valida el Fedatario", 0.42, DOCUMENT_LEFT},
	                                                 {"Hora", 0.14, DOCUMENT_LEFT},
	                                                 {"Iniciales y observaciones", 0.36, DOCUMENT_LEFT}};
	char number[16], numeral[64], hour[REPORT_DATE_SIZE];

	if (s->n_confirmations == 0)
		return;
	document_heading(d, "Validación del Fedatario (numeral 10)");
	document_table_begin(d, columns, 4);
	for (size_t i = 0; i < s->n_confirmations; i++) {
		const struct report_confirmation *c = &s->confirmations[i];

		snprintf(number, sizeof number, "%u", c->number);
		snprintf(numeral, sizeof numeral, "%s%s",
		         c->numeral == NULL ? "" : strchr(c->numeral, ' ') != NULL ? "Numerales " : "Numeral ",
		         c->numeral != NULL ? c->numeral : "");
		report_time(hour, sizeof hour, c->when, document_zone(d));
		document_table_row(d, DOCUMENT_ROW,
		                   (struct document_cell[]){{.text = number},
		                                            {.text = c->step, .note = c->numeral != NULL ? numeral : NULL},
		                                            {.text = hour},
		                                            {.text = c->initials, .note = c->remark[0] != '\0' ? c->remark : NULL}});
	}
	document_table_end(d);
}

void session_exceptions(struct document *d, const struct report_session *s)
{
	static const struct document_column columns[] = {{"Hora y paso", 0.20, DOCUMENT_LEFT},
	                                                 {"Se esperaba", 0.26, DOCUMENT_LEFT},
	                                                 {"Ocurrió", 0.27, DOCUMENT_LEFT},
	                                                 {"Se decidió", 0.27, DOCUMENT_LEFT}};
	char hour[REPORT_DATE_SIZE], by[320];

	if (s->n_exceptions == 0)
		return;
	document_heading(d, "Excepciones (numeral 5)");
	document_table_begin(d, columns, 4);
	for (size_t i = 0; i < s->n_exceptions; i++) {
		const struct report_exception *e = &s->exceptions[i];

		report_time(hour, sizeof hour, e->when, document_zone(d));
		snprintf(by, sizeof by, "Por %s", e->by);
		document_table_row(d, DOCUMENT_ROW,
		                   (struct document_cell[]){{.text = hour, .note = e->step},
		                                            {.text = e->expected},
		                                            {.text = e->happened},
		                                            {.text = e->decided, .note = by}});
	}
	document_table_end(d);
}

void session_signatures(struct document *d, const struct report_session *s, const char *intro, unsigned who)
{
	struct document_signer *signers = calloc(s->n_members + 3, sizeof *signers);
	size_t n = 0;

	if (signers == NULL)
		return;
	for (size_t i = 0; i < s->n_members && who & SESSION_SIGN_MEMBERS; i++)
		if (!s->members[i].absent)
			signers[n++] = (struct document_signer){s->members[i].name, "Comité Electoral"};
	if (who & SESSION_SIGN_HSM_ADMIN && s->hsm_admin != NULL)
		signers[n++] = (struct document_signer){s->hsm_admin, "Administrador del HSM"};
	if (who & SESSION_SIGN_COORDINATOR && s->coordinator != NULL)
		signers[n++] = (struct document_signer){s->coordinator, "Coordinador"};
	if (who & SESSION_SIGN_NOTARY && s->notary != NULL)
		signers[n++] = (struct document_signer){s->notary, "Fedatario"};
	document_signatures(d, intro, signers, n);
	free(signers);
}
