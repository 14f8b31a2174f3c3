/*
 * Incidents of the operation (numerals 24, 25). What is known of them are the events "incident" of
 * journal/monitor-election.jsonl and nothing else:
 *
 *   detail {"incident": number from 1, "action": "new" | "update" | "close", "set": {field: text, …}}
 *
 * fields of FIELDS in incident.c: texts, moments (RFC 3339, UTC), votes_affected (digits, or "?"). A later event's value
 * stands over an earlier one, which stays where it was written: the journal only grows, chained.
 */
#ifndef MONITOR_INCIDENT_H
#define MONITOR_INCIDENT_H

#include "base/status.h"
#include "monitor/operation.h"
#include "report/incidents.h"
#include <jansson.h>

enum incident_action { INCIDENT_NEW, INCIDENT_UPDATE, INCIDENT_CLOSE };

enum incident_kind { INCIDENT_TEXT, INCIDENT_MOMENT, INCIDENT_COUNT };
enum { INCIDENT_FIELDS = 13, INCIDENT_TEXT_MAX = 2000 };
struct incident_field {
	const char *id;    /* in the journal, and as an option with - for _ */
	const char *label; /* msgid; the documents have it in Spanish always */
	enum incident_kind kind;
	size_t offset;     /* in struct report_incident */
	unsigned needed;   /* 1 << action: asked for where it is not known by then */
};
extern const struct incident_field incident_fields[INCIDENT_FIELDS];

struct incidents {
	struct report_incidents view;
	json_t *lines; /* what its texts live in */
};
/* Replays the journal. E_EVIDENCE, said: its chain does not hold, or an event of an incident is malformed. */
MUST_USE enum status incident_read(struct incidents **out, const struct operation *o);
void incident_free(struct incidents *i);

/* One event. number: 0 for a new one, which gets the next. set: taken over. E_STATE, said: no such incident, or it is closed.
 * E_REFUSED, said: something that closing needs is not known; times that cannot be (in the future, before the detection).
 * *out_number: the incident's. All under a lock, so that two operators never get one number. */
MUST_USE enum status incident_write(struct operation *o, enum incident_action action, unsigned number, const char *who,
                                    json_t *set, unsigned *out_number);
/* documents/incidente-NNN.pdf (number 0: of none) and documents/registro-de-incidentes.pdf, replaced. */
MUST_USE enum status incident_print(const struct operation *o, unsigned number);

/* RFC 3339; "AAAA-MM-DD HH:MM[:SS]" or "HH:MM[:SS]" (today) in the zone; "ahora" or "". False: none of these. */
bool incident_moment(moment *out, const char *text, const char *zone, moment now);

void incident_utc(char out[40], moment when); /* "2027-06-07T00:04:59Z" */

#endif
