/* journal_check and journal_read of journal.h: form and chain of every line, by anybody, with the file alone. */
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/moment.h"
#include "base/report.h"
#include "journal/journal.h"
#include <openssl/evp.h>
#include <string.h>

struct line {
	const uint8_t *text;
	size_t len;
	uint64_t number; /* from 1 */
};

static const char *text_of(const json_t *object, const char *field)
{
	return json_string_value(json_object_get(object, field));
}

/* The line's object, or NULL with the reason in why. By jansson itself: a line that was cut is no fault yet. */
static json_t *parse(const struct line *line, char *why, size_t size)
{
	json_error_t error;
	json_t *object = json_loadb((const char *)line->text, line->len, JSON_REJECT_DUPLICATES, &error);
	const json_t *who = json_object_get(object, "who");
	moment when;

	if (object == NULL) {
		snprintf(why, size, _("no es JSON legible (%s)"), error.text);
		return NULL;
	}
	if (json_object_size(object) == 6 && text_of(object, "time") != NULL &&
	    moment_parse(&when, text_of(object, "time")) && text_of(object, "program") != NULL &&
	    text_of(object, "event") != NULL && (json_is_null(who) || json_is_string(who)) &&
	    json_is_object(json_object_get(object, "detail")) && text_of(object, "previous") != NULL)
		return object;
	snprintf(why, size, "%s", _("sus campos no son los de una línea de bitácora"));
	json_decref(object);
	return NULL;
}

/* Is this the line that records that the one before, number and hash as given, was cut? */
static bool records_cut(const json_t *object, uint64_t number, const char *hash)
{
	const json_t *detail = json_object_get(object, "detail");
	const char *sha256 = text_of(detail, "sha256");

	return strcmp(text_of(object, "event"), JOURNAL_REPAIRED) == 0 && sha256 != NULL && strcmp(sha256, hash) == 0 &&
	       json_integer_value(json_object_get(detail, "line")) == (json_int_t)number;
}

struct chain {
	const char *path;
	uint8_t last[32];
	uint64_t lines;
	uint64_t cut; /* number of a line that is no JSON and waits for its record; 0: none */
	char why[256];
	journal_tell tell;
	void *ctx;
};

static enum status bad_line(const struct chain *c, uint64_t number, const char *why)
{
	return fault(E_EVIDENCE, NULL, _("bitácora %s, línea %llu: %s"), c->path, (unsigned long long)number, why);
}

static enum status check_line(struct chain *c, const struct line *line)
{
	char previous[65], why[256] = "";
	json_t *object;
	enum status r = OK;

	hex_encode(previous, c->last, 32);
	object = parse(line, why, sizeof why);
	if (c->cut != 0 && (object == NULL || !records_cut(object, c->cut, previous)))
		r = bad_line(c, c->cut, c->why);
	else if (object == NULL) {
		c->cut = line->number;
		memcpy(c->why, why, sizeof why);
	} else if (strcmp(text_of(object, "previous"), previous) != 0)
		r = bad_line(c, line->number,
		             _("no encadena con la anterior: una de las dos fue alterada, o falta una entre ellas"));
	else
		c->cut = 0;
	if (r == OK && EVP_Digest(line->len > 0 ? line->text : (const uint8_t *)"", line->len, c->last, NULL,
	                          EVP_sha256(), NULL) != 1)
		r = fault(E_FAILED, NULL, _("no se pudo calcular SHA-256"));
	c->lines = line->number;
	if (r == OK && object != NULL && c->tell != NULL)
		r = c->tell(c->ctx, line->number, object, c->last);
	json_decref(object);
	return r;
}

static enum status follow(struct chain *c, const char *path)
{
	const uint8_t *data, *at, *end, *lf;
	size_t len;
	enum status r;

	if ((r = file_map(&data, &len, path)) != OK)
		return r;
	if (EVP_Digest("", 0, c->last, NULL, EVP_sha256(), NULL) != 1)
		r = fault(E_FAILED, NULL, _("no se pudo calcular SHA-256"));
	at = data;
	end = len > 0 ? data + len : data;
	while (r == OK && at < end) {
		struct line line = {.text = at, .number = c->lines + 1};

		if ((lf = memchr(at, '\n', (size_t)(end - at))) == NULL) {
			r = bad_line(c, line.number, _("quedó a medias: no termina en salto de línea"));
			break;
		}
		line.len = (size_t)(lf - at);
		r = check_line(c, &line);
		at = lf + 1;
	}
	if (r == OK && c->cut != 0)
		r = bad_line(c, c->cut, c->why);
	file_unmap(data, len);
	return r;
}

enum status journal_check(const char *path, uint64_t *lines, uint8_t last[32])
{
	struct chain c = {.path = path};
	enum status r = follow(&c, path);

	if (lines != NULL)
		*lines = c.lines;
	if (last != NULL)
		memcpy(last, c.last, 32);
	return r;
}

enum status journal_read(const char *path, journal_tell tell, void *ctx)
{
	struct chain c = {.path = path, .tell = tell, .ctx = ctx};

	return follow(&c, path);
}
