/* See manifest.h: two manifests compared line by line; the sections of one. */
#include "base/i18n.h"
#include "base/report.h"
#include "ceremony/manifest.h"
#include <stdlib.h>
#include <string.h>

/* ---- comparison: every line of one looked for in the other */

struct line {
	const char *text, *path; /* path: within the line */
	size_t len, path_len;
};

static int by_path(const void *a, const void *b)
{
	const struct line *x = a, *y = b;
	size_t least = x->path_len < y->path_len ? x->path_len : y->path_len;
	int c = memcmp(x->path, y->path, least);

	return c != 0 ? c : (x->path_len > y->path_len) - (x->path_len < y->path_len);
}

static enum status lines_of(struct line **out, size_t *n, const struct buffer *manifest)
{
	const char *at = (const char *)manifest->data, *end = at + manifest->len;
	size_t count = 0;

	*n = 0;
	for (size_t i = 0; i < manifest->len; i++)
		count += manifest->data[i] == '\n';
	if ((*out = calloc(count + 1, sizeof **out)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at)), *path = at;
		struct line *l = &(*out)[*n];

		for (int i = 0; i < 3 && stop != NULL && path != NULL; i++) {
			path = memchr(path, ' ', (size_t)(stop - path));
			path = path != NULL ? path + 1 : NULL;
		}
		if (stop == NULL || path == NULL)
			return fault(E_EVIDENCE, NULL, _("manifiesto: línea %zu: no tiene la forma debida"), *n + 1);
		*l = (struct line){at, path, (size_t)(stop - at), (size_t)(stop - path)};
		(*n)++;
		at = stop + 1;
	}
	qsort(*out, *n, sizeof **out, by_path);
	return OK;
}

const char *manifest_words(enum manifest_difference what)
{
	return what == MANIFEST_DIFFERS   ? N_("no es el archivo certificado")
	       : what == MANIFEST_MISSING ? N_("falta; está en el manifiesto certificado")
	                                  : N_("no está en el manifiesto certificado");
}

enum status manifest_differences(const struct buffer *installed, const struct buffer *certified,
                                 manifest_listener listener, void *ctx)
{
	struct line *a = NULL, *b = NULL;
	size_t n = 0, m = 0, i = 0, j = 0;
	enum status r, s = OK;

	if ((r = lines_of(&a, &n, installed)) != OK || (r = lines_of(&b, &m, certified)) != OK)
		goto done;
	while (i < n || j < m) {
		int c = i == n ? 1 : j == m ? -1 : by_path(&a[i], &b[j]);
		const struct line *l = c > 0 ? &b[j] : &a[i];

		if (c != 0 || l->len != b[j].len || memcmp(l->text, b[j].text, l->len) != 0) {
			listener(ctx, c < 0 ? MANIFEST_EXTRA : c > 0 ? MANIFEST_MISSING : MANIFEST_DIFFERS, l->path, l->path_len);
			s = E_EVIDENCE;
		}
		i += c <= 0;
		j += c >= 0;
	}
	r = s;
done:
	free(a);
	free(b);
	return r;
}

static void say(void *ctx, enum manifest_difference what, const char *path, size_t len)
{
	(void)ctx;
	fault(E_EVIDENCE, NULL, "%.*s: %s", (int)len, path, _(manifest_words(what)));
}

enum status manifest_compare(const struct buffer *installed, const struct buffer *certified)
{
	return manifest_differences(installed, certified, say, NULL);
}

/* ---- sections of a manifest */

static unsigned section_of(const struct line *l)
{
	const char *name;

	for (unsigned section = 1; (name = manifest_section_name(section)) != NULL; section <<= 1) {
		size_t len = strlen(name);

		if (l->path_len > len && memcmp(l->path, name, len) == 0 && l->path[len] == '/')
			return section;
	}
	return 0;
}

static int by_place(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	return (x->text > y->text) - (x->text < y->text);
}

enum status manifest_sections_of(struct buffer *out, const struct buffer *manifest, unsigned sections)
{
	struct line *l = NULL;
	size_t n = 0;
	enum status r = lines_of(&l, &n, manifest);

	if (r == OK)
		qsort(l, n, sizeof *l, by_place);
	for (size_t i = 0; i < n && r == OK; i++) {
		unsigned section = section_of(&l[i]);

		if (section == 0)
			r = fault(E_EVIDENCE, NULL, _("manifiesto: «%.*s»: no es de ninguna sección"), (int)l[i].path_len, l[i].path);
		else if ((section & sections) != 0)
			buffer_put(out, l[i].text, l[i].len + 1);
	}
	free(l);
	if (r == OK && !buffer_ok(out))
		r = fault(E_FAILED, NULL, _("no hay memoria"));
	return r;
}

unsigned manifest_has(const struct buffer *manifest)
{
	struct line *l = NULL;
	size_t n = 0;
	unsigned has = 0;

	if (lines_of(&l, &n, manifest) == OK)
		for (size_t i = 0; i < n; i++)
			has |= section_of(&l[i]);
	free(l);
	return has;
}
