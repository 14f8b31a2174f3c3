/* lists/NAME/J.list: ciphertexts of one list (PROTOCOL 9). */
#ifndef RECORD_LIST_H
#define RECORD_LIST_H

#include "base/buffer.h"
#include "base/status.h"
#include "group/point.h"

struct list {
	unsigned w;
	uint64_t n;
	struct point *points; /* n * (w+1), owned */
	uint8_t sha256[32];   /* of the file */
};
/* The file's bytes, appended; l->sha256 is filled. out must be empty. */
MUST_USE enum status list_render(struct buffer *out, struct list *l, const uint8_t eid[32], const char *name);
/* The same to disk: a new file. */
MUST_USE enum status list_write(struct list *l, const char *path, const uint8_t eid[32], const char *name);
/* Every point checked; eid, name, w and (if n_expected is not 0) n as expected. */
MUST_USE enum status list_open(struct list **out, const char *path, const uint8_t eid[32], const char *name,
                               unsigned w, uint64_t n_expected);
void list_free(struct list *l);
/* Frees the points alone: w and n remain, points is NULL. */
void list_forget(struct list *l);

#endif
