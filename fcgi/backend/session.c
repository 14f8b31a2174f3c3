/* GET /api/session, and the JSON that several calls answer with. */
#include "backend/backend.h"
#include "backend/token.h"
#include "base/json.h"
#include <string.h>

json_t *session_receipt(const struct backend *b, const uint8_t tracker[32], const uint8_t *signature, size_t len)
{
	return json_pack("{s:s, s:o, s:o, s:o}", "format", "VEMRE-V1", "eid", json_hex(b->record->eid, 32), "tracker",
	                 json_hex(tracker, 32), "signature", json_hex(signature, len));
}

json_t *session_code_step(const struct voting_code_step *step, bool sent, const char *token)
{
	char csrf[TOKEN_HEX + 1];
	size_t len = strlen(step->phone);

	if (token_csrf(csrf, token) != OK)
		return NULL;
	return json_pack("{s:s, s:s, s:b, s:s, s:i, s:i, s:i, s:s}", "step", "code", "csrf", csrf, "sent", (int)sent,
	                 "phone", len > 2 ? step->phone + len - 2 : step->phone, "code_expires_in", step->expires_in,
	                 "resend_in", step->resend_in, "tries_left", step->tries_left, "now", step->now);
}

json_t *session_in(const struct backend *b, const struct voting_session *s, const char *token)
{
	char csrf[TOKEN_HEX + 1];

	if (token_csrf(csrf, token) != OK)
		return NULL;
	return json_pack("{s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:o, s:o}", "step", "in", "csrf", csrf, "expires_in",
	                 s->expires_in, "closes_in", s->closes_in, "now", s->now, "username", s->username, "district",
	                 s->district, "credential", s->synthetic ? json_null() : json_hex(s->credential.octets, POINT_BYTES), "receipt",
	                 s->voted ? session_receipt(b, s->tracker, s->receipt, s->receipt_len) : json_null());
}

void session_get(struct worker *w, const struct http_request *q, struct http_answer *a)
{
	struct voting_session s;
	uint8_t hash[32];

	if (!route_session(w, q, a, VOTING_NONE, &s, hash))
		return;
	a->body = s.state == VOTING_STEP_CODE ? session_code_step(&s.code, false, q->token)
	                                      : session_in(w->backend, &s, q->token);
}
