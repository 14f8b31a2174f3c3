/* The same work over [0, n) on all cores. */
#ifndef BASE_PARALLEL_H
#define BASE_PARALLEL_H

#include "base/status.h"
#include <stdint.h>

/* Does the work for [from, to); may say faults: they are kept, and the one of the lowest range is said by the caller's
 * thread. */
typedef enum status (*parallel_work)(void *ctx, uint64_t from, uint64_t to);

/* One range a core (one in all below min_each items a core). OK if every range is OK, else the status of the lowest
 * range that is not. */
MUST_USE enum status parallel_for(uint64_t n, uint64_t min_each, parallel_work work, void *ctx);

#endif
