/* See list.h. */
#include "record/list.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/parallel.h"
#include "base/reader.h"
#include "base/report.h"
#include "protocol/hash.h"
#include <stdlib.h>
#include <string.h>

static void header(struct buffer *out, const struct list *l, const uint8_t eid[32], const char *name)
{
	buffer_text(out, "VML1");
	buffer_put(out, eid, 32);
	buffer_u8(out, (uint8_t)strlen(name));
	buffer_text(out, name);
	buffer_u8(out, (uint8_t)l->w);
	buffer_u64(out, l->n);
}

enum status list_render(struct buffer *out, struct list *l, const uint8_t eid[32], const char *name)
{
	header(out, l, eid, name);
	buffer_put(out, l->points, l->n * (l->w + 1) * sizeof *l->points);
	if (!buffer_ok(out))
		return fault(E_FAILED, NULL, _("no hay memoria para la lista «%s»"), name);
	return hash_sha256(l->sha256, out->data, out->len);
}

enum status list_write(struct list *l, const char *path, const uint8_t eid[32], const char *name)
{
	struct buffer b = BUFFER_INIT;
	enum status r;

	if ((r = list_render(&b, l, eid, name)) == OK)
		r = file_create(path, b.data, b.len, 0644);
	buffer_free(&b);
	return r;
}

/* Hashing and checking, side by side. */
struct two_checks {
	struct list *l;
	const uint8_t *data;
	size_t len, bad;
};

static enum status one_of_two(void *ctx, uint64_t from, uint64_t to)
{
	struct two_checks *x = ctx;
	enum status s = OK;

	for (uint64_t i = from; s == OK && i < to; i++)
		s = i == 0 ? hash_sha256(x->l->sha256, x->data, x->len)
		           : point_check_many(&x->bad, x->l->points, x->l->n * (x->l->w + 1));
	return s;
}

static enum status check_points(struct list *l, const char *path, const uint8_t *data, size_t len)
{
	struct two_checks x = {l, data, len, 0};
	enum status s = parallel_for(2, 1, one_of_two, &x);

	if (s == OK && x.bad < l->n * (l->w + 1))
		s = fault(E_EVIDENCE, NULL, _("%s: el voto %llu tiene un punto fuera de la curva"), path,
		          (unsigned long long)(x.bad / (l->w + 1)));
	return s;
}

static enum status read_list(struct list *l, const char *path, const uint8_t *data, size_t len, const uint8_t eid[32],
                             const char *name, uint64_t n_expected)
{
	struct reader r = reader_of(data, len);
	size_t name_len = strlen(name);
	const uint8_t *p;

	if ((p = reader_take(&r, 4)) == NULL || memcmp(p, "VML1", 4) != 0)
		return fault(E_EVIDENCE, NULL, _("%s: no empieza por VML1"), path);
	if ((p = reader_take(&r, 32)) == NULL || memcmp(p, eid, 32) != 0)
		return fault(E_EVIDENCE, NULL, _("%s: la lista es de otra elección"), path);
	if (reader_u8(&r) != name_len || (p = reader_take(&r, name_len)) == NULL || memcmp(p, name, name_len) != 0)
		return fault(E_EVIDENCE, NULL, _("%s: la lista no es «%s»"), path, name);
	if (reader_u8(&r) != l->w)
		return fault(E_EVIDENCE, NULL, _("%s: el ancho de la lista no es %u"), path, l->w);
	l->n = reader_u64(&r);
	if (r.bad || l->n > r.left / POINT_BYTES || r.left != l->n * (l->w + 1) * POINT_BYTES ||
	    (n_expected != 0 && l->n != n_expected))
		return fault(E_EVIDENCE, NULL, _("%s: el número de votos no es el que debe, o está cortada"), path);
	if ((l->points = malloc(l->n * (l->w + 1) * sizeof *l->points + 1)) == NULL)
		return fault(E_FAILED, NULL, _("%s: no hay memoria"), path);
	if (l->n > 0 && (p = reader_take(&r, l->n * (l->w + 1) * POINT_BYTES)) != NULL)
		memcpy(l->points, p, l->n * (l->w + 1) * sizeof *l->points);
	return check_points(l, path, data, len);
}

enum status list_open(struct list **out, const char *path, const uint8_t eid[32], const char *name, unsigned w,
                      uint64_t n_expected)
{
	struct list *l = calloc(1, sizeof *l);
	const uint8_t *data = NULL;
	size_t len = 0;
	enum status r;

	*out = NULL;
	if (l == NULL)
		return fault(E_FAILED, NULL, _("%s: no hay memoria"), path);
	l->w = w;
	if ((r = file_map(&data, &len, path)) == OK) {
		r = read_list(l, path, data, len, eid, name, n_expected);
		file_unmap(data, len);
	}
	if (r == OK)
		*out = l;
	else
		list_free(l);
	return r;
}

void list_forget(struct list *l)
{
	free(l->points);
	l->points = NULL;
}

void list_free(struct list *l)
{
	if (l == NULL)
		return;
	free(l->points);
	free(l);
}
