/*
 * The one settings file (libconfig's format; default /etc/vemre/vemre.conf, or --config FILE). Every setting
 * is documented with its default in doc/vemre.conf. Paths that do not start with '/' are taken from the
 * settings file's folder.
 */
#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include "base/status.h"
#include <stdbool.h>

struct settings;

/* path NULL: the default place. 1 MiB at most, no zero byte, no @include: E_USAGE, said. */
MUST_USE enum status settings_open(struct settings **out, const char *path);
void settings_free(struct settings *s);

/* name: "group.setting". The text is owned by s. Without the setting: fallback; a fallback of NULL makes it a
 * must: a fault is said and NULL returned. */
const char *settings_text(const struct settings *s, const char *name, const char *fallback);
/* As settings_text, and made absolute; owned by s. */
const char *settings_path(struct settings *s, const char *name, const char *fallback);
/* A value of another kind or out of [min, max] is a fault; *out is then untouched. Absent: fallback. */
MUST_USE enum status settings_int(long *out, const struct settings *s, const char *name, long fallback, long min,
                                  long max);
MUST_USE enum status settings_bool(bool *out, const struct settings *s, const char *name, bool fallback);
/* The i-th text of a list setting, NULL past its end. */
const char *settings_item(const struct settings *s, const char *name, unsigned i);
/* How many it has; 0 for what is no list. */
unsigned settings_items(const struct settings *s, const char *name);
bool settings_has(const struct settings *s, const char *name);
bool settings_is_group(const struct settings *s, const char *name); /* { … } */
/* The same as settings_item, made absolute as settings_path does. */
const char *settings_item_path(struct settings *s, const char *name, unsigned i);

/* Every setting of the file, in the order of their names: "group.setting" and its value as text (a list between
 * brackets), whatever comments and blanks the file has. */
void settings_each(const struct settings *s, void (*tell)(void *ctx, const char *name, const char *value), void *ctx);

#endif
