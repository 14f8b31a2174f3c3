/* Every refusal of the interface (doc/api.md): code, HTTP status, and what the voter reads, in Spanish and English. */
#ifndef BACKEND_REFUSALS_H
#define BACKEND_REFUSALS_H

#include <jansson.h>

enum refusal {
	REFUSAL_NONE,
	REFUSAL_NOT_OPEN,
	REFUSAL_CLOSED,
	REFUSAL_BAD_LOGIN,
	REFUSAL_SLOW_DOWN,
	REFUSAL_CODE_NOT_SENT,
	REFUSAL_BAD_CODE,
	REFUSAL_CODE_DEAD,
	REFUSAL_INSIDE_TERRITORY,
	REFUSAL_PLACE_UNKNOWN,
	REFUSAL_NO_SESSION,
	REFUSAL_BAD_CSRF,
	REFUSAL_BAD_REQUEST,
	REFUSAL_BAD_BALLOT,
	REFUSAL_NOT_YOURS,
	REFUSAL_ALREADY_VOTED,
	REFUSAL_NOT_FOUND,
	REFUSAL_FAILED,
	REFUSAL_BUSY /* also "failed": a part of ours does not answer now */
};

/* Whether a ballot of this voter is in the box, as far as the request can know. */
enum refusal_vote { REFUSAL_VOTE_UNKNOWN, REFUSAL_VOTE_NONE, REFUSAL_VOTE_STORED };

const char *refusal_code(enum refusal r);
int refusal_http(enum refusal r);
/* The error object; retry_after and tries_left -1 for null; receipt NULL for null (its reference is not taken).
 * opens: RFC 3339 text for "not-open". NULL: out of memory. */
json_t *refusal_json(enum refusal r, const char *reference, enum refusal_vote vote, int retry_after, int tries_left,
                     json_t *receipt, const char *opens);

#endif
