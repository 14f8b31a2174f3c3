/* See session.h. */
#include "report/session.h"
#include <stdio.h>
#include <stdlib.h>

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
