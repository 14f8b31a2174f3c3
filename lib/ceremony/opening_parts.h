/* What the files of the opening share among themselves. Not for others. */
#ifndef CEREMONY_OPENING_PARTS_H
#define CEREMONY_OPENING_PARTS_H

#include "base/buffer.h"
#include "ceremony/host_report.h"
#include "ceremony/opening.h"
#include "election/rights.h"
#include "journal/journal.h"
#include "record/folder.h"
#include "report/system_reports.h"
#include "store/connection.h"

/*
 * Everything of one opening, freed in one place. Until the last step nothing has its final name: opening.json is
 * ELECTION/opening.json.new, the database NAME.opening. Renaming the database decides; a run that finds the pending
 * file finishes what was decided and takes everything else away (opening_commit.c).
 */
struct opening_work {
	struct settings *s;
	const struct opening_request *q;
	char *definition; /* record/election.json */
	char *keys, *credentials, *opening, *pending, *load, *registrar, *record, *documents;
	const char *source; /* the definition as it is read: q->definition or the record's. Borrowed. */
	bool made_pending, made_database, decided;
	char database[128], work_database[140];
	struct journal *journal;
	int lock; /* of the election's folder: one opening at a time */
	struct record *opened;
	struct rights *rights;
	struct connection *db;
	struct buffer manifest; /* the certified one; where there is none, what is installed */
	struct host_report hosts[1 + OPENING_HOSTS_MAX]; /* this one first */
	size_t n_hosts;
};

/* ---- opening_commit.c */
MUST_USE enum status opening_lock(struct opening_work *w);
/* The names of the two databases. */
MUST_USE enum status opening_databases(struct opening_work *w, const struct definition *d);
/* What an opening that was cut short has left: finished (*finished) where it was decided, else taken away. */
MUST_USE enum status opening_take_up(struct opening_work *w, bool *finished);
/* The last step: everything gets its name. From the renaming on it can be finished by running again, and not undone. */
MUST_USE enum status opening_commit(struct opening_work *w);
void opening_undo(struct opening_work *w);
/* ---- opening_system.c */
/* This host's files against the certified manifest, and the other hosts' reports; with db also the database's objects.
 * E_REFUSED, said, where one differs. Sets w->manifest and out, its SHA-256. */
MUST_USE enum status opening_certified(struct opening_work *w, uint8_t out[32], struct connection *db);
/* ---- opening_reports.c */
void opening_heading(struct report_heading *out, const struct opening_request *q, const struct definition *d);
MUST_USE enum status opening_configuration(const struct opening_request *q, const struct definition *d,
                                           const char *definition_path, const char *documents);
MUST_USE enum status opening_hash_report(const struct opening_work *w, const struct definition *d, bool database);
/* From the database; E_REFUSED, said, if anything is there. */
MUST_USE enum status opening_initial_report(struct opening_work *w);

#endif
