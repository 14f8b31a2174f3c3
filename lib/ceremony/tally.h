/*
 * The session of decryption and count (numerals 29 to 35, PROTOCOL 9 to 12, DESIGN 5), a guided session (steps.h) in the
 * procedure's order: attendance and clock; record, box and seal; mixes; lottery; the drawn members' cards, the vault,
 * outer decryption, opening by the HSM, count; acts; signatures and delivery; the shares erased. Nothing is opened before
 * everything before it has been checked.
 *
 * Broken off at any moment and run again, it goes on where its journal says: the lottery is never drawn twice, a mix or
 * decryption that was proved stays, votes once opened are not opened to another result. Until the count is done the
 * same drawn members insert their cards again; after it no card is needed to print an act.
 *
 * Questions of stdin, in order, besides what steps.h says (one line of the notary after each step but «record» and
 * «mixes»):
 *   attendance   place; notary; HSM administrator; coordinator; cards of absent members; is the clock right (s/n)
 *   lottery      numbers said aloud, one a line; an empty line
 *   count        the drawn members' passwords (cards.h); where there are mismatch votes, files of challenges, an empty line
 *   signatures   did the committee sign (s/n); were the acts handed over (s/n)
 *   erase        every member's password (cards.h)
 */
#ifndef CEREMONY_TALLY_H
#define CEREMONY_TALLY_H

#include "base/settings.h"
#include "base/status.h"

enum tally_part {
	TALLY_ALL,
	TALLY_DRAW,      /* stops after the lottery */
	TALLY_ERASE,     /* once the session has ended: cards that could not be erased in it */
	TALLY_CHALLENGE, /* once the votes are opened: the drawn members open the vault again, to answer challenges alone */
};

/* election: the folder with record/, documents/, journal/. */
MUST_USE enum status tally_run(struct settings *settings, const char *election, enum tally_part part);

/* What the session said, for the documents that come after it: facts, confirmations and exceptions, attendance, who was
 * drawn. *out is valid until tally_recall_free. E_STATE, said: no such session, or it has not ended. */
struct tally;
struct report_session;
MUST_USE enum status tally_recall(struct tally **hold, struct report_session *out, const char *election);
void tally_recall_free(struct tally *hold);

#endif
