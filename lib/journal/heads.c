/* See heads.h. */
#include "journal/heads.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "journal/journal.h"
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { HEADS_MAX_FILE = 256 << 20, SAID_MAX = 10 };

json_t *head_json(const struct head *h)
{
	char utc[40];
	json_t *o = json_pack("{s:s, s:o}", "format", "VEMRE-V1", "eid", json_hex(h->eid, 32));

	if (o == NULL)
		return NULL;
	if (h->time != 0) {
		moment_rfc3339(utc, sizeof utc, h->time, "UTC");
		json_object_set_new(o, "time", json_string(utc));
	}
	json_object_set_new(o, "lines", json_integer((json_int_t)h->lines));
	json_object_set_new(o, "last", json_hex(h->last, 32));
	if (json_object_set_new(o, "signature", json_hex(h->signature, h->signature_len)) == 0)
		return o;
	json_decref(o);
	return NULL;
}

enum status head_of(struct head *out, const json_t *object, const char *where)
{
	const char *signature, *time;
	int64_t lines;
	enum status r;

	memset(out, 0, sizeof *out);
	if ((r = json_fields(object, where, "format", "eid", "?time", "lines", "last", "signature", NULL)) != OK ||
	    (r = json_format_of(object, where)) != OK || (r = json_hex_of(out->eid, 32, object, where, "eid")) != OK ||
	    (r = json_int_of(&lines, 0, INT64_MAX, object, where, "lines")) != OK ||
	    (r = json_hex_of(out->last, 32, object, where, "last")) != OK ||
	    (r = json_string_of(&signature, object, where, "signature")) != OK)
		return r;
	out->lines = (uint64_t)lines;
	out->signature_len = strlen(signature) / 2;
	if (out->signature_len > SIGNATURE_MAX ||
	    !hex_decode_vartime(out->signature, out->signature_len, signature, strlen(signature)))
		return fault(E_EVIDENCE, NULL, _("%s: la firma no es hexadecimal"), where);
	if (json_object_get(object, "time") == NULL)
		return OK;
	if ((r = json_string_of(&time, object, where, "time")) != OK)
		return r;
	return moment_parse(&out->time, time) ? OK : fault(E_EVIDENCE, NULL, _("%s: la hora no lo es"), where);
}

bool head_signed(const struct head *h, const struct opening_file *o)
{
	struct buffer msg = BUFFER_INIT;
	bool good = false;

	signature_journal_message(&msg, h->eid, h->lines, h->last);
	for (unsigned i = 0; buffer_ok(&msg) && !good && i < o->n_system_keys; i++)
		good = signature_verify(&o->system_keys[i], msg.data, msg.len, h->signature, h->signature_len);
	buffer_free(&msg);
	return good;
}

/* ---- a file of them */

struct list {
	struct head *heads;
	size_t n, cap;
};

static enum status add(struct list *l, json_t *object, const char *where)
{
	struct head *more;

	if (l->n == l->cap) {
		size_t cap = l->cap > 0 ? 2 * l->cap : 64;

		if ((more = realloc(l->heads, cap * sizeof *more)) == NULL)
			return fault(E_FAILED, NULL, _("no hay memoria"));
		l->heads = more;
		l->cap = cap;
	}
	return head_of(&l->heads[l->n++], object, where);
}

static enum status read_lines(struct list *l, const char *path, const uint8_t *data, size_t len)
{
	const uint8_t *at = data, *end = data + len;
	char where[300];
	unsigned number = 0;
	enum status r = OK;

	while (r == OK && at < end) {
		const uint8_t *lf = memchr(at, '\n', (size_t)(end - at)), *stop = lf != NULL ? lf : end;
		const uint8_t *from = memchr(at, '{', (size_t)(stop - at));
		json_t *object = NULL;

		number++;
		at = stop + 1;
		if (from == NULL)
			continue;
		snprintf(where, sizeof where, _("%.200s, línea %u"), path, number);
		if ((r = json_parse(&object, where, from, (size_t)(stop - from))) == OK)
			r = add(l, object, where);
		json_decref(object);
	}
	return r;
}

enum status heads_read(struct head **out, size_t *n, const char *path)
{
	struct buffer b = BUFFER_INIT;
	struct list l = {0};
	json_t *whole;
	enum status r;

	*out = NULL;
	*n = 0;
	if ((r = file_read(&b, path, HEADS_MAX_FILE)) != OK)
		goto done;
	/* One object over several lines: as close-election writes it. */
	if ((whole = json_loadb((const char *)b.data, b.len, JSON_REJECT_DUPLICATES, NULL)) != NULL) {
		r = add(&l, whole, path);
		json_decref(whole);
	} else {
		r = read_lines(&l, path, b.data, b.len);
	}
	if (r == OK && l.n == 0)
		r = fault(E_INCOMPLETE, NULL, _("%s: no hay en él ninguna cabeza de bitácora"), path);
	if (r == OK) {
		*out = l.heads;
		*n = l.n;
		l.heads = NULL;
	}
done:
	free(l.heads);
	buffer_free(&b);
	return r;
}

/* ---- the check */

struct check {
	const char *journal;
	const struct head **heads; /* by lines */
	size_t n, at;
	uint64_t lines;
	unsigned said;
};

static void bad(struct check *c, const struct head *h, const char *why)
{
	char when[40] = "";

	if (c->said++ >= SAID_MAX)
		return;
	if (h->time != 0)
		moment_rfc3339(when, sizeof when, h->time, "UTC");
	fault(E_EVIDENCE, NULL, _("cabeza de la línea %llu %s: %s"), (unsigned long long)h->lines, when, why);
}

static enum status take_line(void *ctx, uint64_t number, const json_t *line, const uint8_t sha256[32])
{
	struct check *c = ctx;

	(void)line;
	for (c->lines = number; c->at < c->n && c->heads[c->at]->lines <= number; c->at++)
		if (c->heads[c->at]->lines == number && memcmp(c->heads[c->at]->last, sha256, 32) != 0)
			bad(c, c->heads[c->at], _("esa línea de la bitácora, o una anterior, no es la que se selló"));
	return OK;
}

static int by_lines(const void *a, const void *b)
{
	const struct head *x = *(const struct head *const *)a, *y = *(const struct head *const *)b;

	return x->lines < y->lines ? -1 : x->lines > y->lines;
}

static void times(struct heads_verdict *v, const struct head *h)
{
	if (h->time == 0)
		return;
	if (v->last != 0 && h->time - v->last > v->longest)
		v->longest = h->time - v->last;
	v->first = v->first == 0 ? h->time : v->first;
	v->last = h->time;
}

enum status heads_check(struct heads_verdict *out, const char *journal, const char *heads, const struct record *record)
{
	static const uint8_t nothing[32] = {0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4,
	                                    0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b,
	                                    0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52, 0xb8, 0x55};
	struct check c = {.journal = journal};
	struct head *list = NULL;
	enum status r;

	memset(out, 0, sizeof *out);
	if ((r = heads_read(&list, &c.n, heads)) != OK)
		return r;
	if ((c.heads = calloc(c.n, sizeof *c.heads)) == NULL) {
		r = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	for (size_t i = 0; i < c.n; i++) {
		c.heads[i] = &list[i];
		times(out, &list[i]);
		if (memcmp(list[i].eid, record->eid, 32) != 0)
			bad(&c, &list[i], _("es de otra elección"));
		else if (!head_signed(&list[i], &record->opening))
			bad(&c, &list[i], _("su firma no es de ninguna llave del sistema"));
	}
	qsort(c.heads, c.n, sizeof *c.heads, by_lines);
	for (; c.at < c.n && c.heads[c.at]->lines == 0; c.at++)
		if (memcmp(c.heads[c.at]->last, nothing, 32) != 0)
			bad(&c, c.heads[c.at], _("no es la de una bitácora vacía"));
	if ((r = journal_read(journal, take_line, &c)) != OK)
		goto done;
	for (; c.at < c.n; c.at++)
		bad(&c, c.heads[c.at], _("a la bitácora le faltan líneas al final"));
	out->heads = c.n;
	out->lines = c.lines;
	out->sealed = c.heads[c.n - 1]->lines;
	if (c.said > 0)
		r = fault(E_EVIDENCE, _("la bitácora fue alterada, o las cabezas no son las suyas"),
		          _("%s: %u de las %zu cabezas firmadas la contradicen"), journal, c.said, c.n);
done:
	free(c.heads);
	free(list);
	return r;
}
