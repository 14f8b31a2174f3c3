/*
 * Emblems of parties (DESIGN 6): files beside the definition, each with its SHA-256 in it, copied at the opening to where
 * the site serves them from.
 */
#ifndef CEREMONY_EMBLEMS_H
#define CEREMONY_EMBLEMS_H

#include "base/status.h"
#include "election/definition.h"

enum { EMBLEM_MAX_FILE = 128 * 1024 };

/* Reads the emblems that the definition names, relative to the folder of `beside` (a file: the definition as it was
 * given), and writes ELECTION/emblems/SHA256.svg, .png or .webp. E_EVIDENCE: missing, another hash, of another kind;
 * said with the party. */
MUST_USE enum status emblems_take(const char *definition, const char *beside, const char *election);
/* Only looks: every emblem of d, the definition at this path, that would be refused is said. */
MUST_USE enum status emblems_check(const struct definition *d, const char *path);

#endif
