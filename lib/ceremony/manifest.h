/*
 * What is installed, file by file: the manifest whose SHA-256 is the system hash of opening.json (numeral 14). A line
 * per regular file, sorted by path within its root:
 *
 *   sha256-hex SP mode (octal, four digits) SP size SP path LF
 *
 * A path begins with the place of use and the root's name ("server/programs/open-election", "server/sql/001-schema.sql"),
 * so that two machines with other folders agree; what is used in two places has a line in each. Settings that matter
 * are lines too ("server/settings/place.unknown": mode 0000, hash and size of the value's text); what the host alone
 * decides (sockets, key files, addresses: HOST_SPECIFIC in manifest.c, listed in doc/manual-apertura.md) has none. Objects
 * of the database are lines of the section "database" (store/integrity.h). Anything but files and folders is refused.
 * Public.
 */
#ifndef CEREMONY_MANIFEST_H
#define CEREMONY_MANIFEST_H

#include "base/buffer.h"
#include "base/settings.h"
#include "base/status.h"
#include "store/connection.h"
#include <stdint.h>

struct manifest_root {
	const char *name, *folder;
};
/* Appends the manifest of the roots, in their order. A folder that is not there has no lines. */
MUST_USE enum status manifest_of(struct buffer *out, const struct manifest_root *roots, size_t n);

enum {
	MANIFEST_SERVER = 1,
	MANIFEST_CEREMONY = 2,
	MANIFEST_ENROLMENT = 4,
	MANIFEST_VERIFY = 8,
	MANIFEST_DATABASE = 16,
	MANIFEST_FILES = 15, /* all but the database */
	MANIFEST_ALL = 31,
};
/* "server" → MANIFEST_SERVER; 0: no such section. And back; NULL for several. */
unsigned manifest_section(const char *name);
const char *manifest_section_name(unsigned section);

/* The sections of what is installed here. Settings system.programs (default: the running program's folder; where the
 * setting names it, a file there that is none of ours has a line too), system.site, system.sql, system.nginx,
 * system.monitoring, system.scripts, system.doc, system.locale (default: under ../share of the programs, as make install
 * has them), system.units (../lib/systemd/system: of it, what is called vemre-*; beside it ../sysusers.d/vemre.conf). */
MUST_USE enum status manifest_installed(struct buffer *out, struct settings *s, unsigned sections);
/* The section "database": functions, tables, rights as PostgreSQL holds them. */
MUST_USE enum status manifest_database(struct buffer *out, struct connection *c);
/* The lines of these sections, in their order. E_EVIDENCE, said: a line is malformed or of no known section. */
MUST_USE enum status manifest_sections_of(struct buffer *out, const struct buffer *manifest, unsigned sections);
/* Which sections have lines. */
unsigned manifest_has(const struct buffer *manifest);

enum manifest_difference { MANIFEST_DIFFERS, MANIFEST_MISSING, MANIFEST_EXTRA };
typedef void (*manifest_listener)(void *ctx, enum manifest_difference what, const char *path, size_t path_len);
/* Tells every difference. E_EVIDENCE if there is one (not said); also, said, for malformed bytes. */
MUST_USE enum status manifest_differences(const struct buffer *installed, const struct buffer *certified,
                                          manifest_listener listener, void *ctx);
/* Says every file that differs, is missing or is there besides (certified: the other one's bytes). E_EVIDENCE. */
MUST_USE enum status manifest_compare(const struct buffer *installed, const struct buffer *certified);
const char *manifest_words(enum manifest_difference what); /* Spanish msgid */

#endif
