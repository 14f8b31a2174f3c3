/* The lottery of the members who open the vault (numeral 30, PROTOCOL 12), at the terminal. */
#ifndef CEREMONY_LOTTERY_H
#define CEREMONY_LOTTERY_H

#include "base/settings.h"
#include "base/status.h"
#include "journal/journal.h"
#include "protocol/shares.h"
#include "record/lottery_file.h"

/* Entropy from the HSM XOR the system; the commitment journalled and shown (an aborted draw stays on the record);
 * numbers read aloud typed one a line, an empty line ends; the transcript written to path (a new file); the entropy
 * shown. */
MUST_USE enum status lottery_draw(struct lottery *out, struct settings *settings, struct journal *journal,
                                  const uint8_t eid[32], unsigned n, unsigned m, const char *path);
#endif
