/*
 * The session of decryption and count (numerals 29 to 35, PROTOCOL 9 to 12, DESIGN 5), in the procedure's order:
 * attendance and clock; record, box and seal; mixes; lottery; the drawn members' cards; the vault; outer
 * decryption, opening by the HSM, count; acts; the shares erased. Nothing is opened before everything before it has
 * been checked. What was proved and written stays: a session broken off is run again with the same lottery.
 */
#ifndef CEREMONY_TALLY_H
#define CEREMONY_TALLY_H

#include "base/settings.h"
#include "base/status.h"

enum tally_part {
	TALLY_ALL,
	TALLY_DRAW,  /* stops after the lottery */
	TALLY_ERASE, /* after a tally that was broken off between its acts and the erasing of the shares */
};

/* election: the folder with record/, documents/, journal/. */
MUST_USE enum status tally_run(struct settings *settings, const char *election, enum tally_part part);

#endif
