/*
 * The vault: the PKCS#11 token in which the opening key is made and stays (PROTOCOL 3, DESIGN 5). Its PINs are
 * derived from the committee's K; the key can do nothing but ECDH.
 *
 * Settings: hsm.module, hsm.vault_store (the token folder of a SoftHSM; empty for a real HSM), hsm.vault_label,
 * hsm.vault_serial (wanted only where two tokens bear one label).
 *
 * Threads: vault_derive_x may be called by several threads at once. An open vault has `lanes` connections, each
 * logged in once, one after the other, before vault_open returns (SoftHSM: a copy of the module each, since one
 * copy serialises; a real HSM: a session each); a call takes a free lane and waits if there is none. Everything
 * else is for one thread.
 * Nothing is left on the token: derived secrets are session objects, destroyed as soon as they are read; what is
 * left of a session goes with it at vault_close.
 */
#ifndef HSM_VAULT_H
#define HSM_VAULT_H

#include "base/secret.h"
#include "base/settings.h"
#include "base/status.h"
#include "group/point.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { VAULT_LANES_MAX = 16, VAULT_SERIAL_MAX = 17 };

struct vault;

/*
 * Making one, in two steps, because the PINs come from K and K from the token's own generator.
 * vault_prepare: takes a blank token, under a temporary SO PIN. E_STATE (said) if a token of that label is there,
 * or, with SoftHSM, anything in its folder.
 * vault_make: with K, gives the token the PINs of K, makes the opening key, reads its attributes back and refuses
 * (E_DEVICE, said, naming the attribute) what is not as it must be. The vault is then open (one lane).
 * vault_close before vault_make has ended well: with SoftHSM the half-made token is removed again.
 */
MUST_USE enum status vault_prepare(struct vault **out, struct settings *s);
MUST_USE enum status vault_make(struct vault *v, const struct secret *k);

/* Is there a token of the vault's label, or with SoftHSM anything in its folder? */
MUST_USE enum status vault_exists(bool *there, struct settings *s);
/* Removes a vault whose K is lost. SoftHSM: what its folder has. E_DEVICE, said: a real HSM's token goes by its maker's
 * means. */
MUST_USE enum status vault_discard(struct settings *s);

/* Opens with the PIN derived from K and checks that its key is `expected` (keys.json's election_key). K is not kept.
 * E_DEVICE (said): token not found, twice there, wrong PIN, another key, attributes not as they must be. */
MUST_USE enum status vault_open(struct vault **out, struct settings *s, const struct secret *k,
                                const struct point *expected, unsigned lanes);
/* The same on the token folder `store` (a restored spare, SoftHSM only). */
MUST_USE enum status vault_open_store(struct vault **out, struct settings *s, const char *store,
                                      const struct secret *k, const struct point *expected, unsigned lanes);
/* Logs out and lets go of the module. NULL is fine. */
void vault_close(struct vault *v);

/* A, the election key. */
MUST_USE enum status vault_public_key(struct vault *v, struct point *out);
/* z = x(a R), by CKM_ECDH1_DERIVE and CKD_NULL. r is on the curve, not infinity. Thread-safe. E_DEVICE, said. */
MUST_USE enum status vault_derive_x(struct vault *v, uint8_t z[32], const struct point *r);
/* From the token's generator, into a secret. A prepared, made or open vault. */
MUST_USE enum status vault_random(struct vault *v, struct secret *out);
/* len bytes from a token's generator without opening it: `tally draw` needs them before any card (PROTOCOL 12). */
MUST_USE enum status vault_random_closed(uint8_t *out, size_t len, struct settings *s);

const char *vault_serial(const struct vault *v);
/* Facts for the act: label, serial, manufacturer, model, and the attributes read back. A new reference. */
json_t *vault_facts(struct vault *v);

#endif
