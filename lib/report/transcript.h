/*
 * Transcript of a guided session (numeral 10): every line of its journal in order, with its hour and the beginning of its
 * SHA-256, and the head of the chain whole, over which it is signed by hand. Whoever has the journal's file can
 * recompute each hash.
 */
#ifndef REPORT_TRANSCRIPT_H
#define REPORT_TRANSCRIPT_H

#include "base/status.h"
#include "election/definition.h"
#include "report/session.h"

struct report_transcript {
	const struct definition *definition;
	const char *title;   /* "Transcripción de la sesión de …" */
	const char *kind;    /* of the folio: "TL" */
	const char *journal; /* file; read up to where it is now */
	const struct report_session *session;
	unsigned sign;       /* SESSION_SIGN_*, report/session.h */
};

MUST_USE enum status report_transcript(const char *path, const struct report_transcript *t);

#endif
