/*
 * What every command of the operator needs (numerals 23 to 26): settings, the election's folder and definition, and
 * journal/monitor-election.jsonl, the journal of the operation. Public.
 */
#ifndef MONITOR_OPERATION_H
#define MONITOR_OPERATION_H

#include "base/program.h"
#include "base/settings.h"
#include "base/status.h"
#include "election/definition.h"
#include "journal/journal.h"

struct operation {
	struct settings *settings;
	char *election; /* the folder */
	struct definition *definition;
	char *journal_path;
	struct journal *journal;
};

/* config, election: NULL for the default settings file and its election.folder. E_STATE, said: no election was opened
 * there. The journal is made where missing. */
MUST_USE enum status operation_open(struct operation *out, const char *config, const char *election);
/* The same without the journal (NULL), for an account that may not write it. */
MUST_USE enum status operation_look(struct operation *out, const char *config, const char *election);
void operation_close(struct operation *o); /* safe on a zeroed one */

/* election/documents/NAME.pdf, the folder made where missing. After the closing one that is there stays, for the closing
 * report has its hash: then NAME-tras-el-cierre.pdf. malloc'd; NULL: said. */
char *operation_document(const struct operation *o, const char *name);
/* Who does it, for the journal: `given`, or the account that runs the program. */
const char *operation_who(const char *given);

/* A command's options, and nothing after them. *go false: --help was asked for and shown. E_USAGE, said. */
MUST_USE enum status operation_options(bool *go, int argc, char **argv, const struct program_option *table,
                                       const char *usage);

/* ---- the commands of monitor-election: argv[0] is the command's word, options follow */
MUST_USE enum status integrity_command(int argc, char **argv);
MUST_USE enum status incident_command(int argc, char **argv);
MUST_USE enum status seal_command(int argc, char **argv);
MUST_USE enum status probe_command(int argc, char **argv);
MUST_USE enum status report_command(int argc, char **argv);
MUST_USE enum status state_command(int argc, char **argv);

#endif
