/*
 * A PKCS#11 module, loaded and initialised. SoftHSM reads the place of its tokens once, at C_Initialize, from
 * SOFTHSM2_CONF: each store that is open at the same time therefore has a copy of the module of its own (the first
 * one the file itself, further ones an anonymous copy of it). Copies stay loaded and are used again. Opening and
 * closing are for one thread; what a module offers in between is thread-safe.
 */
#ifndef HSM_MODULE_H
#define HSM_MODULE_H

#include "base/status.h"
#include <p11-kit/pkcs11.h>
#include <stdbool.h>

#define MODULE_DEFAULT "/usr/lib/softhsm/libsofthsm2.so"

struct module {
	CK_FUNCTION_LIST *f;
	char *path, *store; /* store: NULL for a real HSM */
	int lock;           /* on the store; -1: another copy of ours holds it, or there is none */
	bool in_use;
	unsigned users; /* of a real HSM's one instance */
	struct module *next;
};

bool module_is_softhsm(const char *path);
/* A SoftHSM store has one process at a time (log-ins of two make its tokens vanish): the file store.lock in it is held
 * while it is open.
 * store: the token folder, made (0700) if it is not there, its softhsm2.conf written beside `tokens`; NULL or "" for
 * what is not SoftHSM. E_USAGE: a SoftHSM without a store; E_DEVICE: the module does not load
 * or start, or another process has the store. Said. */
MUST_USE enum status module_open(struct module **out, const char *path, const char *store);
/* Finalises: every session and session object goes. NULL is fine. */
void module_close(struct module *m);
/* Writes the conf of a store and points SOFTHSM2_CONF at it, for who loads the module by other means (libp11). */
MUST_USE enum status module_point_at(const char *store);

/* What a PKCS#11 return value means, for people; NULL where we have no words. */
const char *module_error(CK_RV rv);
/* "what: reason (CKR 0x...)", E_DEVICE. */
enum status module_fault(CK_RV rv, const char *what);
#if defined(__clang_analyzer__) || defined(VEMRE_LINT) /* as fault's: never OK */
#define module_fault(rv, what) ((void)(module_fault)((rv), (what)), E_DEVICE)
#endif

#endif
