/* The count (DESIGN 7; LGIPE 288-291, 311; LGPP 87): what a plain vote counts as, and a list's figures. Public. */
#ifndef ELECTION_COUNT_H
#define ELECTION_COUNT_H

#include "base/status.h"
#include "election/definition.h"
#include <jansson.h>

enum vote_kind { COUNT_NULL, COUNT_OPTION, COUNT_COMBINATION, COUNT_UNREGISTERED };

/* *marks: the options of COUNT_OPTION and COUNT_COMBINATION. *text_len: of the write-in, COUNT_UNREGISTERED
 * (the text is v + 8). v: envelope_plain_len(contest->w) bytes. */
enum vote_kind count_vote(uint64_t *marks, size_t *text_len, const struct contest *c, const uint8_t *v);

struct combination {
	uint64_t marks, votes;
};
struct write_in {
	char *text; /* UTF-8, no zero inside */
	uint64_t votes;
};
struct count {
	const struct contest *contest;
	uint64_t total, unregistered, null_votes, malformed;
	uint64_t options[DEFINITION_OPTIONS_MAX];
	uint64_t credited[DEFINITION_OPTIONS_MAX]; /* after count_finish */
	uint64_t *candidates;                      /* per candidate, after count_finish */
	struct combination *combinations;          /* sorted by marks after count_finish */
	size_t n_combinations;
	struct write_in *write_ins; /* sorted by text after count_finish */
	size_t n_write_ins;
};

MUST_USE enum status count_new(struct count **out, const struct contest *contest);
void count_free(struct count *c);
MUST_USE enum status count_add(struct count *c, const uint8_t *v);
void count_add_malformed(struct count *c);
/* Distribution of combinations among their options, sums, and the sums' identities (a broken one is E_FAILED). */
MUST_USE enum status count_finish(struct count *c);
/* A common candidacy's votes among its parties by largest remainder, ties by the definition's order (informative
 * annex). out: n_parties of the option. */
void count_common_shares(uint64_t *out, const struct option *o, uint64_t votes);
/* "pan+pri": ids joined by + in the definition's order. malloc'd. */
char *count_combination_name(const struct contest *c, uint64_t marks);
/* The list's object of results.json. district: the id, or NULL. A new reference; NULL: out of memory. */
json_t *count_json(const struct count *c, const char *list, const char *district);

#endif
