/* Inside lib/ceremony: the session of safekeeping (custody.h); custody.c asks, custody_papers.c writes. */
#ifndef CEREMONY_CUSTODY_PARTS_H
#define CEREMONY_CUSTODY_PARTS_H

#include "ceremony/steps.h"
#include "ceremony/tally.h"
#include "protocol/shares.h"
#include "record/folder.h"
#include "report/card_papers.h"

enum { CUSTODY_TEXT = 160 };

struct custody {
	const char *election;
	char *archive, *journal;
	struct record *record;
	struct steps *steps;
	struct tally *tally;           /* what `session` lives in */
	struct report_session session; /* the tally's */
	char envelopes[SHARES_MAX][CUSTODY_TEXT], disk[CUSTODY_TEXT], other[CUSTODY_TEXT];
};

MUST_USE enum status custody_fingerprints(struct steps *s, void *ctx);
MUST_USE enum status custody_envelopes(struct steps *s, void *ctx);
MUST_USE enum status custody_envelopes_restore(struct steps *s, void *ctx, const json_t *kept, bool *again);
MUST_USE enum status custody_computer(struct steps *s, void *ctx);
MUST_USE enum status custody_computer_restore(struct steps *s, void *ctx, const json_t *kept, bool *again);
MUST_USE enum status custody_inventory(struct steps *s, void *ctx);
MUST_USE enum status custody_act(struct steps *s, void *ctx);

#endif
