/* See settings.h. */
#include "base/settings.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include <libconfig.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>

struct settings {
	config_t config;
	char *file, *folder;
	char **made; /* paths handed out */
	size_t n_made;
};

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

const char *settings_item_path(struct settings *s, const char *name, unsigned i)
{
	return absolute(s, settings_item(s, name, i));
}
