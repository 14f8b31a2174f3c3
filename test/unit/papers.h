/* JSON files for tests of their readers: a good one, and the same with one value changed, each refused for its reason. */
#ifndef UNIT_PAPERS_H
#define UNIT_PAPERS_H

#include "base/status.h"
#include <jansson.h>

struct paper_fault {
	const char *path, *value; /* of sample_set; value as JSON, NULL: taken out */
	const char *about;        /* stands in the refusal */
};

/* Writes root (not taken) over the file. */
void papers_write(const char *path, const json_t *root);
/* Each fault in turn put into a copy of good, written to path, read: must be E_EVIDENCE or E_REFUSED, about it. Last, the
 * good one again: OK. */
void papers_refuse(const json_t *good, const char *path, const struct paper_fault *faults, size_t n,
                   enum status (*read)(void *ctx, const char *path), void *ctx);
/* What is no JSON, an empty file, a folder, no file: refused. */
void papers_refuse_bytes(const json_t *good, const char *path, enum status (*read)(void *ctx, const char *path), void *ctx);

#endif
