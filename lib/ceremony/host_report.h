/*
 * What one host found when it compared itself with the certified manifest (numeral 14), as a file that is carried to
 * where the sheet of all hosts is made:
 *
 *   {"format", "host", "sections": ["server", …], "checked": RFC 3339, "files": n, "certified_sha256": hex,
 *    "differences": [{"path", "what": "differs"|"missing"|"extra"}], "packages": [{"name", "version"}]}
 *
 * Packages: those of the host's distribution that the programs run on, as dpkg-query tells their versions. Public.
 */
#ifndef CEREMONY_HOST_REPORT_H
#define CEREMONY_HOST_REPORT_H

#include "base/settings.h"
#include "base/status.h"
#include "ceremony/manifest.h"
#include "report/system_hash.h"
#include <jansson.h>

struct host_report {
	json_t *json; /* what the texts of `view` live in */
	char sections[96];
	uint8_t certified_sha256[32];
	struct report_host view;
};

/* Compares the sections of what is installed here with the certified ones; every difference is said too. OK with
 * differences as well: ask view.n_differences. db: its section is compared too where it is not NULL; E_EVIDENCE, said,
 * where the certified manifest has no such section. */
MUST_USE enum status host_report_make(struct host_report *out, struct settings *s, const struct buffer *certified,
                                      unsigned sections, struct connection *db);
MUST_USE enum status host_report_write(const struct host_report *h, const char *path); /* replaces */
MUST_USE enum status host_report_read(struct host_report *out, const char *path);
void host_report_free(struct host_report *h); /* safe on a zeroed one */

#endif
