/*
 * Acta circunstanciada of the key session (numerals 6 to 12), from what keygen-ceremony wrote down as it happened:
 * documents/keygen-session.json (ceremony/keygen.h). Signed by the members and the HSM's administrator (numeral 12).
 */
#ifndef REPORT_KEYGEN_ACT_H
#define REPORT_KEYGEN_ACT_H

#include "base/status.h"
#include "election/definition.h"

/* facts: keygen-session.json. E_EVIDENCE, said: it lacks a field, or is of another election. */
MUST_USE enum status report_keygen_act(const char *path, const struct definition *definition, const char *facts);

#endif
