/* Who was there and what happened, as the documents of a session tell it (numerals 6, 12, 29, 34, 41). */
#ifndef REPORT_SESSION_H
#define REPORT_SESSION_H

#include "base/moment.h"
#include "report/document.h"
#include <stdbool.h>
#include <stddef.h>

struct report_member {
	const char *name;
	unsigned card;
	bool absent, drawn; /* drawn: by the lottery, to open the vault */
};
struct report_fact {
	moment when;
	const char *text; /* a sentence, in Spanish */
};
/* The notary's word on a step (numeral 10), and what was decided where nothing was foreseen (numeral 5). */
struct report_confirmation {
	moment when;
	unsigned number;      /* of the step */
	const char *numeral;  /* NULL: none */
	const char *step, *initials, *remark; /* remark: "" for none */
};
struct report_exception {
	moment when;
	const char *step, *expected, *happened, *decided, *by;
};
struct report_session {
	const char *place;
	moment when; /* of the document */
	const struct report_member *members;
	size_t n_members;
	const char *notary, *hsm_admin, *coordinator; /* NULL: not there, and left out */
	const struct report_fact *facts;
	size_t n_facts;
	const struct report_confirmation *confirmations;
	size_t n_confirmations;
	const struct report_exception *exceptions;
	size_t n_exceptions;
};

/* "Asistencia": a table of everybody with their role. */
void session_attendance(struct document *d, const struct report_session *s);
/* "Hechos": numbered, with their hours; nothing where there are none. */
void session_facts(struct document *d, const struct report_session *s);
/* "Validación del Fedatario" and "Excepciones": tables; nothing where there are none. */
void session_confirmations(struct document *d, const struct report_session *s);
void session_exceptions(struct document *d, const struct report_session *s);
/* The grid, signed by the members who are there and whoever else the numeral names. */
enum { SESSION_SIGN_HSM_ADMIN = 1, SESSION_SIGN_COORDINATOR = 2, SESSION_SIGN_NOTARY = 4, SESSION_SIGN_MEMBERS = 8 };
void session_signatures(struct document *d, const struct report_session *s, const char *intro, unsigned who);

#endif
