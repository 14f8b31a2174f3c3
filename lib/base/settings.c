/* See settings.h. */
#include "base/settings.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include <libconfig.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct settings {
	config_t config;
	char *file, *folder;
	char **made; /* paths handed out */
	size_t n_made;
};

/* One file, read whole and bounded: libconfig would open what "@include" names by itself, and stop at a zero byte. */
static enum status check_text(const char *path, const char *text, size_t len)
{
	if (strlen(text) != len)
		return fault(E_USAGE, NULL, _("%s: contiene un byte cero"), path);
	for (const char *at = text; at != NULL; at = strchr(at, '\n') != NULL ? strchr(at, '\n') + 1 : NULL)
		if (strncmp(at + strspn(at, " \t"), "@include", 8) == 0)
			return fault(E_USAGE, _("los ajustes están todos en el mismo archivo"), _("%s: no admite @include"), path);
	return OK;
}

enum status settings_open(struct settings **out, const char *path)
{
	struct settings *s;
	struct buffer b = BUFFER_INIT;
	enum status r;
	char *copy = NULL, *full = NULL;

	*out = NULL;
	if (path == NULL)
		path = "/etc/vemre/vemre.conf";
	if ((r = file_read(&b, path, 1 << 20)) != OK)
		goto done;
	r = E_FAILED;
	if ((s = calloc(1, sizeof *s)) == NULL)
		goto done;
	config_init(&s->config);
	if (buffer_str(&b) == NULL || (full = realpath(path, NULL)) == NULL || (copy = strdup(full)) == NULL ||
	    (s->file = strdup(path)) == NULL || (s->folder = strdup(dirname(copy))) == NULL) {
		settings_free(s);
		goto done;
	}
	if ((r = check_text(path, buffer_str(&b), b.len)) != OK) {
		settings_free(s);
		goto done;
	}
	if (config_read_string(&s->config, buffer_str(&b)) != CONFIG_TRUE) {
		r = fault(E_USAGE, NULL, _("%s: línea %d: %s"), path, config_error_line(&s->config),
		          config_error_text(&s->config));
		settings_free(s);
		goto done;
	}
	*out = s;
	r = OK;
done:
	free(copy);
	free(full);
	buffer_free(&b);
	return r;
}

void settings_free(struct settings *s)
{
	if (s == NULL)
		return;
	config_destroy(&s->config);
	for (size_t i = 0; i < s->n_made; i++)
		free(s->made[i]);
	free(s->made);
	free(s->file);
	free(s->folder);
	free(s);
}

const char *settings_text(const struct settings *s, const char *name, const char *fallback)
{
	const char *text = fallback;

	if (config_lookup(&s->config, name) != NULL && config_lookup_string(&s->config, name, &text) != CONFIG_TRUE) {
		fault(E_USAGE, NULL, _("%s: «%s» no es un texto"), s->file, name);
		return NULL;
	}
	if (text == NULL)
		fault(E_USAGE, _("doc/vemre.conf explica cada ajuste"), _("%s: falta el ajuste «%s»"), s->file, name);
	return text;
}

static const char *absolute(struct settings *s, const char *text)
{
	char *path, **more;

	if (text == NULL || text[0] == '/' || text[0] == '\0')
		return text;
	if ((path = file_path(s->folder, text, NULL)) == NULL)
		return NULL;
	for (size_t i = 0; i < s->n_made; i++) /* asked for often, by what runs for days */
		if (strcmp(s->made[i], path) == 0) {
			free(path);
			return s->made[i];
		}
	if ((more = realloc(s->made, (s->n_made + 1) * sizeof *more)) == NULL) {
		free(path);
		return NULL;
	}
	s->made = more;
	s->made[s->n_made++] = path;
	return path;
}

const char *settings_path(struct settings *s, const char *name, const char *fallback)
{
	return absolute(s, settings_text(s, name, fallback));
}

enum status settings_int(long *out, const struct settings *s, const char *name, long fallback, long min, long max)
{
	int v;

	if (config_lookup(&s->config, name) == NULL) {
		*out = fallback;
		return OK;
	}
	if (config_lookup_int(&s->config, name, &v) != CONFIG_TRUE || v < min || v > max)
		return fault(E_USAGE, NULL, _("%s: «%s» no es un entero entre %ld y %ld"), s->file, name, min, max);
	*out = v;
	return OK;
}

enum status settings_bool(bool *out, const struct settings *s, const char *name, bool fallback)
{
	int v;

	if (config_lookup(&s->config, name) == NULL) {
		*out = fallback;
		return OK;
	}
	if (config_lookup_bool(&s->config, name, &v) != CONFIG_TRUE)
		return fault(E_USAGE, NULL, _("%s: «%s» no es true ni false"), s->file, name);
	*out = v != 0;
	return OK;
}

const char *settings_item(const struct settings *s, const char *name, unsigned i)
{
	config_setting_t *list = config_lookup(&s->config, name);

	if (list == NULL || i >= (unsigned)config_setting_length(list))
		return NULL;
	return config_setting_get_string_elem(list, (int)i);
}

unsigned settings_items(const struct settings *s, const char *name)
{
	config_setting_t *list = config_lookup(&s->config, name);

	return list == NULL || config_setting_is_scalar(list) ? 0 : (unsigned)config_setting_length(list);
}

bool settings_is_group(const struct settings *s, const char *name)
{
	config_setting_t *v = config_lookup(&s->config, name);

	return v != NULL && config_setting_is_group(v);
}

bool settings_has(const struct settings *s, const char *name)
{
	return config_lookup(&s->config, name) != NULL;
}

const char *settings_item_path(struct settings *s, const char *name, unsigned i)
{
	return absolute(s, settings_item(s, name, i));
}

/* ---- all of them */

static void value_text(struct buffer *out, const config_setting_t *v)
{
	int n = config_setting_length(v);

	switch (config_setting_type(v)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		buffer_printf(out, "%lld", config_setting_get_int64(v));
		break;
	case CONFIG_TYPE_BOOL:
		buffer_text(out, config_setting_get_bool(v) ? "true" : "false");
		break;
	case CONFIG_TYPE_FLOAT:
		buffer_printf(out, "%.17g", config_setting_get_float(v));
		break;
	case CONFIG_TYPE_STRING:
		buffer_printf(out, "\"%s\"", config_setting_get_string(v));
		break;
	default:
		buffer_text(out, "[");
		for (int i = 0; i < n; i++) {
			buffer_text(out, i > 0 ? ", " : "");
			value_text(out, config_setting_get_elem(v, (unsigned)i));
		}
		buffer_text(out, "]");
	}
}

struct named {
	char name[160];
	const config_setting_t *value;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

static void collect(const config_setting_t *group, const char *prefix, struct named *out, size_t *n, size_t max)
{
	for (int i = 0; i < config_setting_length(group) && *n < max; i++) {
		const config_setting_t *v = config_setting_get_elem(group, (unsigned)i);
		struct named *one = &out[*n];

		snprintf(one->name, sizeof one->name, "%.100s%s%.50s", prefix, prefix[0] != '\0' ? "." : "",
		         config_setting_name(v) != NULL ? config_setting_name(v) : "");
		if (config_setting_type(v) == CONFIG_TYPE_GROUP) {
			char inner[160];

			memcpy(inner, one->name, sizeof inner);
			collect(v, inner, out, n, max);
		} else {
			one->value = v;
			(*n)++;
		}
	}
}

void settings_each(const struct settings *s, void (*tell)(void *ctx, const char *name, const char *value), void *ctx)
{
	enum { MOST = 1000 };
	struct named *all = calloc(MOST, sizeof *all);
	size_t n = 0;

	if (all == NULL)
		return;
	collect(config_root_setting(&s->config), "", all, &n, MOST);
	qsort(all, n, sizeof *all, by_name);
	for (size_t i = 0; i < n; i++) {
		struct buffer b = BUFFER_INIT;

		value_text(&b, all[i].value);
		if (buffer_str(&b) != NULL)
			tell(ctx, all[i].name, buffer_str(&b));
		buffer_free(&b);
	}
	free(all);
}
