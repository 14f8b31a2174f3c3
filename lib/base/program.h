/*
 * What every program does first and last: language, protection of its memory, a terminal sink for what
 * the library says (steps and progress to stdout, warnings and faults to stderr), options.
 */
#ifndef BASE_PROGRAM_H
#define BASE_PROGRAM_H

#include "base/status.h"
#include <stdbool.h>

/* name: as it says itself. Also ignores SIGPIPE. */
void program_start(const char *name);
/* No progress from here on: stdout is another program's to read. */
void program_no_progress(void);
/* Flushes; a write to stdout that failed turns OK into E_FAILED. Use as `return program_end(r);`. */
int program_end(enum status r);

/*
 * Options, long ones only: "--name VALUE", "--name=VALUE" or "--flag". The first argument that is none of
 * them, or "--", ends them. --help prints `usage` and gives PROGRAM_HELP.
 */
struct program_option {
	const char *name;   /* without the dashes; NULL ends the table */
	const char **value; /* set to the argument; NULL for a flag */
	bool *flag;         /* set to true; NULL where there is a value */
};
enum program_options { PROGRAM_GO, PROGRAM_HELP, PROGRAM_BAD };
/* *next: index in argv of the first argument left. */
enum program_options program_options(int argc, char **argv, const struct program_option *table, const char *usage,
                                     int *next);

#endif
