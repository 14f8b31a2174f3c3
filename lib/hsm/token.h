/*
 * One token of a module: found by label and serial, never by slot number; set up; its key pairs made and their
 * attributes read back. What vault, card and system key share.
 */
#ifndef HSM_TOKEN_H
#define HSM_TOKEN_H

#include "base/secret.h"
#include "base/status.h"
#include "group/point.h"
#include "hsm/module.h"
#include <jansson.h>
#include <stddef.h>

struct token {
	CK_FUNCTION_LIST *f;
	CK_SLOT_ID slot;
	char label[33], serial[17], manufacturer[33], model[17]; /* without their padding */
	size_t pin_min, pin_max;
	CK_FLAGS flags;
};

/* How many tokens bear this label. */
MUST_USE enum status token_count(unsigned *n, struct module *m, const char *label);
/* serial NULL: the label must be there once. E_DEVICE, said. */
MUST_USE enum status token_find(struct token *out, struct module *m, const char *label, const char *serial);
/* A token that was never set up. E_DEVICE, said. */
MUST_USE enum status token_blank(struct token *out, struct module *m);
/* What is in this slot, read afresh. */
MUST_USE CK_RV token_read(struct token *out, CK_FUNCTION_LIST *f, CK_SLOT_ID slot);

/* chars random printable characters, 6 bits each. */
MUST_USE enum status token_random_pin(struct secret **out, size_t chars);
/* Sets up under a SO PIN; label: at most 32 bytes. t is read afresh. */
MUST_USE enum status token_init(struct token *t, const struct secret *so_pin, const char *label);
/* As the SO (whose PIN becomes new_so_pin, unless NULL), sets the user's PIN. No session is left open. A user PIN of NULL,
 * here and below, is typed on the reader's keypad. */
MUST_USE enum status token_set_pins(struct token *t, const struct secret *so_pin, const struct secret *new_so_pin,
                                    const struct secret *user_pin);
/* Of the user who is logged in by `session`. */
MUST_USE CK_RV token_change_pin(struct token *t, CK_SESSION_HANDLE session, const struct secret *from,
                                const struct secret *to);
/* A session, logged in as user. A failed login: *rv has the token's word, nothing is said, E_REFUSED. */
MUST_USE enum status token_login(CK_SESSION_HANDLE *session, struct token *t, bool write, const struct secret *pin,
                                 CK_RV *rv);

/* A P-256 pair that can do one thing only: CKA_SIGN or CKA_DERIVE. On the token, not extractable, labelled. */
MUST_USE enum status token_make_pair(struct token *t, CK_SESSION_HANDLE session, const char *label,
                                     CK_ATTRIBUTE_TYPE use);
/* The one private key of this label. E_DEVICE, said. */
MUST_USE enum status token_private_key(CK_OBJECT_HANDLE *key, struct token *t, CK_SESSION_HANDLE session,
                                       const char *label);
MUST_USE enum status token_public_point(struct point *out, struct token *t, CK_SESSION_HANDLE session,
                                        const char *label);
/* Reads back what makes the key a prisoner of its token and refuses (E_DEVICE, naming it) what differs. *facts (may be
 * NULL): {"CKA_LOCAL": true, ...}, a new reference. */
MUST_USE enum status token_check_key(json_t **facts, struct token *t, CK_SESSION_HANDLE session,
                                     CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE use);

#endif
