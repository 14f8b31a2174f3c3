/*
 * System hash report (numeral 14): what each host has installed, against the certified manifest of the dictamen; every
 * differing, missing and extra file by name, and the versions of the packages that it runs on.
 */
#ifndef REPORT_SYSTEM_HASH_H
#define REPORT_SYSTEM_HASH_H

#include "report/system_reports.h"

struct report_difference {
	const char *path, *what; /* what: "no es el archivo certificado" */
};
struct report_package {
	const char *name, *version;
};
struct report_host {
	const char *name, *sections; /* "servidor" */
	moment checked;
	uint64_t files;
	const struct report_difference *differences;
	size_t n_differences;
	const struct report_package *packages;
	size_t n_packages;
};
struct report_system_hash {
	struct report_heading heading;
	uint8_t certified_sha256[32];
	bool database; /* the database's functions and rights were compared too, with the opening */
	const struct report_host *hosts;
	size_t n_hosts;
};
/* With differences too: then it says that the system is not opened. */
MUST_USE enum status report_system_hash(const char *path, const struct report_system_hash *h);

#endif
