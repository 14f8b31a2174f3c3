/* See figures.h. */
#include "notify/figures.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/moment.h"
#include "base/report.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct line {
	uint64_t n[FIGURES_KINDS];
	char key[FIGURES_KEY_MAX + 1];
};
struct figures {
	pthread_mutex_t lock;
	struct line *lines; /* sorted by key */
	size_t count, cap;
};

static const char *const names[FIGURES_KINDS] = {"accepted", "refused", "waiting"};

enum status figures_new(struct figures **out)
{
	if ((*out = calloc(1, sizeof **out)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	pthread_mutex_init(&(*out)->lock, NULL);
	return OK;
}

void figures_free(struct figures *f)
{
	if (f == NULL)
		return;
	pthread_mutex_destroy(&f->lock);
	free(f->lines);
	free(f);
}

/* The key's place, made where missing. */
static struct line *line_of(struct figures *f, const char *key)
{
	size_t low = 0, high = f->count;
	struct line *more;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = strcmp(key, f->lines[mid].key);

		if (c == 0)
			return &f->lines[mid];
		if (c < 0)
			high = mid;
		else
			low = mid + 1;
	}
	if (f->count == f->cap) {
		size_t cap = f->cap > 0 ? 2 * f->cap : 64;

		if ((more = realloc(f->lines, cap * sizeof *more)) == NULL)
			return NULL;
		f->lines = more;
		f->cap = cap;
	}
	memmove(&f->lines[low + 1], &f->lines[low], (f->count - low) * sizeof *f->lines);
	memset(&f->lines[low], 0, sizeof f->lines[low]);
	strncpy(f->lines[low].key, key, FIGURES_KEY_MAX);
	f->count++;
	return &f->lines[low];
}

void figures_add(struct figures *f, const char *key, enum figures_kind kind)
{
	struct line *l;

	pthread_mutex_lock(&f->lock);
	if ((l = line_of(f, key)) != NULL)
		l->n[kind]++;
	pthread_mutex_unlock(&f->lock);
}

static void sums(const struct figures *f, uint64_t out[FIGURES_KINDS])
{
	memset(out, 0, FIGURES_KINDS * sizeof *out);
	for (size_t i = 0; i < f->count; i++)
		for (int k = 0; k < FIGURES_KINDS; k++)
			out[k] += f->lines[i].n[k];
}

uint64_t figures_sum(struct figures *f)
{
	uint64_t all[FIGURES_KINDS];

	pthread_mutex_lock(&f->lock);
	sums(f, all);
	pthread_mutex_unlock(&f->lock);
	return all[FIGURES_ACCEPTED] + all[FIGURES_REFUSED] + all[FIGURES_WAITING];
}

static void say(const char *key, const uint64_t n[FIGURES_KINDS])
{
	report_info(_("%-32s %8llu aceptados, %llu rechazados, %llu por enviar"), key,
	            (unsigned long long)n[FIGURES_ACCEPTED], (unsigned long long)n[FIGURES_REFUSED],
	            (unsigned long long)n[FIGURES_WAITING]);
}

static uint64_t sum_of(const struct line *l)
{
	return l->n[FIGURES_ACCEPTED] + l->n[FIGURES_REFUSED] + l->n[FIGURES_WAITING];
}

static int larger_first(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x > y ? -1 : x < y;
}

/* How much a key must count to be among the FIGURES_SHOWN largest. */
static uint64_t least_shown(const struct figures *f)
{
	uint64_t *all, least = 0;

	if (f->count <= FIGURES_SHOWN || (all = calloc(f->count, sizeof *all)) == NULL)
		return 0;
	for (size_t i = 0; i < f->count; i++)
		all[i] = sum_of(&f->lines[i]);
	qsort(all, f->count, sizeof *all, larger_first);
	least = all[FIGURES_SHOWN - 1];
	free(all);
	return least;
}

void figures_report(struct figures *f, const char *title)
{
	uint64_t all[FIGURES_KINDS], least;
	size_t shown = 0;

	pthread_mutex_lock(&f->lock);
	report_step("%s", title);
	least = least_shown(f);
	for (size_t i = 0; i < f->count && shown < FIGURES_SHOWN; i++)
		if (sum_of(&f->lines[i]) >= least) {
			say(f->lines[i].key, f->lines[i].n);
			shown++;
		}
	if (shown < f->count)
		report_info(_("y %zu más"), f->count - shown);
	sums(f, all);
	say(_("total"), all);
	pthread_mutex_unlock(&f->lock);
}

static json_t *kinds(const uint64_t n[FIGURES_KINDS])
{
	json_t *o = json_object();

	for (int k = 0; k < FIGURES_KINDS; k++)
		if (json_object_set_new(o, names[k], json_integer((json_int_t)n[k])) != 0)
			break;
	return o;
}

static json_t *by_key(struct figures *f)
{
	json_t *by = json_object();

	pthread_mutex_lock(&f->lock);
	for (size_t i = 0; i < f->count; i++)
		json_object_set_new(by, f->lines[i].key, kinds(f->lines[i].n));
	pthread_mutex_unlock(&f->lock);
	return by;
}

enum status figures_write(struct figures *f, struct figures *gateways, const char *path)
{
	struct buffer b = BUFFER_INIT;
	uint64_t all[FIGURES_KINDS];
	json_t *root = NULL, *by = by_key(f);
	char now[32];
	enum status r;

	moment_rfc3339(now, sizeof now, moment_now(), "UTC");
	pthread_mutex_lock(&f->lock);
	sums(f, all);
	pthread_mutex_unlock(&f->lock);
	root = json_pack("{s:s, s:s, s:o, s:o}", "format", "VEMRE-V1", "time", now, "total", kinds(all), "by", by);
	if (root == NULL || (gateways != NULL && json_object_set_new(root, "gateways", by_key(gateways)) != 0))
		r = fault(E_FAILED, NULL, _("%s: no hay memoria"), path);
	else if ((r = json_write(&b, root)) == OK)
		r = file_replace(path, b.data, b.len, 0644);
	json_decref(root);
	buffer_free(&b);
	return r;
}

/* ---- reading */

static enum status check_kinds(const json_t *o, const char *where)
{
	int64_t n;
	enum status r = json_fields(o, where, names[0], names[1], names[2], NULL);

	for (int k = 0; k < FIGURES_KINDS && r == OK; k++)
		r = json_int_of(&n, 0, INT64_MAX, o, where, names[k]);
	return r;
}

static enum status check_by(const json_t *by, const char *where)
{
	const char *key;
	json_t *one;
	enum status r = OK;

	if (!json_is_object(by))
		return fault(E_EVIDENCE, NULL, _("%s: no son cifras de entrega"), where);
	json_object_foreach((json_t *)(uintptr_t)by, key, one)
		if ((r = check_kinds(one, where)) != OK)
			break;
	return r;
}

enum status figures_read(json_t **out, const char *path)
{
	json_t *root = NULL;
	const char *time;
	moment when;
	enum status r;

	*out = NULL;
	if ((r = json_read(&root, path, 16 << 20)) != OK ||
	    (r = json_fields(root, path, "format", "time", "total", "by", "?gateways", NULL)) != OK ||
	    (r = json_format_of(root, path)) != OK || (r = json_string_of(&time, root, path, "time")) != OK ||
	    (r = check_kinds(json_object_get(root, "total"), path)) != OK ||
	    (r = check_by(json_object_get(root, "by"), path)) != OK ||
	    (json_object_get(root, "gateways") != NULL && (r = check_by(json_object_get(root, "gateways"), path)) != OK))
		goto done;
	if (!moment_parse(&when, time)) {
		r = fault(E_EVIDENCE, NULL, _("%s: no son cifras de entrega"), path);
		goto done;
	}
	*out = root;
	root = NULL;
done:
	json_decref(root);
	return r;
}
