/* What a voter's password yields (PROTOCOL 4). */
#ifndef PROTOCOL_CREDENTIAL_H
#define PROTOCOL_CREDENTIAL_H

#include "base/secret.h"
#include "base/status.h"
#include "group/point.h"

enum {
	PASSWORD_SYMBOLS = 20,
	USERNAME_MAX = 40,
	PASSWORD_SHOWN = 24, /* "XXXXX-XXXXX-XXXXX-XXXXX" and its zero */
};

struct credential_keys {
	uint8_t auth[32]; /* secret: proves the password to the server */
	struct scalar sk; /* secret: signs ballots */
	struct point credential;
};

/* A fresh password of 20 symbols, 100 bits (RAND_priv_bytes); *out is PASSWORD_SYMBOLS long, no zero. */
MUST_USE enum status credential_new_password(struct secret **out);
/* Four groups of five. out holds a secret afterwards. */
void credential_show_password(char out[PASSWORD_SHOWN], const struct secret *password);
/* As typed -> 20 symbols. E_EVIDENCE (nothing said) if it cannot be one. */
MUST_USE enum status credential_read_password(struct secret **out, const char *typed, size_t len);
/* As typed -> trimmed, upper-cased, checked. Public. False if it cannot be a user name. */
bool credential_read_username(char out[USERNAME_MAX + 1], const char *typed, size_t len);
/* The caller wipes *out with credential_wipe. */
MUST_USE enum status credential_derive(struct credential_keys *out, const char *slug, const char *username,
                                       const struct secret *password);
void credential_wipe(struct credential_keys *keys);
/* The code of a credential, as in the voter's letter. */
MUST_USE enum status credential_code(char out[24], const struct point *credential);

#endif
