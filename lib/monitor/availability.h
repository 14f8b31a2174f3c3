/* How long each component worked, for the operation report: from the lights that monitor-election watch --record kept and from
 * the synthetic voter's log-ins. Red is down; amber still serves. Public. */
#ifndef MONITOR_AVAILABILITY_H
#define MONITOR_AVAILABILITY_H

#include "base/moment.h"
#include "report/operation_report.h"
#include "store/connection.h"

enum { AVAILABILITY_MAX = 24, AVAILABILITY_HOW = 200 };
struct availability {
	struct report_component list[AVAILABILITY_MAX]; /* their texts live in here and in components.c: in Spanish */
	char how[AVAILABILITY_MAX][AVAILABILITY_HOW];
	size_t n;
};
/* Of the while from `from` to `to`. every: seconds between two log-ins. db: as vemre_monitor. E_FAILED, said. */
MUST_USE enum status availability_read(struct availability *out, struct connection *db, moment from, moment to, long every);

#endif
