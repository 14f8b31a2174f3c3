/*
 * A POSIX ustar archive whose bytes are decided by the files alone: names in the order of their bytes, owner 0, mode
 * 0644, one time for all (IEEE Std 1003.1, pax, "ustar Interchange Format").
 */
#ifndef CEREMONY_TARBALL_H
#define CEREMONY_TARBALL_H

#include "base/moment.h"
#include "base/status.h"
#include <stddef.h>

/* paths: below `folder`, sorted here by their bytes; in the archive as `top`/path. A new file. E_EVIDENCE, said: a name
 * too long for the format. */
MUST_USE enum status tarball_write(const char *to, const char *folder, const char *top, const char **paths, size_t n,
                                   moment when);

#endif
