/*
 * system-signer's other end of hsm/signer.h: one process, one thread, one poll loop; many clients, each with a
 * bounded request at a time. It signs typed requests only and builds the bytes itself.
 */
#ifndef HSM_SIGNER_SERVER_H
#define HSM_SIGNER_SERVER_H

#include "base/confine.h"
#include "base/status.h"
#include "hsm/system_key.h"
#include <signal.h>

enum { SIGNER_CLIENTS_MAX = 256 };

/*
 * Serves on a Unix socket (mode 0660; a dead one left there is replaced) until *stop is set by a signal that interrupts poll
 * (the caller blocks it and hands the mask to wait with), or until the token fails: E_DEVICE, said; open it anew. The socket
 * is removed at the end. confine: given up once it listens (base/confine.h); NULL: nothing.
 */
MUST_USE enum status signer_serve(struct system_key *key, const char *socket_path, const struct confine *confine,
                                  const volatile sig_atomic_t *stop, const sigset_t *wait_mask);

#endif
