/*
 * Operation report (informe de operación, numeral 26): from the Administrador del Sistema to the Coordinador and the
 * technical committee. Never anything of a vote: participation comes from counters by the hour alone.
 */
#ifndef REPORT_OPERATION_REPORT_H
#define REPORT_OPERATION_REPORT_H

#include "report/incidents.h"
#include "report/system_reports.h"

struct report_component {
	const char *name, *how; /* how: what the figure rests on */
	int64_t observed, down; /* seconds */
	unsigned interruptions;
};
struct report_delivery {
	const char *key; /* "+1", "example.org" */
	uint64_t accepted, refused, waiting;
};
struct report_deliveries {
	const char *title, *what; /* "SMS por prefijo de país"; "Prefijo" */
	moment when;              /* of the figures; 0: there are none */
	const struct report_delivery *list;
	size_t n;
};
struct report_check {
	moment when;
	const char *host, *who;
	uint64_t pieces, differences;
	bool database; /* compared too */
};
struct report_change {
	moment first, last;
	uint64_t times;
	const char *journal, *what;
};
struct report_operation {
	const struct definition *definition;
	moment when;
	const char *state;         /* "abierta" */
	moment from, to;           /* what is reported on */
	uint64_t voters, ballots;
	const uint64_t *hours;     /* ballots of each hour from that of `from` on */
	size_t n_hours;
	const struct report_component *components;
	size_t n_components;
	const struct report_deliveries *deliveries;
	size_t n_deliveries;
	const struct report_incidents *incidents;
	const struct report_check *checks;
	size_t n_checks;
	const struct report_change *changes;
	size_t n_changes;
	const struct report_journal_head *journals;
	size_t n_journals;
	const char *seals; /* a sentence on the sealing of the journal */
	uint8_t content[32]; /* what the folio is bound to */
};
MUST_USE enum status report_operation(const char *path, const struct report_operation *o);

#endif
