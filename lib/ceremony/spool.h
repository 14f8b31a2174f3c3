/*
 * The spool of the enrolment machine: who each user name is for, and the passwords until they are mailed.
 * A header and entries of one size, so that an entry's password can be overwritten in place:
 *
 *   header   "VMS1" || u32 entries || 32 random bytes, the spool's id || SHA-256(credentials.csv) || zeros to 96
 *   entry    u8 state || u8 kind ('v', 's') || u16 renewals || person, sealed || password, sealed
 *
 * person and password are sealed each for itself (ceremony/gcm.h) under the safe's key; additional data: the spool's
 * id, u32 index, 'p' or 'w', kind: no entry can be moved, none taken from another spool. The state is what it is on
 * disk; the password of a mail that was accepted is zeros.
 *
 * Overwriting in place is what a program can do; a journaling medium or a copy of it may keep the old bytes: those
 * are ciphertext under the passphrase.
 */
#ifndef CEREMONY_SPOOL_H
#define CEREMONY_SPOOL_H

#include "base/secret.h"
#include "base/status.h"
#include "ceremony/gcm.h"
#include "group/point.h"
#include "protocol/credential.h"
#include <stdbool.h>
#include <stdint.h>

enum {
	SPOOL_HEADER = 96,
	SPOOL_PERSON = 688,
	SPOOL_ENTRY = 4 + SPOOL_PERSON + GCM_MORE + PASSWORD_SYMBOLS + GCM_MORE,
};

enum spool_state {
	SPOOL_WAITING = 0,
	SPOOL_UNDER_WAY = 1, /* being handed over; found so at the start: in doubt */
	SPOOL_ACCEPTED = 2,  /* password overwritten */
	SPOOL_REFUSED = 3,   /* the relay refuses the address: for the registrar to mend */
};
enum { SPOOL_STATES = 4 };

/* Texts end in zero. A spare has only username, district and credential. */
struct spool_person {
	char voter[65], name[201], email[255], phone[17], username[USERNAME_MAX + 1], district[41];
	struct point credential;
};

/* A new spool, beside the name until _commit, which replaces what a load that was cut short may have left. Every
 * entry must have been put. _put is thread-safe in distinct indices. */
struct spool_writer;
MUST_USE enum status spool_writer_open(struct spool_writer **out, const char *path, uint32_t entries,
                                       const struct secret *key);
MUST_USE enum status spool_writer_put(struct spool_writer *w, uint32_t index, char kind,
                                      const struct spool_person *person, const struct secret *password);
MUST_USE enum status spool_writer_commit(struct spool_writer *w, const uint8_t credentials_sha256[32]);
void spool_writer_free(struct spool_writer *w); /* abandons what was not committed */

/* key NULL: only counts and states can be asked. The key is borrowed. */
struct spool;
MUST_USE enum status spool_open(struct spool **out, const char *path, const struct secret *key);
void spool_close(struct spool *s);
uint32_t spool_entries(const struct spool *s);
const uint8_t *spool_credentials_sha256(const struct spool *s); /* 32 bytes */
enum spool_state spool_state(const struct spool *s, uint32_t index);
char spool_kind(const struct spool *s, uint32_t index);
MUST_USE enum status spool_person(struct spool_person *out, const struct spool *s, uint32_t index);
bool spool_password_gone(const struct spool *s, uint32_t index); /* overwritten */
/* E_STATE: overwritten already. */
MUST_USE enum status spool_password(struct secret **out, const struct spool *s, uint32_t index);
/* On disk when it returns. SPOOL_ACCEPTED overwrites the password with it. Thread-safe in distinct indices. */
MUST_USE enum status spool_mark(struct spool *s, uint32_t index, enum spool_state state);
/* A copy of the spool at `path`, in which this entry has another person and password and waits, and its Message-ID is
 * another one. */
MUST_USE enum status spool_renew(const struct spool *s, const char *path, uint32_t index,
                                 const struct spool_person *person, const struct secret *password,
                                 const uint8_t credentials_sha256[32]);
/* A copy of the spool at `path`, in which this entry is another person's, or of another address; all else is kept. */
MUST_USE enum status spool_correct(const struct spool *s, const char *path, uint32_t index,
                                   const struct spool_person *person);
/* "<32 hex@domain>": the same for an entry every time, telling nothing about it. out: at least 320 bytes. */
MUST_USE enum status spool_message_id(char *out, size_t size, const struct spool *s, uint32_t index,
                                      const char *domain);

#endif
