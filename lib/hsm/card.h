/*
 * A member's card: one PKCS#11 token with the member's share of K as a private object behind the member's own
 * password, and a public label (PROTOCOL 3, DESIGN 5).
 *
 * Settings: cards.module; cards.reader (SoftHSM: a path, a symbolic link to the folder of the card that is in,
 * absent while none is; else a part of the reader's name, empty: the first reader with a card); cards.max_cards
 * (20); cards.min_password (8).
 * One card at a time, one thread. No password is kept here, nor by the module after the call.
 */
#ifndef HSM_CARD_H
#define HSM_CARD_H

#include "base/secret.h"
#include "base/settings.h"
#include "base/status.h"
#include "election/definition.h"
#include "group/point.h"
#include <stdbool.h>

enum { CARD_MEMBER_MAX = 120, CARD_SERIAL_MAX = 17, CARD_PASSWORD_MAX = 64 };

/* What the card says of itself to anyone: not a proof (the share is checked against the commitments). */
struct card_label {
	char election[DEFINITION_ID_MAX + 1];
	char member[CARD_MEMBER_MAX + 1];
	unsigned card, cards, threshold;
	struct point commitment; /* F_0 of its key session: tells two sessions of one election apart */
	bool erased;             /* its share has been erased */
	char serial[CARD_SERIAL_MAX]; /* the token's */
};

enum card_state {
	CARD_NONE,           /* the reader is empty */
	CARD_BLANK,          /* a card never set up */
	CARD_READY,          /* set up by its maker with a password of its own, or half written: nothing of ours is on it */
	CARD_OURS,           /* with a share of this key session */
	CARD_ERASED,         /* of this key session, its share erased */
	CARD_OTHER_ELECTION,
	CARD_OTHER_SESSION,  /* of this election, from another key session (a broken-off one) */
	CARD_UNREADABLE,
};

/* Wrong password: what the token tells of it. */
enum card_tries { CARD_TRIES_UNKNOWN, CARD_TRIES_LOW, CARD_TRIES_LAST, CARD_TRIES_LOCKED };

struct card_reader;

MUST_USE enum status card_reader_open(struct card_reader **out, struct settings *s);
void card_reader_free(struct card_reader *r);
unsigned card_reader_max_cards(const struct card_reader *r);

/* Is a card in? Cheap: for polling every 200 ms. */
bool card_present(struct card_reader *r);
/* What is in the reader. label: filled for OURS, ERASED and OTHER_*. commitment NULL: OTHER_SESSION is not told apart.
 * Says nothing but for UNREADABLE, whose reason is put into why[why_size]. */
enum card_state card_look(struct card_reader *r, const char *election, const struct point *commitment,
                          struct card_label *label, char *why, unsigned why_size);
/* Does the card in the reader take its password from the reader's keypad? Then the passwords below are NULL. */
MUST_USE enum status card_keypad(bool *out, struct card_reader *r);
/* Lengths in bytes that the card in the reader takes, at least cards.min_password. */
MUST_USE enum status card_password_range(struct card_reader *r, size_t *min, size_t *max);

/*
 * All of: E_DEVICE, said, with its own text: no card, removed too early, unreadable, the token's error.
 * E_REFUSED: wrong password; said with the tries left where the token tells, and *tries (may be NULL) set.
 */
/* Takes a blank card: password set, share and label written, all read back and compared. The SO PIN is random and
 * forgotten. E_REFUSED (said) if the card is not blank. serial of the label is filled. */
MUST_USE enum status card_write(struct card_reader *r, struct card_label *label, const struct secret *share,
                                const struct secret *password);
/* The same for a card that is set up: `old` is its password until now; what it held of ours is erased first. */
MUST_USE enum status card_rewrite(struct card_reader *r, struct card_label *label, const struct secret *share,
                                  const struct secret *old, const struct secret *password, enum card_tries *tries);
MUST_USE enum status card_read(struct card_reader *r, struct secret **share, const struct secret *password,
                               enum card_tries *tries);
/* Erases the share, and marks the label. */
MUST_USE enum status card_erase(struct card_reader *r, const struct secret *password, enum card_tries *tries);

#endif
