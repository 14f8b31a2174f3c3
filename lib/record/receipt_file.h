/* A voter's receipt (PROTOCOL 8, 12) against a record: signed by the system, and where the box is there, kept by it. */
#ifndef RECORD_RECEIPT_FILE_H
#define RECORD_RECEIPT_FILE_H

#include "protocol/hash.h"
#include "record/folder.h"

struct receipt {
	uint8_t tracker[32];
	char code[CODE_SIZE]; /* the tracker as people read it */
	bool box;             /* the record has its box: the ballot is in it, else only the signature has been checked */
};
/* E_EVIDENCE, said: not readable, of another election, signed by no system key, or its ballot is not in the box. */
MUST_USE enum status receipt_read(struct receipt *out, const struct record *r, const char *path);

#endif
