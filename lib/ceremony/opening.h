/*
 * The opening of an election on its server (numerals 13 to 16): what must be there is asked for, compared and loaded;
 * opening.json fixes it for ever; the initial report shows that everything is at zero.
 */
#ifndef CEREMONY_OPENING_H
#define CEREMONY_OPENING_H

#include "base/settings.h"
#include "base/status.h"
#include "election/definition.h"

struct opening_request {
	const char *election;             /* the election's folder */
	const char *definition;           /* NULL: record/election.json is there */
	const char *load;                 /* NULL: enrolment/server-load.csv */
	const char *registrar_key;        /* a file of 130 hex digits; NULL: enrolment/registrar.pub */
	const char *certified;            /* the certified manifest, or NULL: what is installed is taken for it */
	const char *const *system_keys;   /* files of 130 hex digits, one per host */
	unsigned n_system_keys;
};

/*
 * All or nothing: on a fault neither the database nor any of the files is left. E_STATE: a step before this one is
 * missing (named) or this one was done already; E_EVIDENCE: files that do not agree; E_REFUSED: too late to open.
 * Leaves record/election.json, record/opening.json, documents/initial-report.json and .txt, documents/manifest.txt.
 */
MUST_USE enum status opening_run(struct settings *s, const struct opening_request *q);

/* The definition's faults, each said with its place. */
MUST_USE enum status opening_check(const char *definition);

/* Prints the installed system's manifest hash; compares with `certified` (NULL: does not). */
MUST_USE enum status opening_system_hash(struct settings *s, const char *certified);

/*
 * The simulacro's balancer invents its clients' addresses: where a configuration of the setting web.configurations
 * carries its mark (OPENING_BALANCER_MARK), only a definition with "simulation": true may be served. E_REFUSED, said.
 */
#define OPENING_BALANCER_MARK "VEMRE-SIMULATED-ADDRESSES"
MUST_USE enum status opening_check_web(struct settings *s, const struct definition *d);

#endif
