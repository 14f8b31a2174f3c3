/* Who may vote: credentials.csv and reissues.csv (PROTOCOL 4). Public. */
#ifndef ELECTION_RIGHTS_H
#define ELECTION_RIGHTS_H

#include "base/status.h"
#include "election/definition.h"
#include "group/point.h"

struct right {
	struct point credential;
	unsigned district; /* index in the definition */
	bool spare;
	bool old;   /* stands as old in a reissue */
	bool given; /* stands as new in a reissue */
};
struct rights {
	struct right *rights; /* sorted by credential's bytes */
	size_t n;
	uint64_t voters; /* of kind v */
};

MUST_USE enum status rights_read(struct rights **out, const char *name, const uint8_t *data, size_t len,
                                 const struct definition *d);
/* Applies reissues.csv; signatures by the registrar's key. E_EVIDENCE, said with the line. */
MUST_USE enum status rights_reissues(struct rights *r, const char *name, const uint8_t *data, size_t len,
                                     const uint8_t eid[32], const struct point *registrar);
void rights_free(struct rights *r);
const struct right *rights_find(const struct rights *r, const struct point *credential);
/* v or given spare, and nobody's old. */
bool rights_may_vote(const struct right *r);

#endif
