/* Files: read whole and bounded, written beside, fsynced and renamed; never over one unasked. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buffer.h"
#include "base/status.h"
#include <stdio.h>
#include <sys/types.h>

/* Appends the file's bytes to out. Larger than max bytes, missing, not a regular file: a fault. */
MUST_USE enum status file_read(struct buffer *out, const char *path, size_t max);
/* A file mapped read-only; *data is NULL for an empty one. Release with file_unmap. One that is cut short while it is
 * mapped ends the program (mapped.h). */
MUST_USE enum status file_map(const uint8_t **data, size_t *len, const char *path);
void file_unmap(const uint8_t *data, size_t len);
bool file_exists(const char *path);

/* New file (refused if there is one), or replaced in one step. The name appears only when all is on disk. */
MUST_USE enum status file_create(const char *path, const void *data, size_t len, mode_t mode);
MUST_USE enum status file_replace(const char *path, const void *data, size_t len, mode_t mode);

/* The same for what is streamed: write to w->f (checked at the end), then commit or abandon.
 * _commit refuses an existing name unless `over`. Both release everything; _abandon is safe after _commit. */
struct file_writer {
	FILE *f;
	char *path, *part;
};
MUST_USE enum status file_writer_open(struct file_writer *w, const char *path, mode_t mode);
MUST_USE enum status file_writer_commit(struct file_writer *w, bool over);
void file_writer_abandon(struct file_writer *w);

MUST_USE enum status file_sha256(uint8_t out[32], const char *path);
MUST_USE enum status file_mkdirs(const char *path, mode_t mode); /* like mkdir -p */
/* The folder that an absolute path's last name is in. malloc'd. NULL: out of memory (said), or the path is not absolute. */
char *file_folder(const char *path);
/* folder/name, or folder/a/b with several parts ending in NULL. malloc'd. NULL: out of memory (said). */
char *file_path(const char *folder, ...) __attribute__((sentinel));

#endif
