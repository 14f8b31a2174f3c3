/*
 * What was carried from the server to the venue (numeral 28): every file that the closing report names is compared with
 * it, hash by hash, before anything is taken; then box and seal with each other. A journal may have grown since: its
 * beginning must be what the report has. What the report does not name is said and left on the medium.
 */
#ifndef CEREMONY_IMPORT_H
#define CEREMONY_IMPORT_H

#include "base/status.h"

/* medium: a folder with record/, journal/, documents/closing-report.json. election: the venue's, where what is there
 * already (keys.json) must be the same. Every difference is said with its path; E_EVIDENCE, and nothing has been taken.
 * E_INCOMPLETE: the medium has no closing report. Noted in journal/tally.jsonl. */
MUST_USE enum status import_run(const char *election, const char *medium);

#endif
