/*
 * The archive of an election (numeral 36, DESIGN 10): SHA-256 and SHA3-256 of every file under record/, documents/
 * and journal/ of the election's folder, in the order of their paths' bytes.
 *
 *   archive/huellas.json            {"format", "election", "eid", "made": RFC 3339,
 *                                    "files": [{"path", "bytes", "sha256", "sha3_256"}],
 *                                    "journals": [{"path", "lines", "head", "chain": true or false}]}
 *   archive/SHA256SUMS              for `sha256sum -c archive/SHA256SUMS` in the election's folder
 *   archive/huellas-digitales.pdf   to print, sign and hand to the notary
 *
 * huellas.json is written last: an archive without it was cut short and is made anew. Nothing here is secret.
 */
#ifndef CEREMONY_ARCHIVE_H
#define CEREMONY_ARCHIVE_H

#include "base/moment.h"
#include "base/status.h"
#include "record/folder.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct archive_file {
	char *path; /* "record/seal.json" */
	uint64_t bytes;
	uint8_t sha256[32], sha3_256[32];
};
struct archive_journal {
	const char *path; /* of the file's entry */
	uint64_t lines;
	uint8_t head[32];
	bool chain; /* it holds (journal/journal.h) */
};
struct archive {
	struct archive_file *files;
	size_t n;
	struct archive_journal *journals;
	size_t n_journals;
};

/* Hashes what is in the folder now. E_EVIDENCE, said: something that is neither file nor folder (a link, a device),
 * or a name with a control character or backslash, which SHA256SUMS could not hold. Journals whose chain does not
 * hold are said as warnings and marked. */
MUST_USE enum status archive_scan(struct archive **out, const char *election_folder);
void archive_free(struct archive *a);

/* E_STATE, said: the tally is not done (results.json, encrypted-votes.box or decrypted-votes.csv is missing), or
 * there is an archive already. */
MUST_USE enum status archive_may_begin(const char *election_folder);

/* The three files; `who` for the document. made: its date, and huellas.json's. */
struct archive_people {
	const char *place, *hsm_admin, *notary; /* NULL: a line to fill in by hand */
};
/* Fills in what is NULL from the tally's attendance, the last one in journal/tally.jsonl; stays NULL where that says
 * nothing. What was found is owned by *hold, to be freed with json_decref after use. */
MUST_USE enum status archive_attendance(struct archive_people *who, json_t **hold, const char *election_folder);
MUST_USE enum status archive_write(const struct archive *a, const char *election_folder, const struct record *r,
                                   moment made, const struct archive_people *who);

/* All of numeral 36: archive_may_begin, a line in journal/archive-election.jsonl, archive_scan, archive_write. */
MUST_USE enum status archive_make(const char *election_folder, struct archive_people *who);

struct archive_verdict {
	uint64_t same, changed, missing, extra;
	char made[40];
	uint8_t huellas_sha256[32]; /* to be compared with the printed document */
};
/* Compares the folder with archive/huellas.json and SHA256SUMS with both; each difference is said, with its path.
 * E_EVIDENCE: any. E_STATE: there is no archive. */
MUST_USE enum status archive_check(struct archive_verdict *v, const char *election_folder);

#endif
