/* What archive.c and archive_check.c share. */
#ifndef CEREMONY_ARCHIVE_FILES_H
#define CEREMONY_ARCHIVE_FILES_H

#include "base/buffer.h"
#include "ceremony/archive.h"

#define ARCHIVE_HUELLAS "huellas.json"
#define ARCHIVE_SUMS "SHA256SUMS"
#define ARCHIVE_PAPERS_SUMS "SHA256SUMS-resguardo"
#define ARCHIVE_DOCUMENT "huellas-digitales.pdf"

MUST_USE enum status archive_sums(struct buffer *out, const struct archive *a); /* SHA256SUMS's bytes */
MUST_USE enum status archive_sha256(uint8_t out[32], const struct buffer *bytes);

#endif
