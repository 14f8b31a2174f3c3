/*
 * Reports of the Administrador del Sistema, revised by the notary: configuration (numeral 15), initial report (16) and
 * closing report (28).
 */
#ifndef REPORT_SYSTEM_REPORTS_H
#define REPORT_SYSTEM_REPORTS_H

#include "base/status.h"
#include "election/definition.h"
#include <stddef.h>
#include <stdint.h>

struct report_heading {
	const struct definition *definition;
	const char *place;          /* NULL: not said */
	moment when;
	const char *admin, *notary; /* NULL: a line to fill in by hand */
};

/* Cotejo: the whole definition, to be compared line by line with the configuration manual. */
MUST_USE enum status report_configuration(const char *path, const struct report_heading *h,
                                          const uint8_t election_sha256[32]);

struct report_counter {
	const char *name; /* "Votos en la urna" */
	uint64_t value;
};
/* Cero votos. E_REFUSED, said, where a counter that must be zero is not: no document then. `others`: counters that
 * need not be (voters enrolled). */
struct report_initial {
	struct report_heading heading;
	uint8_t system_hash[32]; /* of the certified manifest */
	uint8_t eid[32];
	const struct report_counter *zeros, *others;
	size_t n_zeros, n_others;
};
MUST_USE enum status report_initial(const char *path, const struct report_initial *i);

struct report_journal_head {
	const char *name;
	uint64_t lines;
	const uint8_t *head; /* 32 bytes */
};
struct report_closing {
	struct report_heading heading;
	uint8_t eid[32], box_sha256[32], reissues_sha256[32], seal_sha256[32];
	uint8_t report_sha256[32]; /* of closing-report.json, which has the hash of every file that is carried */
	uint64_t ballots;
	moment closed;
	const struct report_counter *counters; /* informative: sessions ended, re-issues, … */
	size_t n_counters;
	const struct report_journal_head *journals;
	size_t n_journals;
};
MUST_USE enum status report_closing(const char *path, const struct report_closing *c);

#endif
