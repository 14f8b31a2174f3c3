/*
 * POST /api/totp and /api/totp/confirm: an authenticator app for the next log-ins, where the setting login.totp allows
 * it. Only inside a session, so only after a right SMS code; in force only once the app has given a right code.
 */
#include "backend/backend.h"
#include "backend/token.h"
#include "backend/totp.h"
#include "base/json.h"
#include <ctype.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

/* otpauth://totp/ISSUER:USER?secret=… (the apps' own convention); the host as issuer, user names need no escape. */
static json_t *offer(const struct backend *b, const char *username, const uint8_t secret[TOTP_SECRET])
{
	char base32[TOTP_BASE32], uri[400];
	json_t *body;

	totp_base32(base32, secret);
	snprintf(uri, sizeof uri, "otpauth://totp/%s:%s?secret=%s&issuer=%s&algorithm=SHA1&digits=6&period=30", b->site_host,
	         username, base32, b->site_host);
	body = json_pack("{s:s, s:s}", "secret", base32, "uri", uri);
	OPENSSL_cleanse(base32, sizeof base32);
	OPENSSL_cleanse(uri, sizeof uri);
	return body;
}

void authenticator_begin(struct worker *w, const struct http_request *q, struct http_answer *a)
{
	const struct backend *b = w->backend;
	uint8_t hash[32], secret[TOTP_SECRET], sealed[TOTP_SEALED];
	struct voting_session session;
	bool written;

	if (!b->totp) {
		http_refuse(a, REFUSAL_NOT_FOUND);
		return;
	}
	if (!route_session(w, q, a, VOTING_STEP_IN, &session, hash))
		return;
	if (totp_new(secret) != OK || totp_seal(sealed, b->code_key, session.username, secret) != OK ||
	    voting_totp_begin(w->db, &written, hash, sealed) != OK)
		route_busy(a);
	else if (!written)
		route_refuse(a, VOTING_NO_SESSION);
	else
		a->body = offer(b, session.username, secret);
	OPENSSL_cleanse(secret, sizeof secret);
}

void authenticator_confirm(struct worker *w, const struct http_request *q, struct http_answer *a)
{
	const struct backend *b = w->backend;
	uint8_t hash[32], secret[TOTP_SECRET];
	char code[TOTP_DIGITS + 1];
	struct voting_session session;
	struct voting_totp totp;
	uint64_t step;
	bool written;

	if (!b->totp) {
		http_refuse(a, REFUSAL_NOT_FOUND);
		return;
	}
	if (!route_session(w, q, a, VOTING_STEP_IN, &session, hash))
		return;
	if (!code_read(q, code)) {
		http_refuse(a, REFUSAL_BAD_REQUEST);
		return;
	}
	if (voting_totp_of(w->db, &totp, hash) != OK) {
		route_busy(a);
		return;
	}
	if (!totp.has_pending || !totp_open(secret, b->code_key, session.username, totp.pending) ||
	    !totp_step(&step, secret, totp.now, code))
		route_refuse(a, VOTING_BAD_CODE);
	else if (voting_totp_confirm(w->db, &written, hash, totp.pending, step) != OK)
		route_busy(a);
	else if (!written)
		route_refuse(a, VOTING_NO_SESSION);
	else
		a->body = json_object();
	OPENSSL_cleanse(secret, sizeof secret);
	OPENSSL_cleanse(code, sizeof code);
}

bool authenticator_step(struct worker *w, const uint8_t hash[32], const char *username, const char *code,
                        uint64_t *step, bool *found)
{
	uint8_t secret[TOTP_SECRET];
	struct voting_totp totp;

	*found = false;
	if (!w->backend->totp)
		return true;
	if (voting_totp_of(w->db, &totp, hash) != OK)
		return false;
	*found = totp.has_secret && totp_open(secret, w->backend->code_key, username, totp.secret) &&
	         totp_step(step, secret, totp.now, code);
	OPENSSL_cleanse(secret, sizeof secret);
	return true;
}
