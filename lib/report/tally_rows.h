/* Rows of the act and of its annex: names, emblem colours and figures of options and combinations. */
#ifndef REPORT_TALLY_ROWS_H
#define REPORT_TALLY_ROWS_H

#include "election/count.h"
#include "report/document.h"

/* Rows of three columns: name, figures, words. */
void tally_band(struct document *d, const char *text);
void tally_plain_row(struct document *d, enum document_row_kind kind, const char *name, uint64_t votes);
void tally_option_row(struct document *d, const struct contest *c, unsigned option, uint64_t votes);
/* Those with votes, coalition by coalition, the largest combination first. */
void tally_combination_rows(struct document *d, const struct count *c);

/* A cell for the options of `marks` (one or several): short names joined by +, their colours, the candidate below.
 * Its texts are in *hold, to be freed with tally_cell_free once the row is in. */
struct tally_hold {
	char *text, *note;
	uint32_t chips[DOCUMENT_CHIPS_MAX];
};
void tally_cell(struct document_cell *out, struct tally_hold *hold, const struct contest *c, uint64_t marks);
void tally_cell_free(struct tally_hold *hold);
uint32_t tally_colour(const char *hex); /* "#RRGGBB"; grey where it is none */

/* Votes of exactly these marks. */
uint64_t tally_votes_of(const struct count *c, uint64_t marks);
/* All combinations of two or more options of the coalition, larger ones first, in the definition's order. *n of them,
 * malloc'd; NULL where there are none or memory is out. */
uint64_t *tally_combinations(size_t *n, const struct coalition *k);

void tally_annex(struct document *d, const struct count *c);

#endif
