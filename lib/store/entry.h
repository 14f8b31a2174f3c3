/*
 * What monitor-election keeps in the database (sql/010-entry.sql): the synthetic voter's log-ins and the lights of the
 * components. As vemre_monitor but where said. E_FAILED, said: the database did not answer. Public.
 */
#ifndef STORE_ENTRY_H
#define STORE_ENTRY_H

#include "base/moment.h"
#include "base/status.h"
#include "store/connection.h"
#include <stdbool.h>

enum entry_step { ENTRY_STATUS, ENTRY_LOGIN, ENTRY_CODE, ENTRY_ENTER, ENTRY_SESSION, ENTRY_LEAVE, ENTRY_STEPS };
/* PLACE: all went well up to the check of the place, whose answer was not the expected one. */
enum entry_outcome { ENTRY_OK, ENTRY_PLACE, ENTRY_FAILED, ENTRY_OUTCOMES };
enum { ENTRY_DETAIL = 400, ENTRY_HOST = 64, ENTRY_COMPONENT = 20 };
extern const char *const entry_step_words[ENTRY_STEPS], *const entry_outcome_words[ENTRY_OUTCOMES];
/* By its word; so many (ENTRY_STEPS, ENTRY_OUTCOMES): no such word. */
enum entry_step entry_step_of(const char *word);
enum entry_outcome entry_outcome_of(const char *word);

struct entry {
	moment began;
	int fraction; /* of began, in milliseconds */
	char prober[ENTRY_HOST + 1]; /* the host */
	enum entry_outcome outcome;
	enum entry_step step;          /* the last one that was begun */
	char detail[ENTRY_DETAIL + 1]; /* why, or "" */
	int milliseconds[ENTRY_STEPS]; /* -1: not reached */
};
/* Told twice it is kept once. */
MUST_USE enum status entry_add(struct connection *c, const struct entry *e);

struct entry_last {
	bool account;     /* is there a synthetic voter? */
	bool any;         /* has it ever tried? If not, what follows says nothing */
	long age, ok_age; /* seconds since the last log-in, the last good one (-1: none) */
	char state[8];    /* of the voting, whatever `any` says: "before", "open", "closed" */
	struct entry entry;
};
MUST_USE enum status entry_last(struct connection *c, struct entry_last *out);
/* Those that began from `from` to `to`, in order; e is valid during the call. */
typedef void (*entry_listener)(void *ctx, const struct entry *e);
MUST_USE enum status entry_tell(struct connection *c, moment from, moment to, entry_listener tell, void *ctx);

/* c: as vemre_admin. Makes the account, or gives it another password and telephone. *again: it was there. E_STATE, said: the
 * election is not open any more, or was never opened. */
MUST_USE enum status entry_account(struct connection *c, bool *again, const char *username, const uint8_t auth_sha256[32],
                                   const char *phone);

/* How long a component had a light. */
struct sample {
	char watcher[ENTRY_HOST + 1]; /* the host */
	char component[ENTRY_COMPONENT + 1];
	char light[8];                /* "green", "amber", "red" */
	moment began, ended;
};
/* Told twice it is kept once. */
MUST_USE enum status sample_add(struct connection *c, const struct sample *s);
/* Those that lie in this while, wholly or in part, by component and beginning; watcher is "". */
typedef enum status (*sample_listener)(void *ctx, const struct sample *s);
MUST_USE enum status sample_tell(struct connection *c, moment from, moment to, sample_listener tell, void *ctx);

#endif
