/* Ballots by the hour: the counters that cast_ballot() keeps, never a ballot. As vemre_monitor or vemre_admin. */
#ifndef STORE_PARTICIPATION_H
#define STORE_PARTICIPATION_H

#include "base/moment.h"
#include "store/connection.h"

/* The hour's first second; hours without a ballot are not told. What tell returns other than OK ends it. */
typedef enum status (*participation_listener)(void *ctx, moment hour, uint64_t ballots);
MUST_USE enum status participation_tell(struct connection *c, participation_listener tell, void *ctx);

#endif
