/*
 * The backend of the voter's page: doc/api.md over FastCGI. One process, so many threads, each with its own connection
 * to the database and to system-signer. What may happen is decided by the functions of sql/; here requests are read,
 * ballots checked, codes sent, receipts signed, answers written.
 */
#ifndef BACKEND_BACKEND_H
#define BACKEND_BACKEND_H

#include "backend/http.h"
#include "backend/metrics.h"
#include "backend/place.h"
#include "base/secret.h"
#include "base/settings.h"
#include "hsm/signer.h"
#include "record/folder.h"
#include "store/voting.h"
#include <stdbool.h>

enum { BACKEND_ALLOW_MAX = 64 };

/* Shared by the threads; not written after the start. */
struct backend {
	struct settings *settings;
	struct record *record;
	struct ballot_form *forms; /* per district of the definition */
	char opens_text[96];       /* date, hour and the election's zone, in no language */
	char site_host[128];       /* of the definition's site, for the code's message */
	struct place *place;
	bool admit_unknown_place;
	bool totp; /* may an authenticator app be used? */
	const char *allow[BACKEND_ALLOW_MAX]; /* networks that are not slowed down */
	unsigned n_allow;
	struct secret *code_key;
	const char *signer_socket, *sms_socket, *listen, *metrics; /* metrics: "" for none */
	long threads, refusal_ms;
};

struct worker {
	const struct backend *backend;
	struct connection *db;  /* NULL until it could be opened */
	struct signer *signer;  /* likewise */
	int listener;
	struct metrics metrics;
	uint8_t body[HTTP_BODY_MAX];
};

/* Reads and checks settings and record; the fault is said. config, election: NULL for the default. */
MUST_USE enum status backend_open(struct backend **out, const char *config, const char *election);
void backend_free(struct backend *b);
/* Gives up what the backend does not need once its sockets listen and its files are read (base/confine.h). */
MUST_USE enum status backend_confine(const struct backend *b);

/* One request, accepted: read, routed, answered whatever comes of it, noted. Nothing of its body stays in the worker. */
void backend_serve(struct worker *w, FCGX_Request *fcgi);

/* The calls of doc/api.md, by route.c. */
typedef void backend_call(struct worker *w, const struct http_request *q, struct http_answer *a);
backend_call login_begin, login_end, code_resend, code_verify, session_get, cast_ballot, box_find, status_get,
        authenticator_begin, authenticator_confirm;
void route(struct worker *w, const struct http_request *q, struct http_answer *a);

/* ---- shared by the calls */

/* The database or a helper did not do its part: "failed", 503. */
void route_busy(struct http_answer *a);
/* An outcome of the database that refuses. */
void route_refuse(struct http_answer *a, enum voting_outcome outcome);
/* The session of the request's cookie in this state, CSRF checked where the request is a POST. False: a is a refusal
 * (before and after the voting period: that). */
bool route_session(struct worker *w, const struct http_request *q, struct http_answer *a, enum voting_state state,
                   struct voting_session *out, uint8_t hash[32]);
/* The same for a cast: a whole session, of which it gives what voting_cast_session tells. */
bool route_cast_session(struct worker *w, const struct http_request *q, struct http_answer *a, struct voting_session *out,
                        uint8_t hash[32]);
/* The code step's and the session's JSON, for a token. */
json_t *session_code_step(const struct voting_code_step *step, bool sent, const char *token);
json_t *session_in(const struct backend *b, const struct voting_session *s, const char *token);
/* The receipt file of PROTOCOL 12. */
json_t *session_receipt(const struct backend *b, const uint8_t tracker[32], const uint8_t *signature, size_t len);
/* The body {"code": "123456"}. False: of another form. */
bool code_read(const struct http_request *q, char code[7]);
/* *found: the code is one of the voter's authenticator app, of *step. False: the database did not answer. */
bool authenticator_step(struct worker *w, const uint8_t hash[32], const char *username, const char *code,
                        uint64_t *step, bool *found);
/* Sends the code by SMS; false: a is "code-not-sent" and that code is dead. */
bool code_send(struct worker *w, struct http_answer *a, const char *username, const char *phone, const char *code,
               const uint8_t code_hmac[32]);

#endif
