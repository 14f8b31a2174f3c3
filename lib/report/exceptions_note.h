/*
 * The note to the Consejo General on what a session decided where the procedure foresees nothing (numeral 5): through the
 * IT unit, with what was expected, what happened, what was decided and by whom.
 */
#ifndef REPORT_EXCEPTIONS_NOTE_H
#define REPORT_EXCEPTIONS_NOTE_H

#include "base/status.h"
#include "election/definition.h"
#include "report/session.h"

/* session_title: "Apertura del Sistema". s: with at least one exception. */
MUST_USE enum status report_exceptions_note(const char *path, const struct definition *d, const char *session_title,
                                            const struct report_session *s);

#endif
