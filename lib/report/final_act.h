/*
 * What closes the session of decryption, count and custody: the inventory of what is handed over (numerals 37 to 40) and
 * the acta circunstanciada with the index of numerals (numeral 41, DESIGN 10).
 */
#ifndef REPORT_FINAL_ACT_H
#define REPORT_FINAL_ACT_H

#include "base/status.h"
#include "election/definition.h"
#include "report/session.h"
#include <stdint.h>

/* Handed to the notary, and by them to the coordinator for the executive secretariat. */
struct report_envelope {
	const char *number, *member; /* number: as written on it */
	unsigned card;
	bool erased; /* the card's share, in the tally */
};
struct report_custody {
	const struct definition *definition;
	const struct report_session *session;
	const struct report_envelope *envelopes;
	size_t n_envelopes;
	const char *disk;  /* make and serial */
	const char *other; /* other media; NULL or "": none */
	uint8_t huellas_sha256[32];
};
MUST_USE enum status report_custody(const char *path, const struct report_custody *c);

/* A row of the index: what shows that a numeral was done. */
struct report_evidence {
	const char *numeral, *what;
	const char *program;  /* what shows it: a command of the project; not in the act */
	const char *evidence; /* folio, or the journal and its event; "" where this folder has none */
	const char *signers;
	moment when;          /* 0: not known */
};
struct report_final {
	const struct definition *definition;
	const struct report_session *session; /* of the tally: attendance, facts */
	const struct report_session *custody; /* of the archive: facts, confirmations, exceptions */
	const struct report_evidence *index;
	size_t n_index;
	uint8_t eid[32], box_sha256[32], results_sha256[32], huellas_sha256[32];
};
MUST_USE enum status report_final_act(const char *path, const struct report_final *f);

#endif
