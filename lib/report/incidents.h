/*
 * Incidents of the operation (numerals 24, 25): one document per incident, and the register of all of them. Each says in
 * which line of which journal it rests. Public; never anything of a vote.
 */
#ifndef REPORT_INCIDENTS_H
#define REPORT_INCIDENTS_H

#include "base/moment.h"
#include "base/status.h"
#include "election/definition.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One line of the journal that speaks of the incident. */
struct report_incident_event {
	moment when;
	const char *who, *action, *text; /* action: "Alta"; text: what it set, a line each */
	uint64_t line;                   /* of the journal */
};
/* Moments: 0 where not yet, or never. Texts: NULL where not said. */
struct report_incident {
	unsigned number; /* from 1 */
	const char *title, *component, *impact, *detected_by, *reported_to, *mitigation;
	const char *votes_affected; /* digits, or "?" */
	moment detected, reported, mitigated, closed;
	moment outage_from, outage_to; /* the component was out of service; outage_to 0: still is */
	struct report_incident_event *events;
	size_t n_events;
	uint8_t sha256[32]; /* of its last line in the journal */
};
struct report_incidents {
	const struct definition *definition;
	const char *journal; /* "journal/monitor-election.jsonl" */
	struct report_incident *list;
	size_t n;
	uint64_t lines;   /* of the journal when it was read */
	uint8_t last[32]; /* SHA-256 of the last one */
	moment when;
};

/* Number i of the list. The document's date is that of the incident's last event. */
MUST_USE enum status report_incident(const char *path, const struct report_incidents *r, size_t i);
MUST_USE enum status report_incident_register(const char *path, const struct report_incidents *r);

/* ---- for others that tell of incidents */
enum { REPORT_INSTANT_SIZE = 160, REPORT_DURATION_SIZE = 40 };
/* "6 de junio de 2027, 18:04:59 (America/Mexico_City); 2027-06-07T00:04:59Z"; "—" for 0. */
void report_instant(char *out, size_t size, moment when, const char *zone);
/* "1 h 05 min 12 s" */
void report_duration(char *out, size_t size, int64_t seconds);
/* "0", "sin determinar" */
const char *report_votes_affected(const struct report_incident *i);

#endif
