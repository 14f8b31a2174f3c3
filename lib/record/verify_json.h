/* The verifier's report as JSON (verify-election --json), for programs: stable words, never translated but `name`. */
#ifndef RECORD_VERIFY_JSON_H
#define RECORD_VERIFY_JSON_H

#include "record/verify.h"
#include <jansson.h>
#include <stdbool.h>

/* {"format", "record", "until", "verdict", "status", "eid" (null: not known), "ballots", "malformed": {"undecodable",
 * "off-curve", "mismatch", "challenged"}, "checks": [{"check", "name", "outcome", "items", "reason" (null: none)}]}
 * verdict: holds, unproved, incomplete, false, failed; outcome: holds, unproved, missing, false, not-reached. status is
 * the exit status. A new reference; NULL: out of memory. */
json_t *verify_report_json(const struct verify_report *r, const char *folder, enum verify_phase until,
                           enum status status);
/* "opening", "closing", "mixing", "tally". False: none of them. */
bool verify_phase_read(enum verify_phase *out, const char *name);

#endif
