/*
 * Huellas digitales (numeral 36): one document with the hashes of every file of the election's record, documents
 * and journals, which the HSM's administrator prints and hands to the notary.
 */
#ifndef REPORT_FINGERPRINTS_H
#define REPORT_FINGERPRINTS_H

#include "base/moment.h"
#include "base/status.h"
#include "election/definition.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct report_file {
	const char *path;
	uint64_t bytes;
	const uint8_t *sha256, *sha3_256; /* 32 bytes each */
};
struct report_journal {
	const char *path;
	uint64_t lines;
	const uint8_t *head; /* SHA-256 of the last line */
	bool chain;
};
struct report_fingerprints {
	const struct definition *definition;
	uint8_t eid[32], huellas_sha256[32];
	moment made;
	const char *place, *hsm_admin, *notary; /* NULL: a line to fill in by hand */
	const struct report_file *files;
	size_t n_files;
	const struct report_journal *journals;
	size_t n_journals;
};

MUST_USE enum status report_fingerprints(const char *path, const struct report_fingerprints *f);

#endif
