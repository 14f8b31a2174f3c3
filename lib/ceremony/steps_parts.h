/* What the files of the guided session share (steps.h); private to them. */
#ifndef CEREMONY_STEPS_PARTS_H
#define CEREMONY_STEPS_PARTS_H

#include "ceremony/steps.h"
#include "journal/journal.h"

enum { STEPS_ANSWER = 512, STEPS_TEXT = 2048 };

struct steps_state {
	unsigned begun; /* ever, by this journal, before it runs now */
	bool done, confirmed;
	json_t *kept;
};

/* What steps_report hands out; pointers into `log`. */
struct steps_view {
	struct report_fact *facts;
	struct report_confirmation *confirmations;
	struct report_exception *exceptions;
};

struct steps {
	const struct steps_session *what;
	struct journal *journal;
	int lock; /* an open file description lock on the journal: one terminal holds a session */
	unsigned number;
	moment started;
	bool taken_up, abandoned;
	char *notary;
	struct steps_state *state; /* what->n of them */
	unsigned at;               /* the current step's index */
	json_t *kept;              /* by the step that runs */
	json_t *log;               /* facts, confirmations, exceptions, in their order */
	struct steps_view *view;
};

/* ---- steps_memory.c: the journal, written and read back */
/* Begins or takes up by what the journal says. */
MUST_USE enum status steps_remember(struct steps *s);
MUST_USE enum status steps_begin(struct steps *s);
/* Writes the event, and keeps what the acts tell of it. detail: taken over. */
MUST_USE enum status steps_write(struct steps *s, const char *event, json_t *detail);
/* The step at index i and all after it are as if they had not been. */
void steps_forget_from(struct steps *s, unsigned i);

/* ---- steps_talk.c: what is asked */
void steps_announce(const struct steps *s, const struct steps_step *step);
/* The notary's line, with exceptions, pauses and the end of it all answered in place. event: written with the initials. */
MUST_USE enum status steps_confirm(struct steps *s, const char *event, const char *question);
/* After a failure: *again, or E_REFUSED (abandoned), or E_FAILED where there is nobody to answer. */
MUST_USE enum status steps_ask_again(struct steps *s);

#endif
