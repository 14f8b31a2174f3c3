/* Which lists there are, small ones joined or withheld (PROTOCOL 9). */
#ifndef ELECTION_LISTS_H
#define ELECTION_LISTS_H

#include "election/definition.h"

enum { LIST_NAME_MAX = 82 };

struct election_list {
	char name[LIST_NAME_MAX];
	const struct contest *contest;
	int district;   /* index, or -1: the whole contest, or the rest */
	bool withheld;  /* below min_list altogether: not opened */
	uint64_t total; /* ballots */
};
struct election_lists {
	struct election_list *lists; /* results.json's order */
	size_t n;
	unsigned n_districts;
	int *of; /* [contest * n_districts + district] -> index in lists, or -1 (contest not voted there) */
};

/* ballots[d]: how many ballots of district d are in the box. */
MUST_USE enum status lists_plan(struct election_lists **out, const struct definition *d, const uint64_t *ballots);
void lists_free(struct election_lists *l);

#endif
