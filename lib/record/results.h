/* results.json (PROTOCOL 11). */
#ifndef RECORD_RESULTS_H
#define RECORD_RESULTS_H

#include "election/count.h"
#include "election/lists.h"

/* counts: per list, NULL for the withheld. A new reference; NULL: out of memory. */
json_t *results_json(const uint8_t eid[32], const struct election_lists *lists, const struct definition *d,
                     struct count *const *counts);

#endif
