/*
 * The index that maps every numeral to what shows that it was done (DESIGN 10): documents by the folio that each PDF
 * carries in its own metadata, and events of the journals. It looks at what is in the election's folder and at nothing
 * else.
 */
#ifndef CEREMONY_NUMERALS_H
#define CEREMONY_NUMERALS_H

#include "base/status.h"
#include "report/final_act.h"

struct numerals {
	struct report_evidence *rows;
	size_t n;
	void *owned;
};
/* documents/ and archive/ for folios, journal/ for events. */
MUST_USE enum status numerals_find(struct numerals **out, const char *election_folder);
void numerals_free(struct numerals *n);

#endif
