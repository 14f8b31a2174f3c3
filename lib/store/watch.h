/* What the monitor asks of the database, as vemre_monitor (sql/008-monitor.sql): counters, never a row, never who.
 * E_FAILED, said: the database did not answer. */
#ifndef STORE_WATCH_H
#define STORE_WATCH_H

#include "base/status.h"
#include "store/connection.h"
#include <stdbool.h>
#include <stdint.h>

struct watch_health {
	double now; /* the database's clock: seconds since 1970 */
	int connections, max_connections;
	int waiting, longest_wait;       /* locks that are waited for; seconds */
	int longest_transaction;         /* seconds */
	int64_t bytes;
	bool standby;                    /* this one follows another */
	bool synchronous;                /* commits wait for a standby */
};
MUST_USE enum status watch_health(struct connection *c, struct watch_health *out);

struct watch_standby {
	const char *name, *state, *sync; /* valid during the call */
	double lag_seconds;
	int64_t lag_bytes;
};
typedef void (*watch_standby_listener)(void *ctx, const struct watch_standby *s);
MUST_USE enum status watch_standbys(struct connection *c, watch_standby_listener tell, void *ctx);

struct watch_logins {
	int64_t failed, slowed, sessions, waiting; /* log-ins refused, addresses slowed down, voters inside, at the code */
};
MUST_USE enum status watch_logins(struct connection *c, struct watch_logins *out, int seconds);

struct watch_turnout {
	int64_t voters, ballots;
	char state[8]; /* "before", "open", "closed", "" */
};
MUST_USE enum status watch_turnout(struct connection *c, struct watch_turnout *out);
/* vemre.participation_by_hour(): hour is RFC 3339 in UTC. */
typedef void (*watch_hour_listener)(void *ctx, const char *hour, int64_t ballots);
MUST_USE enum status watch_hours(struct connection *c, watch_hour_listener tell, void *ctx);

#endif
