/* archive/LEAME.txt: what every file of the archive is and how to read it with nothing but it and this text. */
#ifndef CEREMONY_ARCHIVE_README_H
#define CEREMONY_ARCHIVE_README_H

#include "base/buffer.h"
#include "election/definition.h"

void archive_readme(struct buffer *out, const struct definition *d, const char *eid_hex);

#endif
