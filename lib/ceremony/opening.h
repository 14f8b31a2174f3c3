/*
 * The opening of an election on its server (numerals 13 to 16): what must be there is asked for, compared and loaded;
 * opening.json fixes it for ever; the initial report shows that everything is at zero.
 */
#ifndef CEREMONY_OPENING_H
#define CEREMONY_OPENING_H

#include "base/settings.h"
#include "base/status.h"
#include "election/definition.h"
#include "journal/journal.h"

struct opening_request {
	const char *election;             /* the election's folder */
	const char *definition;           /* NULL: record/election.json is there */
	const char *load;                 /* NULL: enrolment/server-load.csv */
	const char *registrar_key;        /* a file of 130 hex digits; NULL: enrolment/registrar.pub */
	const char *certified;            /* the certified manifest, or NULL, in a simulacro: what is installed is taken for it */
	const char *const *system_keys;   /* files of 130 hex digits, one per host */
	unsigned n_system_keys;
	const char *const *hosts;         /* reports of the other hosts (ceremony/host_report.h) */
	unsigned n_hosts;
	struct journal *journal; /* borrowed; NULL: journal/open-election.jsonl */
	const char *place, *admin, *notary; /* for the documents; NULL: a line to fill in by hand */
	/* Asked when all is made and the initial report shown; other than OK undoes it all. NULL: not asked. */
	enum status (*confirm)(void *ctx);
	void *confirm_ctx;
};
enum { OPENING_HOSTS_MAX = 64 };

/*
 * All or nothing: on a fault neither the database nor any of the files is left, and what a run that was killed has left
 * is finished or taken away by the next. E_STATE: a step before this one is missing (named) or this one was done already,
 * or is being done; E_EVIDENCE: files that do not agree; E_REFUSED: too late to open.
 * Leaves record/election.json, record/opening.json and in documents/ configuracion.pdf (numeral 15), hash-sistema.pdf
 * (14), reporte-inicial.pdf (16), initial-report.json and .txt, manifest.txt; in the journal opening-begun, opened,
 * opening-undone, opening-finished.
 */
MUST_USE enum status opening_run(struct settings *s, const struct opening_request *q);

/* The same as a guided session before the notary (ceremony/steps.h; journal/open-election.jsonl): handing over of dictamen
 * and manual (13), system hash (14), configuration (15), initial report (16), access (17); leaves besides in documents/
 * transcripcion-apertura.pdf and, where something was decided that the procedure does not foresee,
 * nota-consejo-apertura.pdf (5). Place, admin and notary are asked. */
MUST_USE enum status opening_session(struct settings *s, const struct opening_request *q);

/* The definition's faults, each said with its place. */
MUST_USE enum status opening_check(const char *definition);

struct opening_hash_request {
	const char *certified;    /* NULL: nothing is compared, the manifest is printed, its SHA-256 after it */
	unsigned sections;        /* MANIFEST_* of ceremony/manifest.h */
	const char *election;     /* MANIFEST_DATABASE: of this folder's election, opened; NULL: made from sql/ for the purpose */
	const char *report;       /* NULL, or the file for this host's report (replaced); needs certified */
};
/*
 * The manifest of what is installed here. A database made for the purpose is dropped. E_EVIDENCE, said by name: something differs from the certified manifest.
 */
MUST_USE enum status opening_system_hash(struct settings *s, const struct opening_hash_request *q);
/* One sheet (PDF) with several hosts' reports; E_EVIDENCE where one of them has a difference or was compared with
 * another manifest. q: hosts, certified, definition, place, admin, notary. */
MUST_USE enum status opening_collect(const struct opening_request *q, const char *pdf);

/* The configuration report alone (PDF), for comparing with the manual before the opening. q: place, admin, notary. */
MUST_USE enum status opening_print_configuration(const struct opening_request *q, const char *definition,
                                                 const char *folder);

/*
 * The simulacro's balancer invents its clients' addresses: where a configuration of the setting web.configurations
 * carries its mark (OPENING_BALANCER_MARK), only a definition with "simulation": true may be served. E_REFUSED, said.
 */
#define OPENING_BALANCER_MARK "VEMRE-SIMULATED-ADDRESSES"
MUST_USE enum status opening_check_web(struct settings *s, const struct definition *d);

#endif
