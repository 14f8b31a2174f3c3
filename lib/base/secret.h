/*
 * Bytes that must not outlive their use: locked in memory, left out of core files, wiped when freed.
 *
 * Modules that may look inside one (secret_bytes): group/ (scalars), protocol/ (credential, shares,
 * decryption, shuffle), hsm/ (PINs), notify/ (a mail's password, a code on its way out), monitor/ (entry: the
 * synthetic voter's), ceremony/ (gcm,
 * safe, spool: the enrolment's files), of cmd/ those that prompt for one (base/prompt), and of
 * fcgi/backend token.c (the key of codes). Everything else hands them on unopened.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include <stddef.h>
#include <stdint.h>

struct secret;

/* len > 0 bytes, zeroed. NULL if memory is out (said as a fault). */
struct secret *secret_new(size_t len);
struct secret *secret_copy(const void *bytes, size_t len);
void secret_free(struct secret *s); /* wipes; NULL is fine */
uint8_t *secret_bytes(const struct secret *s);
size_t secret_len(const struct secret *s);

/* At the start of every program: no core file, not traceable, a locked heap for small secrets. */
void secret_protect_process(void);

#endif
