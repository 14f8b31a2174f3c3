/*
 * Questions to the person at the terminal. Where stdin is no terminal (a script), the same questions are
 * printed and answered by lines of stdin. Passwords are never echoed.
 */
#ifndef BASE_PROMPT_H
#define BASE_PROMPT_H

#include "base/secret.h"
#include "base/status.h"
#include <stdbool.h>

/* One line without its end, at most size-1 bytes. End of input: E_FAILED, said. */
MUST_USE enum status prompt_line(char *out, size_t size, const char *question);
/* *out: 1 to max bytes, the caller's. */
MUST_USE enum status prompt_secret(struct secret **out, size_t max, const char *question);
/* Asked twice; differing answers are said and asked again; shorter than min too. */
MUST_USE enum status prompt_new_secret(struct secret **out, size_t min, size_t max, const char *question);
/* "s"/"sí"/"y"/"yes" → true. */
MUST_USE enum status prompt_yes(bool *out, const char *question);

#endif
