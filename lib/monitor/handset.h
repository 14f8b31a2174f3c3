/*
 * The test telephone of the gateway, as far as a program can read it: a file (or an address of https, or of http on 127.x.x.x or [::1]) with a line per
 * message. Of a line that names the number, the last six digits in a row after it are the code; bytes in percent encoding are
 * decoded and zero bytes are skipped, so that UTF-16 as Kannel's fakesmsc writes it is read as well as plain text.
 *
 * A code is a secret for five minutes: here it is the one of an account that can never cast; it is not kept.
 */
#ifndef MONITOR_HANDSET_H
#define MONITOR_HANDSET_H

#include "base/settings.h"
#include "base/status.h"
#include <stdbool.h>

enum { HANDSET_CODE = 6 };

struct handset;
/* Settings probe.phone and probe.messages; what is there now is old. E_USAGE, E_FAILED, said. */
MUST_USE enum status handset_open(struct handset **out, struct settings *s);
void handset_close(struct handset *h);
/* *found: a code came to the number after handset_open. E_FAILED, said: the messages cannot be read. */
MUST_USE enum status handset_look(struct handset *h, bool *found, char code[HANDSET_CODE + 1]);

/* The last line of text that shows a code for the number ("+525550000000"): its place, or NULL; the code in `code`. */
const char *handset_last(const char *text, const char *number, char code[HANDSET_CODE + 1]);

#endif
