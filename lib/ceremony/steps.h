/*
 * A guided session (key session, opening, tally; PROCESS 5, 10): numbered steps in a fixed order, each shown (who acts,
 * what to do, what should be seen), done, and then confirmed by the notary with initials and an optional remark.
 *
 * The journal is the session's only memory. Each event is on disk before the next thing happens, so a session broken
 * off at any moment (power, Ctrl-C, kill -9) is taken up where its journal says: a confirmed step does not run again,
 * one that was done but not confirmed is shown again for its confirmation, one that was only begun runs again. What a
 * step left in memory alone is gone: its `restore` says so, and it and all after it run anew.
 *
 * Asked of stdin (a script answers line by line):
 *   taking up a session that was broken off   the notary's initials (and a remark)
 *   per step                                  what the step itself asks; then one line of the notary: initials, and after
 *                                             a blank a remark. Instead of it, as often as wanted:
 *                                               !  (or "excepción")  four lines follow: expected, happened, decided, by whom
 *                                               pausa                the next line ends the pause: initials
 *                                               abandonar            ends the session for good (E_REFUSED); the next is new
 *   a step that fails and may be tried again  empty line: again; "!" and "abandonar" as above; end of input: its status
 *
 * Texts of steps and facts are Spanish msgids (N_): the terminal shows them in its language, journal and documents have
 * the Spanish ones always.
 */
#ifndef CEREMONY_STEPS_H
#define CEREMONY_STEPS_H

#include "base/status.h"
#include "report/session.h"
#include <jansson.h>
#include <stdbool.h>

struct steps;

struct steps_step {
	const char *id;      /* stable, [a-z0-9-], unique in its session: the journal's name for it */
	const char *title;   /* short, for headings, questions and the acts */
	const char *numeral; /* "9 y 11"; NULL: none */
	const char *who, *what, *seen; /* shown before it runs; NULL: not shown */
	enum status (*run)(struct steps *s, void *ctx);
	/* On taking up: this step's work was done; `kept` is what it gave to steps_keep (NULL: nothing). Puts into ctx what
	 * later steps need. *again = true: it cannot be taken over, it and all after it run anew. NULL: nothing to do. */
	enum status (*restore)(struct steps *s, void *ctx, const json_t *kept, bool *again);
	bool each_time;   /* runs again whenever the session is taken up (attendance, cards read, vault open) */
	bool retry;       /* may run again in the same process after it failed */
	bool unconfirmed; /* computing alone: nobody has to confirm it */
};

struct steps_session {
	const char *name;    /* stable: "key-session" */
	const char *title;   /* msgid */
	const char *program; /* as the journal calls it */
	const char *journal; /* file; its folder is there */
	const char *election, *zone;
	bool simulation;
	json_t *binding; /* what must be the same when it is taken up (E_STATE else); borrowed; NULL: nothing */
	const struct steps_step *list;
	unsigned n;
	void *ctx;
};

/* Reads the journal, begins a session or takes one up (E_STATE, said: it is being held elsewhere, or with another
 * binding). `what` and all it points to outlive *out. E_EVIDENCE, said: the journal's chain does not hold. */
MUST_USE enum status steps_open(struct steps **out, const struct steps_session *what);
/* All steps in order; then the session has ended, and says so in its journal. */
MUST_USE enum status steps_run(struct steps *s);
void steps_close(struct steps *s); /* NULL is fine */

/* ---- for a step's run */

/* Who confirms: for the journal. Copied. */
void steps_notary(struct steps *s, const char *name);
/* Any event of the step's own. detail: taken over, may be NULL. */
MUST_USE enum status steps_note(struct steps *s, const char *event, const char *who, json_t *detail);
/* A sentence for the acts, with its time; told to the room too. fmt: N_("…"). */
MUST_USE enum status steps_fact(struct steps *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The same, not told to the room. */
MUST_USE enum status steps_quiet_fact(struct steps *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* For restore; taken over. Public things only. The last call of a run counts. */
MUST_USE enum status steps_keep(struct steps *s, json_t *kept);
/* A question that must be answered with yes; kept as a fact. E_REFUSED, said (`refusal`), if it is not. */
MUST_USE enum status steps_demand(struct steps *s, const char *question, const char *refusal);
/* The four questions of an exception (numeral 5), at any moment. */
MUST_USE enum status steps_exception(struct steps *s);

/* ---- what is known of the session */

/* How often this step was begun before this time, in this session or an earlier one of the same journal. */
unsigned steps_begun_before(const struct steps *s, const char *id);
bool steps_is_done(const struct steps *s, const char *id);
bool steps_taken_up(const struct steps *s); /* in this process */
unsigned steps_number(const struct steps *s); /* of the session: 1 for the first with this journal */
moment steps_started(const struct steps *s);
/* What is to be opened of the journal by others (the cards' dialogue, the lottery). Owned by s. */
struct journal *steps_journal(struct steps *s);
/* facts, confirmations and exceptions of the whole session, also from before it was taken up; owned by s, valid until the
 * next call of this module. The rest of *out is left as it is. */
void steps_report(const struct steps *s, struct report_session *out);

#endif
