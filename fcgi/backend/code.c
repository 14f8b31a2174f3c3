/* POST /api/code and /api/code/resend: the SMS code, then the place. */
#include "backend/backend.h"
#include "backend/token.h"
#include "base/json.h"
#include "base/report.h"
#include "notify/sms.h"
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

bool code_send(struct worker *w, struct http_answer *a, const char *username, const char *phone, const char *code,
               const uint8_t code_hmac[32])
{
	const struct backend *b = w->backend;
	char text[SMS_TEXT_MAX];
	struct secret *message;
	enum status r;

	/* The last line lets a browser offer the code on the site that asked for it, and nowhere else ("origin-bound
	 * one-time codes", W3C WICG). In Spanish alone: a code is read in any language. */
	snprintf(text, sizeof text, "%sSu código para votar es %s. Vence en 5 minutos. No lo comparta con nadie.\n\n@%s #%s",
	         b->record->definition->simulation ? "SIMULACRO. " : "", code, b->site_host, code);
	message = secret_copy(text, strlen(text));
	OPENSSL_cleanse(text, sizeof text);
	r = message == NULL ? E_FAILED : sms_send(b->sms_socket, phone, message);
	secret_free(message);
	metrics_sms(&w->metrics, r == OK ? METRICS_SMS_ACCEPTED : METRICS_SMS_REFUSED);
	if (r == OK)
		return true;
	if (voting_code_failed(w->db, username, code_hmac) != OK)
		report_warning(NULL, "a code that was not sent could not be withdrawn");
	http_refuse(a, REFUSAL_CODE_NOT_SENT);
	return false;
}

void code_resend(struct worker *w, const struct http_request *q, struct http_answer *a)
{
	const struct backend *b = w->backend;
	char code[TOKEN_CODE_DIGITS + 1];
	uint8_t hash[32], code_hmac[32];
	struct voting_session session;
	struct voting_code_step step;

	if (!route_session(w, q, a, VOTING_STEP_CODE, &session, hash))
		return;
	if (token_new_code(code) != OK ||
	    token_code_hmac(code_hmac, b->code_key, b->record->eid, session.username, code) != OK ||
	    voting_resend_code(w->db, &step, hash, session.username, code_hmac) != OK) {
		route_busy(a);
	} else if (step.outcome != VOTING_OK) {
		a->retry_after = step.retry_after;
		route_refuse(a, step.outcome);
	} else if (code_send(w, a, session.username, step.phone, code, code_hmac)) {
		a->body = session_code_step(&step, true, q->token);
	}
	OPENSSL_cleanse(code, sizeof code);
}

static enum voting_place place_of(const struct backend *b, const char *address)
{
	char country[3];

	if (!place_country(b->place, country, address))
		return b->admit_unknown_place ? VOTING_PLACE_OK : VOTING_PLACE_IS_UNKNOWN;
	return strcmp(country, b->record->definition->national_territory) == 0 ? VOTING_PLACE_INSIDE : VOTING_PLACE_OK;
}

bool code_read(const struct http_request *q, char code[7])
{
	json_t *body = http_json(q);
	const char *text = body == NULL ? NULL : json_string_value(json_object_get(body, "code"));
	bool good = text != NULL && json_object_size(body) == 1 && strlen(text) == TOKEN_CODE_DIGITS &&
	            strspn(text, "0123456789") == TOKEN_CODE_DIGITS;

	if (good)
		memcpy(code, text, TOKEN_CODE_DIGITS + 1);
	json_decref(body);
	return good;
}

void code_verify(struct worker *w, const struct http_request *q, struct http_answer *a)
{
	const struct backend *b = w->backend;
	char code[TOKEN_CODE_DIGITS + 1] = "", token[TOKEN_HEX + 1];
	uint8_t hash[32], new_hash[32], code_hmac[32];
	struct voting_session session;
	struct voting_code_answer answer;
	enum status r;
	uint64_t step;
	bool app;

	if (!route_session(w, q, a, VOTING_STEP_CODE, &session, hash))
		return;
	if (!code_read(q, code)) {
		http_refuse(a, REFUSAL_BAD_REQUEST);
		return;
	}
	if (token_new(token) != OK || token_sha256(new_hash, token) != OK ||
	    token_code_hmac(code_hmac, b->code_key, b->record->eid, session.username, code) != OK ||
	    !authenticator_step(w, hash, session.username, code, &step, &app))
		r = E_FAILED;
	else if (app)
		r = voting_verify_totp(w->db, &answer, hash, step, place_of(b, q->address), new_hash);
	else
		r = voting_verify_code(w->db, &answer, hash, code_hmac, place_of(b, q->address), new_hash);
	if (r != OK) {
		route_busy(a);
	} else if (answer.outcome != VOTING_OK) {
		a->tries_left = answer.tries_left;
		route_refuse(a, answer.outcome);
	} else if (voting_session(w->db, &session, new_hash) != OK) {
		route_busy(a);
	} else if (session.state != VOTING_STEP_IN) {
		route_refuse(a, VOTING_NO_SESSION);
	} else {
		memcpy(a->token, token, sizeof token);
		a->body = session_in(b, &session, token);
	}
	OPENSSL_cleanse(code, sizeof code);
	OPENSSL_cleanse(token, sizeof token);
}
