/* Which call a request is, and what the calls share. */
#include "backend/backend.h"
#include "backend/token.h"
#include <string.h>

void route_busy(struct http_answer *a)
{
	http_refuse(a, REFUSAL_BUSY);
}

void route_refuse(struct http_answer *a, enum voting_outcome outcome)
{
	static const enum refusal refusals[] = {
	        [VOTING_OK] = REFUSAL_FAILED,
	        [VOTING_AGAIN] = REFUSAL_FAILED,
	        [VOTING_NOT_OPEN] = REFUSAL_NOT_OPEN,
	        [VOTING_CLOSED] = REFUSAL_CLOSED,
	        [VOTING_BAD_LOGIN] = REFUSAL_BAD_LOGIN,
	        [VOTING_SLOW_DOWN] = REFUSAL_SLOW_DOWN,
	        [VOTING_BAD_CODE] = REFUSAL_BAD_CODE,
	        [VOTING_CODE_DEAD] = REFUSAL_CODE_DEAD,
	        [VOTING_INSIDE_TERRITORY] = REFUSAL_INSIDE_TERRITORY,
	        [VOTING_PLACE_UNKNOWN] = REFUSAL_PLACE_UNKNOWN,
	        [VOTING_NO_SESSION] = REFUSAL_NO_SESSION,
	        [VOTING_NOT_YOURS] = REFUSAL_NOT_YOURS,
	        [VOTING_ALREADY_VOTED] = REFUSAL_ALREADY_VOTED,
	};

	if (outcome == VOTING_NOT_OPEN)
		a->vote = REFUSAL_VOTE_NONE;
	http_refuse(a, refusals[outcome]);
}

/* No session: because there is none, or because this is not the time. */
static void refuse_session(struct worker *w, struct http_answer *a, bool post)
{
	struct voting_status status;

	a->drop_cookie = true;
	http_refuse(a, REFUSAL_NO_SESSION);
	if (!post)
		return;
	if (voting_status(w->db, &status) != OK)
		route_busy(a);
	else if (strcmp(status.state, "closed") == 0)
		route_refuse(a, VOTING_CLOSED);
	else if (strcmp(status.state, "open") != 0)
		route_refuse(a, VOTING_NOT_OPEN);
}

typedef enum status ask_session(struct connection *c, struct voting_session *out, const uint8_t token_sha256[32]);

static bool take_session(struct worker *w, const struct http_request *q, struct http_answer *a, enum voting_state state,
                         struct voting_session *out, uint8_t hash[32], ask_session *ask)
{
	bool post = strcmp(q->method, "POST") == 0;

	if (q->token[0] == '\0') {
		refuse_session(w, a, post);
		return false;
	}
	if (post && !token_csrf_right(q->token, q->csrf)) {
		http_refuse(a, REFUSAL_BAD_CSRF);
		return false;
	}
	if (token_sha256(hash, q->token) != OK || ask(w->db, out, hash) != OK) {
		route_busy(a);
		return false;
	}
	if (out->state == VOTING_NONE || (state != VOTING_NONE && out->state != state)) {
		refuse_session(w, a, post);
		if (out->state != VOTING_NONE)
			a->drop_cookie = false;
		return false;
	}
	if (out->state == VOTING_STEP_IN)
		a->vote = out->voted ? REFUSAL_VOTE_STORED : REFUSAL_VOTE_NONE;
	return true;
}

bool route_session(struct worker *w, const struct http_request *q, struct http_answer *a, enum voting_state state,
                   struct voting_session *out, uint8_t hash[32])
{
	return take_session(w, q, a, state, out, hash, voting_session);
}

bool route_cast_session(struct worker *w, const struct http_request *q, struct http_answer *a, struct voting_session *out,
                        uint8_t hash[32])
{
	return take_session(w, q, a, VOTING_STEP_IN, out, hash, voting_cast_session);
}

static const struct {
	const char *method, *path; /* a path that ends in '/' stands for what begins with it */
	backend_call *call;
	enum metrics_endpoint endpoint;
} calls[] = {
        {"GET", "/api/status", status_get, METRICS_STATUS},
        {"POST", "/api/login", login_begin, METRICS_LOGIN},
        {"POST", "/api/code/resend", code_resend, METRICS_RESEND},
        {"POST", "/api/code", code_verify, METRICS_CODE},
        {"GET", "/api/session", session_get, METRICS_SESSION},
        {"POST", "/api/cast", cast_ballot, METRICS_CAST},
        {"POST", "/api/logout", login_end, METRICS_LOGOUT},
        {"GET", "/api/box/", box_find, METRICS_BOX},
        {"POST", "/api/totp", authenticator_begin, METRICS_TOTP},
        {"POST", "/api/totp/confirm", authenticator_confirm, METRICS_TOTP},
};

void route(struct worker *w, const struct http_request *q, struct http_answer *a)
{
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		size_t len = strlen(calls[i].path);
		bool prefix = calls[i].path[len - 1] == '/';

		if (strcmp(q->method, calls[i].method) != 0 ||
		    (prefix ? strncmp(q->path, calls[i].path, len) : strcmp(q->path, calls[i].path)) != 0)
			continue;
		a->endpoint = calls[i].endpoint;
		if (q->body_bad) {
			http_refuse(a, REFUSAL_BAD_REQUEST);
			return;
		}
		calls[i].call(w, q, a);
		return;
	}
	http_refuse(a, REFUSAL_NOT_FOUND);
}
