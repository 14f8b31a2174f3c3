/*
 * What the backend asks of the database, as vemre_web: the functions of sql/002-login.sql and sql/003-cast.sql, one
 * call each, one transaction each. A refusal is an outcome, not a fault; E_FAILED (said) means that the database did
 * not answer, or not in time.
 */
#ifndef STORE_VOTING_H
#define STORE_VOTING_H

#include "protocol/signature.h"
#include "store/connection.h"
#include <stdbool.h>
#include <stdint.h>

enum voting_outcome {
	VOTING_OK,
	VOTING_AGAIN, /* the same ballot once more */
	VOTING_NOT_OPEN,
	VOTING_CLOSED,
	VOTING_BAD_LOGIN,
	VOTING_SLOW_DOWN,
	VOTING_BAD_CODE,
	VOTING_CODE_DEAD,
	VOTING_INSIDE_TERRITORY,
	VOTING_PLACE_UNKNOWN,
	VOTING_NO_SESSION,
	VOTING_NOT_YOURS,
	VOTING_ALREADY_VOTED
};

enum { VOTING_MOMENT = 32, VOTING_PHONE = 20 };

struct voting_code_step {
	enum voting_outcome outcome;
	bool send;                /* the new code is to be sent to `phone` */
	char phone[VOTING_PHONE]; /* begin, resend: whole; session: its last two digits */
	int expires_in, resend_in, tries_left;
	int retry_after; /* -1: none */
	char now[VOTING_MOMENT];
};
/* address: a keyed hash of the peer's address, or NULL where none is slowed down. */
MUST_USE enum status voting_begin_login(struct connection *c, struct voting_code_step *out, const char *username,
                                        const uint8_t auth_sha256[32], const uint8_t token_sha256[32],
                                        const uint8_t code_hmac[32], const uint8_t *address);
MUST_USE enum status voting_resend_code(struct connection *c, struct voting_code_step *out,
                                        const uint8_t token_sha256[32], const char *username,
                                        const uint8_t code_hmac[32]);
/* The message was taken by nobody: that code is dead. */
MUST_USE enum status voting_code_failed(struct connection *c, const char *username, const uint8_t code_hmac[32]);

enum voting_place { VOTING_PLACE_OK, VOTING_PLACE_INSIDE, VOTING_PLACE_IS_UNKNOWN };
struct voting_code_answer {
	enum voting_outcome outcome;
	int tries_left; /* -1: none said */
};
MUST_USE enum status voting_verify_code(struct connection *c, struct voting_code_answer *out,
                                        const uint8_t token_sha256[32], const uint8_t code_hmac[32],
                                        enum voting_place place, const uint8_t new_token_sha256[32]);

enum voting_state { VOTING_NONE, VOTING_STEP_CODE, VOTING_STEP_IN };
struct voting_session {
	enum voting_state state;
	char username[44];
	char now[VOTING_MOMENT];
	struct voting_code_step code; /* state code */
	/* state in: */
	char district[44];
	struct point credential;
	bool synthetic; /* the monitor's account: it has no credential, and casts nothing */
	int expires_in, closes_in;
	bool voted;
	uint8_t tracker[32], receipt[SIGNATURE_MAX];
	size_t receipt_len;
};
MUST_USE enum status voting_session(struct connection *c, struct voting_session *out, const uint8_t token_sha256[32]);
/* The same for a cast, cheaper: state, and of a session district, credential, synthetic and voted; the rest is zero. */
MUST_USE enum status voting_cast_session(struct connection *c, struct voting_session *out,
                                         const uint8_t token_sha256[32]);

struct voting_cast {
	enum voting_outcome outcome; /* OK, AGAIN, ALREADY_VOTED: the next three are of the ballot in the box */
	uint8_t tracker[32], receipt[SIGNATURE_MAX];
	size_t receipt_len;
};
/* OK is returned only when the commit has been confirmed. Idempotent by tracker. */
MUST_USE enum status voting_cast(struct connection *c, struct voting_cast *out, const uint8_t token_sha256[32],
                                 const uint8_t tracker[32], const struct point *credential, const uint8_t *ballot,
                                 size_t ballot_len, const uint8_t *receipt, size_t receipt_len);
MUST_USE enum status voting_in_box(struct connection *c, bool *out, const uint8_t tracker[32]);
/* The tracker in the box between these two, both ends included. */
MUST_USE enum status voting_in_box_between(struct connection *c, bool *out, uint8_t tracker[32],
                                           const uint8_t first[32], const uint8_t last[32]);

/* The authenticator app (sql/007-voter.sql): secrets as the backend encrypts them. */
enum { VOTING_TOTP = 48 };
struct voting_totp {
	bool has_pending, has_secret;
	uint8_t pending[VOTING_TOTP], secret[VOTING_TOTP];
	int64_t now; /* seconds since 1970, the database's clock */
};
MUST_USE enum status voting_totp_of(struct connection *c, struct voting_totp *out, const uint8_t token_sha256[32]);
/* *written false: no such session. */
MUST_USE enum status voting_totp_begin(struct connection *c, bool *written, const uint8_t token_sha256[32],
                                       const uint8_t pending[VOTING_TOTP]);
MUST_USE enum status voting_totp_confirm(struct connection *c, bool *written, const uint8_t token_sha256[32],
                                         const uint8_t pending[VOTING_TOTP], uint64_t step);
MUST_USE enum status voting_verify_totp(struct connection *c, struct voting_code_answer *out,
                                        const uint8_t token_sha256[32], uint64_t step, enum voting_place place,
                                        const uint8_t new_token_sha256[32]);
MUST_USE enum status voting_logout(struct connection *c, const uint8_t token_sha256[32]);

struct voting_status {
	bool opened; /* there is an election in this database */
	char slug[44], state[8];
	uint8_t eid[32], credentials_sha256[32];
	char now[VOTING_MOMENT], opens[VOTING_MOMENT], closes[VOTING_MOMENT];
	bool simulation;
};
MUST_USE enum status voting_status(struct connection *c, struct voting_status *out);

/* A line of the server's journal. reference: 8 characters or NULL. Never a secret, never who and what together. */
MUST_USE enum status voting_note(struct connection *c, const char *event, const char *reference, const char *detail);

#endif
