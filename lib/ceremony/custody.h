/*
 * The session of safekeeping (numerals 36 to 41), a guided session (steps.h) after the tally's has ended:
 *
 *   fingerprints (36)  archive.h's three files, printed and handed to the notary
 *   envelopes (37, 38) covers to print; each envelope's number
 *   computer (39)      off, its disk out: make and serial
 *   custody (40)       archive/inventario-custodia.pdf
 *   act (41)           archive/acta-circunstanciada.pdf with the index of numerals, LEAME.txt, SHA256SUMS-resguardo, and
 *                      ELECTION.tar beside the folders: the whole archive in one file
 *
 * Its journal is archive/session.jsonl: those of journal/ have their fingerprints taken in its first step. Questions of
 * stdin besides steps.h's: (36) s/n; per member the envelope's number, s/n; the disk, other media; s/n; s/n.
 */
#ifndef CEREMONY_CUSTODY_H
#define CEREMONY_CUSTODY_H

#include "base/status.h"

/* E_STATE, said: the tally's session has not ended. */
MUST_USE enum status custody_run(const char *election);

#endif
