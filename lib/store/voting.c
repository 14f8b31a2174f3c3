/* See voting.h. */
#include "store/voting.h"
#include "base/i18n.h"
#include "base/report.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HASH(p) CONNECTION_BYTES((p), 32)
#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char sql_begin_login[] = "SELECT * FROM vemre.begin_login($1, $2, $3, $4, $5)";
static const char sql_resend[] = "SELECT * FROM vemre.resend_code($1, $2, $3)";
static const char sql_code_failed[] = "SELECT vemre.code_failed($1, $2)";
static const char sql_verify[] = "SELECT * FROM vemre.verify_code($1, $2, $3, $4)";
static const char sql_session[] = "SELECT * FROM vemre.session_of($1)";
static const char sql_cast_session[] = "SELECT * FROM vemre.cast_session($1)";
static const char sql_cast[] = "SELECT * FROM vemre.cast_ballot($1, $2, $3, $4, $5)";
static const char sql_in_box[] = "SELECT vemre.in_box($1)::text";
static const char sql_in_box_between[] = "SELECT vemre.in_box_between($1, $2)";
static const char sql_totp_of[] = "SELECT * FROM vemre.totp_of($1)";
static const char sql_totp_begin[] = "SELECT vemre.totp_begin($1, $2)::text";
static const char sql_totp_confirm[] = "SELECT vemre.totp_confirm($1, $2, $3)::text";
static const char sql_verify_totp[] = "SELECT * FROM vemre.verify_totp($1, $2, $3, $4)";
static const char sql_logout[] = "SELECT vemre.logout($1)";
static const char sql_status[] = "SELECT * FROM vemre.status()";
static const char sql_note[] = "SELECT vemre.note($1, $2, $3)";

static enum status strange(void)
{
	return fault(E_FAILED, NULL, _("base de datos: una función no respondió como se esperaba"));
}

/* The words of the functions of sql/. */
static bool outcome_of(enum voting_outcome *out, const char *word)
{
	static const struct {
		const char *word;
		enum voting_outcome outcome;
	} words[] = {
		{"ok", VOTING_OK},
		{"stored", VOTING_OK},
		{"again", VOTING_AGAIN},
		{"not-open", VOTING_NOT_OPEN},
		{"closed", VOTING_CLOSED},
		{"bad-login", VOTING_BAD_LOGIN},
		{"slow-down", VOTING_SLOW_DOWN},
		{"bad-code", VOTING_BAD_CODE},
		{"code-dead", VOTING_CODE_DEAD},
		{"inside-territory", VOTING_INSIDE_TERRITORY},
		{"place-unknown", VOTING_PLACE_UNKNOWN},
		{"no-session", VOTING_NO_SESSION},
		{"not-yours", VOTING_NOT_YOURS},
		{"already-voted", VOTING_ALREADY_VOTED},
	};

	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(words[i].word, word) == 0) {
			*out = words[i].outcome;
			return true;
		}
	return false;
}

static enum status code_step(struct connection *c, struct voting_code_step *out, const char *sql, unsigned n,
                             const struct connection_value *values)
{
	PGresult *rows;
	enum status r;

	memset(out, 0, sizeof *out);
	if ((r = connection_run(c, &rows, sql, n, values)) != OK)
		return r;
	if (PQntuples(rows) != 1 || PQnfields(rows) != 8 || !outcome_of(&out->outcome, connection_text(rows, 0))) {
		PQclear(rows);
		return strange();
	}
	out->send = strcmp(connection_text(rows, 1), "t") == 0;
	snprintf(out->phone, sizeof out->phone, "%s", connection_text(rows, 2));
	out->expires_in = connection_int(rows, 3);
	out->resend_in = connection_int(rows, 4);
	out->tries_left = connection_int(rows, 5);
	out->retry_after = connection_int(rows, 6);
	snprintf(out->now, sizeof out->now, "%s", connection_text(rows, 7));
	PQclear(rows);
	return OK;
}

enum status voting_begin_login(struct connection *c, struct voting_code_step *out, const char *username,
                               const uint8_t auth_sha256[32], const uint8_t token_sha256[32],
                               const uint8_t code_hmac[32], const uint8_t *address)
{
	struct connection_value values[] = {CONNECTION_TEXT(username), HASH(auth_sha256), HASH(token_sha256),
	                                    HASH(code_hmac), HASH(address)};

	return code_step(c, out, sql_begin_login, COUNT(values), values);
}

enum status voting_resend_code(struct connection *c, struct voting_code_step *out, const uint8_t token_sha256[32],
                               const char *username, const uint8_t code_hmac[32])
{
	struct connection_value values[] = {HASH(token_sha256), CONNECTION_TEXT(username), HASH(code_hmac)};

	return code_step(c, out, sql_resend, COUNT(values), values);
}

/* For statements whose rows say nothing. */
static enum status run(struct connection *c, const char *sql, unsigned n, const struct connection_value *values)
{
	PGresult *rows;
	enum status r = connection_run(c, &rows, sql, n, values);

	if (r == OK)
		PQclear(rows);
	return r;
}

enum status voting_code_failed(struct connection *c, const char *username, const uint8_t code_hmac[32])
{
	struct connection_value values[] = {CONNECTION_TEXT(username), HASH(code_hmac)};

	return run(c, sql_code_failed, COUNT(values), values);
}

static const char *const places[] = {"ok", "inside", "unknown"};

static enum status verify(struct connection *c, struct voting_code_answer *out, const char *sql,
                          const struct connection_value values[4])
{
	PGresult *rows;
	enum status r;

	if ((r = connection_run(c, &rows, sql, 4, values)) != OK)
		return r;
	if (PQntuples(rows) != 1 || !outcome_of(&out->outcome, connection_text(rows, 0)))
		r = strange();
	else
		out->tries_left = connection_int(rows, 1);
	PQclear(rows);
	return r;
}

enum status voting_verify_code(struct connection *c, struct voting_code_answer *out, const uint8_t token_sha256[32],
                               const uint8_t code_hmac[32], enum voting_place place,
                               const uint8_t new_token_sha256[32])
{
	struct connection_value values[] = {HASH(token_sha256), HASH(code_hmac), CONNECTION_TEXT(places[place]),
	                                    HASH(new_token_sha256)};

	return verify(c, out, sql_verify, values);
}

enum status voting_verify_totp(struct connection *c, struct voting_code_answer *out, const uint8_t token_sha256[32],
                               uint64_t step, enum voting_place place, const uint8_t new_token_sha256[32])
{
	char text[24];
	struct connection_value values[] = {HASH(token_sha256), CONNECTION_TEXT(text), CONNECTION_TEXT(places[place]),
	                                    HASH(new_token_sha256)};

	snprintf(text, sizeof text, "%llu", (unsigned long long)step);
	return verify(c, out, sql_verify_totp, values);
}

static bool totp_of(const PGresult *rows, int column, bool *has, uint8_t out[VOTING_TOTP])
{
	size_t len;

	*has = !connection_null(rows, column);
	return !*has || (connection_bytes(rows, column, out, VOTING_TOTP, &len) && len == VOTING_TOTP);
}

enum status voting_totp_of(struct connection *c, struct voting_totp *out, const uint8_t token_sha256[32])
{
	struct connection_value values[] = {HASH(token_sha256)};
	PGresult *rows;
	enum status r;

	memset(out, 0, sizeof *out);
	if ((r = connection_run(c, &rows, sql_totp_of, COUNT(values), values)) != OK)
		return r;
	if (PQntuples(rows) == 1 && !connection_null(rows, 2)) {
		if (!totp_of(rows, 0, &out->has_pending, out->pending) || !totp_of(rows, 1, &out->has_secret, out->secret))
			r = strange();
		out->now = strtoll(connection_text(rows, 2), NULL, 10);
	}
	PQclear(rows);
	return r;
}

static enum status ask_bool(struct connection *c, bool *out, const char *sql, unsigned n,
                            const struct connection_value *values)
{
	PGresult *rows;
	enum status r;

	if ((r = connection_run(c, &rows, sql, n, values)) != OK)
		return r;
	*out = PQntuples(rows) == 1 && strcmp(connection_text(rows, 0), "true") == 0;
	PQclear(rows);
	return OK;
}

enum status voting_totp_begin(struct connection *c, bool *written, const uint8_t token_sha256[32],
                              const uint8_t pending[VOTING_TOTP])
{
	struct connection_value values[] = {HASH(token_sha256), CONNECTION_BYTES(pending, VOTING_TOTP)};

	return ask_bool(c, written, sql_totp_begin, COUNT(values), values);
}

enum status voting_totp_confirm(struct connection *c, bool *written, const uint8_t token_sha256[32],
                                const uint8_t pending[VOTING_TOTP], uint64_t step)
{
	char text[24];
	struct connection_value values[] = {HASH(token_sha256), CONNECTION_BYTES(pending, VOTING_TOTP), CONNECTION_TEXT(text)};

	snprintf(text, sizeof text, "%llu", (unsigned long long)step);
	return ask_bool(c, written, sql_totp_confirm, COUNT(values), values);
}

static bool receipt_of(const PGresult *rows, int tracker_column, uint8_t tracker[32], uint8_t *receipt, size_t *len)
{
	size_t got;

	return connection_bytes(rows, tracker_column, tracker, 32, &got) && (got == 32 || got == 0) &&
	       connection_bytes(rows, tracker_column + 1, receipt, SIGNATURE_MAX, len);
}

/* Whose a session is: only the monitor's account has no credential. */
static bool credential_of(PGresult *rows, int column, struct voting_session *out)
{
	size_t len;

	out->synthetic = connection_null(rows, column);
	return connection_bytes(rows, column, out->credential.octets, POINT_BYTES, &len) && (len == POINT_BYTES || out->synthetic);
}

enum status voting_session(struct connection *c, struct voting_session *out, const uint8_t token_sha256[32])
{
	struct connection_value values[] = {HASH(token_sha256)};
	PGresult *rows;
	const char *state;
	enum status r;

	memset(out, 0, sizeof *out);
	if ((r = connection_run(c, &rows, sql_session, COUNT(values), values)) != OK)
		return r;
	if (PQntuples(rows) != 1 || PQnfields(rows) != 12) {
		PQclear(rows);
		return strange();
	}
	state = connection_text(rows, 0);
	snprintf(out->username, sizeof out->username, "%s", connection_text(rows, 1));
	snprintf(out->now, sizeof out->now, "%s", connection_text(rows, 11));
	if (strcmp(state, "code") == 0) {
		out->state = VOTING_STEP_CODE;
		snprintf(out->code.phone, sizeof out->code.phone, "%s", connection_text(rows, 4));
		out->code.expires_in = connection_int(rows, 5);
		out->code.resend_in = connection_int(rows, 7);
		out->code.tries_left = connection_int(rows, 8);
		snprintf(out->code.now, sizeof out->code.now, "%s", out->now);
	} else if (strcmp(state, "in") == 0) {
		out->state = VOTING_STEP_IN;
		snprintf(out->district, sizeof out->district, "%s", connection_text(rows, 2));
		out->expires_in = connection_int(rows, 5);
		out->closes_in = connection_int(rows, 6);
		out->voted = !connection_null(rows, 9);
		if (!credential_of(rows, 3, out) ||
		    !receipt_of(rows, 9, out->tracker, out->receipt, &out->receipt_len))
			r = strange();
	}
	PQclear(rows);
	return r;
}

enum status voting_cast_session(struct connection *c, struct voting_session *out, const uint8_t token_sha256[32])
{
	struct connection_value values[] = {HASH(token_sha256)};
	PGresult *rows;
	const char *state;
	enum status r;

	memset(out, 0, sizeof *out);
	if ((r = connection_run(c, &rows, sql_cast_session, COUNT(values), values)) != OK)
		return r;
	if (PQntuples(rows) != 1 || PQnfields(rows) != 4) {
		PQclear(rows);
		return strange();
	}
	state = connection_text(rows, 0);
	if (strcmp(state, "code") == 0) {
		out->state = VOTING_STEP_CODE;
	} else if (strcmp(state, "in") == 0) {
		out->state = VOTING_STEP_IN;
		snprintf(out->district, sizeof out->district, "%s", connection_text(rows, 1));
		out->voted = strcmp(connection_text(rows, 3), "t") == 0;
		if (!credential_of(rows, 2, out))
			r = strange();
	}
	PQclear(rows);
	return r;
}

enum status voting_cast(struct connection *c, struct voting_cast *out, const uint8_t token_sha256[32],
                        const uint8_t tracker[32], const struct point *credential, const uint8_t *ballot,
                        size_t ballot_len, const uint8_t *receipt, size_t receipt_len)
{
	struct connection_value values[] = {HASH(token_sha256), HASH(tracker),
	                                    CONNECTION_BYTES(credential->octets, POINT_BYTES),
	                                    CONNECTION_BYTES(ballot, ballot_len), CONNECTION_BYTES(receipt, receipt_len)};
	PGresult *rows;
	enum status r;

	memset(out, 0, sizeof *out);
	/* Outside a transaction block libpq gives the rows only after the server's ReadyForQuery, that is after the
	 * commit: what we have in hand is stored. */
	if ((r = connection_run(c, &rows, sql_cast, COUNT(values), values)) != OK)
		return r;
	if (PQntuples(rows) != 1 || !outcome_of(&out->outcome, connection_text(rows, 0)) ||
	    !receipt_of(rows, 1, out->tracker, out->receipt, &out->receipt_len))
		r = strange();
	PQclear(rows);
	return r;
}

enum status voting_in_box(struct connection *c, bool *out, const uint8_t tracker[32])
{
	struct connection_value values[] = {HASH(tracker)};

	return ask_bool(c, out, sql_in_box, COUNT(values), values);
}

enum status voting_in_box_between(struct connection *c, bool *out, uint8_t tracker[32], const uint8_t first[32],
                                  const uint8_t last[32])
{
	struct connection_value values[] = {HASH(first), HASH(last)};
	PGresult *rows;
	size_t len;
	enum status r;

	if ((r = connection_run(c, &rows, sql_in_box_between, COUNT(values), values)) != OK)
		return r;
	*out = PQntuples(rows) == 1 && !connection_null(rows, 0);
	if (*out && (!connection_bytes(rows, 0, tracker, 32, &len) || len != 32))
		r = strange();
	PQclear(rows);
	return r;
}

enum status voting_logout(struct connection *c, const uint8_t token_sha256[32])
{
	struct connection_value values[] = {HASH(token_sha256)};

	return run(c, sql_logout, COUNT(values), values);
}

enum status voting_status(struct connection *c, struct voting_status *out)
{
	PGresult *rows;
	size_t eid_len, hash_len;
	enum status r;

	memset(out, 0, sizeof *out);
	if ((r = connection_run(c, &rows, sql_status, 0, NULL)) != OK)
		return r;
	out->opened = PQntuples(rows) == 1 && !connection_null(rows, 0);
	if (out->opened) {
		snprintf(out->slug, sizeof out->slug, "%s", connection_text(rows, 0));
		snprintf(out->state, sizeof out->state, "%s", connection_text(rows, 3));
		snprintf(out->now, sizeof out->now, "%s", connection_text(rows, 4));
		snprintf(out->opens, sizeof out->opens, "%s", connection_text(rows, 5));
		snprintf(out->closes, sizeof out->closes, "%s", connection_text(rows, 6));
		out->simulation = strcmp(connection_text(rows, 7), "t") == 0;
		if (!connection_bytes(rows, 1, out->eid, 32, &eid_len) || eid_len != 32 ||
		    !connection_bytes(rows, 2, out->credentials_sha256, 32, &hash_len) || hash_len != 32)
			r = strange();
	}
	PQclear(rows);
	return r;
}

enum status voting_note(struct connection *c, const char *event, const char *reference, const char *detail)
{
	struct connection_value values[] = {CONNECTION_TEXT(event), CONNECTION_TEXT(reference), CONNECTION_TEXT(detail)};

	return run(c, sql_note, COUNT(values), values);
}
