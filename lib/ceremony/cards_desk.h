/* What the dialogue's files share (cards.h); private to ceremony/. */
#ifndef CEREMONY_CARDS_DESK_H
#define CEREMONY_CARDS_DESK_H

#include "ceremony/cards.h"
#include "hsm/card.h"

struct cards_desk {
	struct card_reader *reader;
	const struct keys_file *keys;
	cards_note note;
	void *ctx;
	long wait_seconds;
};

const char *cards_holder(const struct cards_desk *d, unsigned card);
MUST_USE enum status cards_tell(struct cards_desk *d, unsigned card, const char *event, const char *text);
/* A fault of a card that is answered in place: shown, noted; the session goes on. fmt: N_("…"); the note is Spanish. */
MUST_USE enum status cards_complain(struct cards_desk *d, unsigned card, const char *event, const char *hint,
                                    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Until the reader is full or empty. False: not within cards.wait_seconds, or Enter was pressed. */
bool cards_wait_for(struct cards_desk *d, bool present);
/* "Retire la tarjeta", and until it is out. card: 0 where it is not known. */
MUST_USE enum status cards_wait_removed(struct cards_desk *d, unsigned card);

/* The password of the card in the reader: from the terminal, or NULL where the reader has a keypad, whose use is then
 * asked for. A card that was taken out meanwhile: the terminal. */
MUST_USE enum status cards_password(struct secret **out, struct cards_desk *d, const char *question);

enum cards_choice { CARDS_AGAIN, CARDS_DROP };
MUST_USE enum status cards_what_now(enum cards_choice *out, struct cards_desk *d, unsigned card, bool may_drop);

#endif
