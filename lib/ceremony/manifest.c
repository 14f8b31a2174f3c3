/* See manifest.h. */
#include "ceremony/manifest.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/report.h"
#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status add_folder(struct buffer *out, const char *folder, const char *name);

static int not_dots(const struct dirent *e)
{
	return strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
}

/* By bytes, whatever the locale. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static enum status add_entry(struct buffer *out, const char *path, const char *name)
{
	uint8_t hash[32];
	struct stat st;
	enum status r;

	if (lstat(path, &st) != 0)
		return fault(E_FAILED, NULL, _("%s: no se puede leer"), path);
	if (S_ISDIR(st.st_mode))
		return add_folder(out, path, name);
	if (!S_ISREG(st.st_mode))
		return fault(E_EVIDENCE, NULL, _("%s: no es un archivo ni una carpeta"), path);
	if ((r = file_sha256(hash, path)) != OK)
		return r;
	buffer_hex(out, hash, 32);
	buffer_printf(out, " %04o %lld %s\n", (unsigned)(st.st_mode & 07777), (long long)st.st_size, name);
	return OK;
}

static enum status add_folder(struct buffer *out, const char *folder, const char *name)
{
	struct dirent **entries = NULL;
	int n = scandir(folder, &entries, not_dots, by_bytes);
	enum status r = OK;

	if (n < 0)
		return fault(E_FAILED, NULL, _("%s: no se puede leer la carpeta"), folder);
	for (int i = 0; i < n; i++) {
		char *path = file_path(folder, entries[i]->d_name, NULL);
		char *inner = file_path(name, entries[i]->d_name, NULL);

		if (r == OK)
			r = path == NULL || inner == NULL ? E_FAILED : add_entry(out, path, inner);
		free(path);
		free(inner);
		free(entries[i]);
	}
	free(entries);
	return r;
}

enum status manifest_of(struct buffer *out, const struct manifest_root *roots, size_t n)
{
	enum status r = OK;

	for (size_t i = 0; i < n && r == OK; i++)
		r = add_folder(out, roots[i].folder, roots[i].name);
	if (r == OK && !buffer_ok(out))
		r = fault(E_FAILED, NULL, _("no hay memoria"));
	return r;
}

enum status manifest_installed(struct buffer *out, struct settings *s)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
	struct manifest_root roots[] = {{"programs", NULL}, {"site", NULL}, {"sql", NULL}, {"nginx", NULL}};

	if (len <= 0)
		return fault(E_FAILED, NULL, _("no se sabe qué programa es este"));
	self[len] = '\0';
	*strrchr(self, '/') = '\0';
	if ((roots[0].folder = settings_path(s, "system.programs", self)) == NULL ||
	    (roots[1].folder = settings_path(s, "system.site", "/usr/share/vemre/site")) == NULL ||
	    (roots[2].folder = settings_path(s, "system.sql", "/usr/share/vemre/sql")) == NULL ||
	    (roots[3].folder = settings_path(s, "system.nginx", "/usr/share/vemre/nginx")) == NULL)
		return E_USAGE;
	return manifest_of(out, roots, sizeof roots / sizeof *roots);
}

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

static enum status differs(const struct line *l, const char *what)
{
	return fault(E_EVIDENCE, NULL, "%.*s: %s", (int)l->path_len, l->path, what);
}

enum status manifest_compare(const struct buffer *installed, const struct buffer *certified)
{
	struct line *a = NULL, *b = NULL;
	size_t n = 0, m = 0, i = 0, j = 0;
	enum status r, s = OK;

	if ((r = lines_of(&a, &n, installed)) != OK || (r = lines_of(&b, &m, certified)) != OK)
		goto done;
	while (i < n || j < m) {
		int c = i == n ? 1 : j == m ? -1 : by_path(&a[i], &b[j]);

		if (c < 0)
			s = differs(&a[i++], _("no está en el manifiesto certificado"));
		else if (c > 0)
			s = differs(&b[j++], _("falta; está en el manifiesto certificado"));
		else {
			if (a[i].len != b[j].len || memcmp(a[i].text, b[j].text, a[i].len) != 0)
				s = differs(&a[i], _("no es el archivo certificado"));
			i++;
			j++;
		}
	}
	r = s;
done:
	free(a);
	free(b);
	return r;
}
