/*
 * What could not be told to the database, kept beside the election until it can: monitor/NAME-unsent.jsonl, one line of JSON
 * each, appended and fsynced, brought in in order and then emptied. The file is locked: one process at a time. Public.
 */
#ifndef MONITOR_UNSENT_H
#define MONITOR_UNSENT_H

#include "base/settings.h"
#include "base/status.h"
#include "store/entry.h"

struct unsent;
/* name: "probe", "watch". E_STATE, said: another process has it. slug: the election's id. */
MUST_USE enum status unsent_open(struct unsent **out, const struct settings *s, const char *election, const char *slug,
                                 const char *name);
void unsent_close(struct unsent *u);
/* To the database, after what has waited; where it does not answer (said as a warning), to the file. E_FAILED, said: neither. */
MUST_USE enum status unsent_entry(struct unsent *u, const struct entry *e);
MUST_USE enum status unsent_sample(struct unsent *u, const struct sample *s);

/* What has waited, to the database. E_FAILED, said: it does not answer. */
MUST_USE enum status unsent_flush(struct unsent *u);

/* *good: when the last log-in that the database knows to have gone well began (0: none). Where it does not answer (said as a
 * warning) *good stays. What has waited is brought in first. */
void unsent_last_success(struct unsent *u, moment *good);

/* For whoever only reads: the last log-in that still waits there. False: none. */
bool unsent_last_entry(struct entry *out, const char *election);

#endif
