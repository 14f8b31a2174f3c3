/* encrypted-votes.box: written in one pass, read from a map (PROTOCOL 9). */
#ifndef RECORD_BOX_H
#define RECORD_BOX_H

#include "base/file.h"
#include "election/definition.h"

/* Writing: ballots come in strictly ascending order of tracker (refused otherwise), `ballots` of them. */
struct box_writer {
	struct file_writer file;
	uint64_t expected, written;
	uint8_t last[32];
};
MUST_USE enum status box_writer_open(struct box_writer *w, const char *path, const uint8_t eid[32], uint64_t ballots);
MUST_USE enum status box_writer_add(struct box_writer *w, const uint8_t tracker[32], const char *district,
                                    const uint8_t *ballot, size_t len);
MUST_USE enum status box_writer_commit(struct box_writer *w); /* as many as promised, else E_FAILED; a new file */
void box_writer_abandon(struct box_writer *w);

struct box_entry {
	const char *district; /* not zero-terminated */
	size_t district_len;
	const uint8_t *ballot;
	size_t len;
};
struct box {
	const uint8_t *data; /* the map */
	size_t size;
	uint64_t n;
	struct box_entry *entries;
};
/* Form alone: magic, eid, count, lengths, nothing left over. */
MUST_USE enum status box_open(struct box **out, const char *path, const uint8_t eid[32]);
void box_free(struct box *b);

#endif
