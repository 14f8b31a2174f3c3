/* Papers beside a whole record (whole.h), good ones: what a voter, a ceremony and an observer hold. JSON, the caller's. */
#ifndef UNIT_MADE_H
#define UNIT_MADE_H

#include "protocol/ballot.h"
#include "unit/whole.h"

/* A receipt of this tracker: eid as the record's, signed by key over signed_eid. */
MUST_USE enum status made_receipt(json_t **out, const struct whole *w, const uint8_t tracker[32], EVP_PKEY *key,
                                  const uint8_t signed_eid[32]);
/* The transcript of a draw of m among n, well made. */
MUST_USE enum status made_lottery(json_t **out, const struct whole *w, unsigned n, unsigned m);

/* A ballot opened for checking; made_sealing: as the first voter of district 0 would have it. */
struct made_sealing {
	uint8_t eid[32];
	struct point credential, election_key, committee_key[COMMITTEE_KEYS];
	struct ballot_form form;
	bool same_t;
};
void made_sealing(struct made_sealing *s, const struct whole *w);
MUST_USE enum status made_opened(json_t **out, const struct made_sealing *s);

#endif
