/*
 * The view without a terminal, as a service: looks at the components and keeps how long each had which light, in the database
 * (vemre.sample) or, while that does not answer, in the election's monitor/watch-unsent.jsonl. Changes of a light are said.
 */
#ifndef MONITOR_WATCHER_H
#define MONITOR_WATCHER_H

#include "monitor/components.h"

enum { WATCHER_SECONDS = 300 }; /* a light that stays is written down this often: what a crash can lose */

/* Until SIGTERM or SIGINT, then what was seen is kept. E_STATE, said: another one watches this election here. */
MUST_USE enum status watcher_run(struct components *all, long refresh);

#endif
