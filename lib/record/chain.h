/* lists/NAME/: list 0, the mixes that follow it, the decryption (PROTOCOL 9, 10). */
#ifndef RECORD_CHAIN_H
#define RECORD_CHAIN_H

#include "election/lists.h"
#include "record/folder.h"
#include "record/list.h"

/* lists/NAME/FILE of the record, malloc'd; index: J for a "%u.list" or "%u.proof", unused otherwise. */
char *chain_path(const char *record_folder, const char *list, const char *file);
char *chain_numbered(const char *record_folder, const char *list, unsigned index, const char *ending);
/* How many mixes there are: the greatest J such that 1..J.list and 1..J.proof are there. A file of another name, a gap,
 * a list without its proof: E_EVIDENCE. No folder: E_INCOMPLETE. *decrypted: the decryption is there. */
MUST_USE enum status chain_files(unsigned *mixes, bool *decrypted, const char *record_folder, const char *list);
/* The folder lists/ holds no list but those that are to have files. Absent is as good as empty. */
MUST_USE enum status chain_no_others(const char *record_folder, const struct election_lists *lists);
/* Mix j of a list: input in, output out (both read), proof file; E_EVIDENCE, said, with the checks that fail. */
MUST_USE enum status chain_check_mix(const struct record *r, const char *list, unsigned w, unsigned j,
                                     const struct list *in, const struct list *out);

/* What a mixer or the tally does with a list whose list 0 it has made from the box itself. All say their faults. */
/* Checks 0.list against zero, whose points are then forgotten, and every mix after it; *last: the caller's. No folder
 * yet: 0.list is written, *mixes 0. */
MUST_USE enum status chain_follow(struct list **last, unsigned *mixes, const struct record *r, const char *name,
                                  struct list *zero);
/* Mixes last, proves, checks its own proof, writes J.proof and J.list (j = *mixes + 1); then *last is the new list. E_STATE, said, if
 * the list has been decrypted. */
MUST_USE enum status chain_mix(struct list **last, unsigned *mixes, const struct record *r, const char *name);

#endif
