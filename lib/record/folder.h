/*
 * The election record as a folder (PROTOCOL 11): its small files read, checked and written. Each reader refuses
 * unknown fields, duplicate keys, wrong lengths; what ties files together is record/verify.h's business.
 */
#ifndef RECORD_FOLDER_H
#define RECORD_FOLDER_H

#include "base/status.h"
#include "election/definition.h"
#include "election/rights.h"
#include "group/point.h"
#include "protocol/shares.h"
#include "protocol/signature.h"

struct member {
	char *name;
};
struct keys_file {
	char election[DEFINITION_ID_MAX + 1];
	unsigned threshold, cards;
	struct member members[SHARES_MAX]; /* card i+1 */
	struct point commitments[SHARES_MAX];
	struct point committee_key[COMMITTEE_KEYS];
	struct point election_key;
};
enum { SYSTEM_KEYS_MAX = 64 };
struct opening_file {
	char election[DEFINITION_ID_MAX + 1];
	unsigned n_system_keys;
	struct point system_keys[SYSTEM_KEYS_MAX];
	struct point registrar_key;
	uint8_t system_hash[32];
	char opened[40];
};
struct seal_file {
	uint8_t eid[32], box_sha256[32], reissues_sha256[32];
	uint64_t ballots;
	char closed[40];
	uint8_t signature[SIGNATURE_MAX];
	size_t signature_len;
};

MUST_USE enum status keys_file_open(struct keys_file **out, const char *path);
MUST_USE enum status keys_file_write(const struct keys_file *k, const char *path); /* new file */
void keys_file_free(struct keys_file *k);
MUST_USE enum status opening_file_open(struct opening_file *out, const char *path);
MUST_USE enum status opening_file_write(const struct opening_file *o, const char *path);
MUST_USE enum status seal_file_open(struct seal_file *out, const char *path);
MUST_USE enum status seal_file_write(const struct seal_file *s, const char *path);
/* Signed by one of the opening's system keys? */
bool seal_signed(const struct seal_file *s, const struct opening_file *o);

/* What every program after the opening needs: definition, keys, opening, eid and the hashes. */
struct record {
	char *folder;
	struct definition *definition;
	struct keys_file *keys;
	struct opening_file opening;
	uint8_t election_sha256[32], keys_sha256[32], credentials_sha256[32], opening_sha256[32];
	uint8_t eid[32];
	/* reads the files of PROTOCOL 11 that exist before any vote and checks them against each other */
};
MUST_USE enum status record_open(struct record **out, const char *folder);
/* The same while election.json or opening.json are not in the folder yet: their paths; NULL: they are. */
MUST_USE enum status record_open_with(struct record **out, const char *folder, const char *definition,
                                      const char *opening);
void record_free(struct record *r);
/* credentials.csv, and reissues.csv where it is there or `reissues` demands it. */
MUST_USE enum status record_rights(struct rights **out, const struct record *r, bool reissues);

#endif
