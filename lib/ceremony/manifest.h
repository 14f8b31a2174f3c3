/*
 * What is installed, file by file: the manifest whose SHA-256 is the system hash of opening.json (numeral 14). A line
 * per regular file, sorted by path:
 *
 *   sha256-hex SP mode (octal, four digits) SP size SP path LF
 *
 * The path begins with the root's name ("programs/tally"), so that two machines with other folders agree. Anything
 * but files and folders is refused. Public.
 */
#ifndef CEREMONY_MANIFEST_H
#define CEREMONY_MANIFEST_H

#include "base/buffer.h"
#include "base/settings.h"
#include "base/status.h"
#include <stdint.h>

struct manifest_root {
	const char *name, *folder;
};
/* Appends the manifest of the roots, in their order. */
MUST_USE enum status manifest_of(struct buffer *out, const struct manifest_root *roots, size_t n);
/* The installed system's: settings system.programs (default: the running program's folder), system.sql, system.site,
 * system.nginx (default: under /usr/share/vemre). */
MUST_USE enum status manifest_installed(struct buffer *out, struct settings *s);
/* Says every file that differs, is missing or is there besides (certified: the other one's bytes). E_EVIDENCE. */
MUST_USE enum status manifest_compare(const struct buffer *installed, const struct buffer *certified);

#endif
