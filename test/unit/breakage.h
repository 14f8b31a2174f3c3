/*
 * Altered records: each a good one with one thing made wrong, and whatever follows made again by the right keys where
 * that is the point. test_verify and break-record run them all.
 */
#ifndef UNIT_BREAKAGE_H
#define UNIT_BREAKAGE_H

#include "record/verify.h"
#include "unit/whole.h"

enum file_edit {
	EDIT_NONE,
	EDIT_FLIP,    /* a bit of the byte at `at` (negative: from the end) */
	EDIT_REMOVE,  /* the file or folder */
	EDIT_CUT,     /* its last byte */
	EDIT_EMPTY,
	EDIT_APPEND,  /* `with` */
	EDIT_REPLACE, /* the first `find` by `with` */
	EDIT_UPPER,   /* the first a-f after the first `find` */
	EDIT_FOLDER,  /* a folder in its place */
	EDIT_COPY,    /* over it, the file `with` */
	EDIT_ADD,     /* a new file (its folders too) that says `with` */
	EDIT_LINES,   /* its first two lines exchanged */
	EDIT_TWICE,   /* its first line twice */
	EDIT_CUT_AT,  /* all from `at` on */
	EDIT_PATCH,   /* the bytes at `at` by `with`, as long */
	EDIT_WHOLE,   /* nothing but `with` */
};

struct breakage {
	const char *name;
	const char *shape;        /* the good record, of WHOLE_SHAPES */
	enum verify_check check;  /* the first that does not hold */
	enum verify_outcome outcome;
	const char *about;        /* stands in its reason */
	enum status (*alter)(struct whole *w);
	enum file_edit edit;
	const char *file, *find, *with;
	long at;
};

extern const struct breakage BREAKAGES_FILES[], BREAKAGES_BOX[], BREAKAGES_LISTS[], BREAKAGES_VOTES[],
    BREAKAGES_RESULTS[], BREAKAGES_FIELDS[];
/* All of them, one after another; NULL at the end. */
const struct breakage *breakage(unsigned i);
/* A copy of the good record in folder, broken so. */
MUST_USE enum status breakage_make(const struct breakage *b, const struct whole *good, const char *folder);
/* What verify_record must return for it. */
enum status breakage_status(const struct breakage *b);
/* What is wrong with the verdict on the broken record, in static storage; NULL: nothing. */
const char *breakage_judge(const struct breakage *b, enum status verdict, const struct verify_report *report);
/* Changes a file of the record: what EDIT_... does. */
MUST_USE enum status breakage_edit(const struct whole *w, enum file_edit edit, const char *file, const char *find,
                                   const char *with, long at);

#endif
