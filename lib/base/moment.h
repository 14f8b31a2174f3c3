/* Moments: RFC 3339 texts of the record, seconds since 1970 UTC inside, the election's zone for people. */
#ifndef BASE_MOMENT_H
#define BASE_MOMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t moment; /* seconds since 1970-01-01T00:00:00Z, no leap seconds */

/* Strict RFC 3339 date-time (a fraction of a second is allowed and dropped). False if it is not one. */
bool moment_parse(moment *out, const char *text);
/* Is a before b, fractions of a second too? What is no such text is before everything. */
bool moment_earlier(const char *a, const char *b);
moment moment_now(void);
/* "2027-05-15T20:00:00-06:00" in the zone (an IANA name). out: at least 32 bytes. */
void moment_rfc3339(char *out, size_t size, moment when, const char *zone);
/* For people: "15 de mayo de 2027, 20:00:00 (America/Mexico_City)", or in English. out: at least 96 bytes. */
void moment_text(char *out, size_t size, moment when, const char *zone);
bool moment_zone_known(const char *zone);

#endif
