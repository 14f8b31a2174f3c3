/*
 * What the journals say of the operation: how often each kind of event, the integrity checks, and each journal's head. The
 * server's journal is read in the database (its refusals are counted, never shown), the others in journal/. Public.
 */
#ifndef MONITOR_OPERATION_EVENTS_H
#define MONITOR_OPERATION_EVENTS_H

#include "monitor/incident.h"
#include "monitor/operation.h"
#include "report/operation_report.h"
#include "store/connection.h"

struct operation_events;
/* db: as vemre_monitor. E_EVIDENCE, said: a journal's chain does not hold. */
MUST_USE enum status operation_events_read(struct operation_events **out, const struct operation *o, struct connection *db);
void operation_events_free(struct operation_events *e); /* NULL is fine */
/* Sets checks, changes and journals of *out, borrowed from e. */
void operation_events_view(const struct operation_events *e, struct report_operation *out);

#endif
