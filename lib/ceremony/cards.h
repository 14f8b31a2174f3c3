/*
 * The dialogue with the card holders at the ceremony terminal, for keygen-ceremony and tally: one card at a time,
 * every fault answered in place, the session going on (DESIGN 5, PROCESS 9, 11, 31, 37).
 *
 * What is asked of stdin, in order (a script answers line by line; the reader is polled, no line is read for it):
 *   writing a card    password, password again; a refused one is asked again (both). A card that its maker has set up
 *                     (or that was left half written): first its password until now. One of a key session of this
 *                     election that is no more, or with an erased share: whether it is to be used again ("s"), then the
 *                     same. A reader with a keypad takes passwords itself: no line is read for them
 *   reading a card    password; after a wrong one, again; after each third wrong one, and after a card that is
 *                     unreadable or contradicts the commitments, "what now" (below)
 *   "what now"        empty line: again; "s": drop this card (a substitute is drawn, or it stays unread or
 *                     not erased, on the record); "x": break the session off (E_REFUSED)
 *   no card for cards.wait_seconds (default 600; on a terminal also a pressed Enter): "what now"
 * A card of another election, of another session, one not drawn, one already read: said; the holder takes it out and
 * the wait starts again, without a line of stdin. What the reader awaits is printed as "Inserte la tarjeta N" and
 * "Retire la tarjeta" ("Insert card N", "Remove the card"), one line each: ceremony-scripts/card hands follows them.
 */
#ifndef CEREMONY_CARDS_H
#define CEREMONY_CARDS_H

#include "base/secret.h"
#include "base/settings.h"
#include "base/status.h"
#include "record/folder.h"
#include <stdbool.h>

struct cards_desk;

/* Told of each event, for the journal and the act. card: 0 where it is not known. event: a stable word: "inserted",
 * "written", "read", "erased", "removed", "wrong-password", "other-election", "other-session", "same-card",
 * "not-drawn", "not-blank", "reused", "already-erased", "unreadable", "contradicts", "removed-early", "no-card",
 * "dropped", "substitute". text: for people, never a secret. What it returns other than OK ends the dialogue. */
typedef enum status (*cards_note)(void *ctx, unsigned card, const char *event, const char *text);

/* What the acts say of an event, in Spanish; NULL: nothing (cards going in and out). */
const char *cards_phrase(const char *event);

/* keys is borrowed: members, threshold, commitments of this election; in keygen not yet on disk. note may be NULL. */
MUST_USE enum status cards_open(struct cards_desk **out, struct settings *s, const struct keys_file *keys,
                                cards_note note, void *ctx);
void cards_close(struct cards_desk *desk);

/* Writes share i to card i+1, for each card in turn, and reads each back. serials[i] (17 bytes each) is filled. */
MUST_USE enum status cards_write(struct cards_desk *desk, struct secret *const *shares, char (*serials)[17]);
/* Rehearsal: every card of the election, in any order; shares[i] (card i+1) the caller's. No card may be dropped. */
MUST_USE enum status cards_read_all(struct cards_desk *desk, struct secret **shares);
/*
 * K from the cards drawn. order: card numbers as drawn (PROTOCOL 12), n of them, the first `threshold` drawn, the
 * rest substitutes, each taken in where a card is dropped. used[threshold] (may be NULL): the cards that opened,
 * as they came. *k: 32 bytes, the caller's. E_REFUSED (said): broken off, or no substitute is left (too few cards).
 */
MUST_USE enum status cards_collect(struct secret **k, struct cards_desk *desk, const unsigned *order, unsigned n,
                                   unsigned *used);
/* At the end of the tally: every card once more, its share erased. erased[i] (keys->cards of them): card i+1 is erased
 * now, or already was. A card dropped by "s" stays as it is and OK is returned: the act names it. */
MUST_USE enum status cards_erase(struct cards_desk *desk, bool *erased);

#endif
