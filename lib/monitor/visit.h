/*
 * One log-in of the synthetic voter, from outside, as a browser does it (doc/api.md): the site by HTTPS with its certificate
 * verified, user name and password, the code read from the test telephone, the session, and out again. Its account has no
 * credential: it can never cast (sql/001, sql/003, sql/010).
 *
 * Secret: the password's derivatives, held in struct secret, and the code, which dies within these seconds.
 */
#ifndef MONITOR_VISIT_H
#define MONITOR_VISIT_H

#include "base/settings.h"
#include "base/status.h"
#include "election/definition.h"
#include "store/entry.h"

#define VISIT_USERNAME "ENTRADA-DE-PRUEBA"
enum { VISIT_EVERY = 300, VISIT_CODE_SECONDS = 90 };

/* NOT_OPEN: the voting is not open. STOPPED: a blocked SIGTERM or SIGINT came while the code was awaited. */
enum visit_end { VISIT_TRIED, VISIT_NOT_OPEN, VISIT_STOPPED };
/*
 * Fills *out; what fails at the site is an outcome, not an error: OK is returned. But for VISIT_TRIED only out->began says
 * something. E_USAGE, E_FAILED, said: it could not be tried (settings, password, memory).
 */
MUST_USE enum status visit_run(struct entry *out, enum visit_end *how, struct settings *s, const struct definition *d);

#endif
