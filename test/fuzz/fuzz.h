/*
 * What the fuzz targets share. Each reads one kind of outside bytes (clang's libFuzzer, ASan and UBSan); readers that
 * take a path get a memory file under /proc/self/fd. Seeds and what was found: test/fuzz/corpus/NAME.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "base/status.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A regular file in memory that holds these bytes; the path is valid until the next call. */
const char *fuzz_file(const uint8_t *data, size_t size);
/* The same as a file of this name in a folder of this process below /tmp, for readers that ask more of a path; ends with the
 * run. name: "a" or "a/b"; the folder's own path is fuzz_folder(). */
const char *fuzz_beside(const char *name, const uint8_t *data, size_t size);
const char *fuzz_folder(void);
/* A file of test/vectors, read whole (aborts where it is not there); *len its size. */
uint8_t *fuzz_vector(const char *name, size_t *len);

struct verify;
/* These bytes as the file of this name beside the vectors' odd record, whose votes have been read, for a check of the
 * verifier (record/verify_parts.h). One name and one check a target. */
void fuzz_record_file(const char *name, enum status (*check)(struct verify *v), const uint8_t *data, size_t size);

/* What must hold of what a reader took. */
static inline void fuzz_need(bool good)
{
	if (!good)
		abort();
}

/* A reader's answer is of no matter here; that it comes back is. */
static inline void fuzz_ignore(enum status s)
{
	(void)s;
}

#endif
