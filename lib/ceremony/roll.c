/* See roll.h. */
#include "ceremony/roll.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "notify/mail.h"
#include "notify/sms.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VOTER, NAME, EMAIL, PHONE, DISTRICT, COLUMNS, SAID_MAX = 20 };
static const char *const columns[COLUMNS] = {"voter", "name", "email", "phone", "district"};

void roll_csv(struct buffer *out, const char *field)
{
	if (strpbrk(field, "\",\r\n") == NULL) {
		buffer_text(out, field);
		return;
	}
	buffer_u8(out, '"');
	for (; *field != '\0'; field++) {
		if (*field == '"')
			buffer_u8(out, '"');
		buffer_u8(out, (uint8_t)*field);
	}
	buffer_u8(out, '"');
}

__attribute__((format(printf, 4, 5))) static void reject(struct roll *r, uint32_t number, const char *text,
                                                         const char *fmt, ...)
{
	char reason[256], line[16];
	va_list args;

	va_start(args, fmt);
	vsnprintf(reason, sizeof reason, fmt, args);
	va_end(args);
	if (r->n_rejected++ == 0)
		buffer_text(&r->rejected, "line,reason,text\n");
	snprintf(line, sizeof line, "%u", number);
	roll_csv(&r->rejected, line);
	buffer_u8(&r->rejected, ',');
	roll_csv(&r->rejected, reason);
	buffer_u8(&r->rejected, ',');
	roll_csv(&r->rejected, text);
	buffer_u8(&r->rejected, '\n');
	if (r->n_rejected <= SAID_MAX)
		report_warning(NULL, _("línea %u: %s"), number, reason);
}

/* Well-formed UTF-8 (RFC 3629) without control characters. */
static bool clean_text(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	while (*p != '\0') {
		unsigned more = *p < 0x80 ? 0 : *p >= 0xF0 ? 3 : *p >= 0xE0 ? 2 : 1;
		uint32_t c = more == 0 ? *p : more == 1 ? *p & 0x1Fu : more == 2 ? *p & 0x0Fu : *p & 0x07u;
		static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};

		if (*p > 0xF4 || (*p >= 0x80 && *p < 0xC2))
			return false;
		p++;
		for (unsigned i = 0; i < more; i++, p++) {
			if ((*p & 0xC0) != 0x80)
				return false;
			c = c << 6 | (*p & 0x3Fu);
		}
		if (c < least[more] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000) || c < 0x20 ||
		    (c >= 0x7F && c < 0xA0))
			return false;
	}
	return true;
}

/* Splits in place; fields end in zero. How many, or -1: quotes do not match. More than `max` are counted. */
static int split(char *line, char *fields[], int max)
{
	char *in = line, *out = line;
	int n = 0;

	for (;;) {
		bool quoted = *in == '"';
		char *start = out;

		if (quoted)
			in++;
		for (;; in++) {
			if (quoted && *in == '"' && in[1] == '"')
				in++;
			else if (quoted && *in == '"')
				break;
			else if (*in == '\0' || (!quoted && *in == ','))
				break;
			else if (!quoted && *in == '"')
				return -1;
			*out++ = *in;
		}
		if (quoted && *in++ != '"')
			return -1;
		if (*in != ',' && *in != '\0')
			return -1;
		if (n < max)
			fields[n] = start;
		n++;
		if (*in == '\0') {
			*out = '\0';
			return n;
		}
		in++;
		*out++ = '\0';
	}
}

static char *trim(char *text)
{
	size_t n;

	while (*text == ' ')
		text++;
	for (n = strlen(text); n > 0 && text[n - 1] == ' '; n--)
		;
	text[n] = '\0';
	return text;
}

static void bare_phone(char *phone)
{
	char *out = phone;

	for (char *p = phone; *p != '\0'; p++)
		if (strchr(" -.()", *p) == NULL)
			*out++ = *p;
	*out = '\0';
}

static bool voter_valid(const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)text[i]) && strchr("._-", text[i]) == NULL)
			return false;
	return n >= 1 && n <= ROLL_VOTER_MAX;
}

struct layout {
	int at[COLUMNS]; /* column of the file that holds the field */
};

/* The fault of one line as a text, or NULL and *out filled. */
static const char *read_line(struct roll_line *out, char *line, const struct layout *at, const struct definition *d)
{
	char *f[COLUMNS];
	int n = split(line, f, COLUMNS), district;

	if (n < 0)
		return _("las comillas no concuerdan");
	if (n != COLUMNS)
		return _("no tiene cinco campos");
	for (int i = 0; i < COLUMNS; i++)
		f[i] = trim(f[i]);
	out->voter = f[at->at[VOTER]];
	out->name = f[at->at[NAME]];
	out->email = f[at->at[EMAIL]];
	bare_phone(f[at->at[PHONE]]);
	out->phone = f[at->at[PHONE]];
	if (!voter_valid(out->voter))
		return _("la clave de quien vota (voter) falta o tiene otra forma");
	if (out->name[0] == '\0' || strlen(out->name) > ROLL_NAME_MAX)
		return _("el nombre (name) falta o es demasiado largo");
	if (!mail_address_valid(out->email))
		return _("el correo (email) no es una dirección");
	if (!sms_phone_valid(out->phone))
		return _("el teléfono (phone) no tiene la forma internacional, + y de 7 a 15 cifras");
	district = definition_district(d, f[at->at[DISTRICT]], strlen(f[at->at[DISTRICT]]));
	if (district < 0)
		return _("la entidad (district) no está en la definición");
	out->district = (unsigned)district;
	return NULL;
}

static enum status read_header(struct layout *at, const char *path, char *line)
{
	char *f[COLUMNS];
	int n = split(line, f, COLUMNS);
	unsigned seen = 0;

	for (int i = 0; n == COLUMNS && i < COLUMNS; i++)
		for (int k = 0; k < COLUMNS; k++)
			if (strcmp(trim(f[i]), columns[k]) == 0) {
				at->at[k] = i;
				seen |= 1u << k;
			}
	if (seen != (1u << COLUMNS) - 1)
		return fault(E_EVIDENCE, NULL, _("%s: la primera línea no es voter,name,email,phone,district"), path);
	return OK;
}

/* ---- repeated voters and addresses ---- */

static int by_number(const struct roll_line *x, const struct roll_line *y)
{
	return x->number < y->number ? -1 : x->number > y->number;
}

static int by_voter(const void *a, const void *b)
{
	const struct roll_line *x = *(struct roll_line *const *)a, *y = *(struct roll_line *const *)b;
	int c = strcmp(x->voter, y->voter);

	return c != 0 ? c : by_number(x, y);
}

static int by_email(const void *a, const void *b)
{
	const struct roll_line *x = *(struct roll_line *const *)a, *y = *(struct roll_line *const *)b;
	int c = strcasecmp(x->email, y->email);

	return c != 0 ? c : by_number(x, y);
}

static bool same_voter(const struct roll_line *x, const struct roll_line *y)
{
	return strcmp(x->voter, y->voter) == 0;
}

static bool same_email(const struct roll_line *x, const struct roll_line *y)
{
	return strcasecmp(x->email, y->email) == 0;
}

/* Lines that repeat an earlier one's field: rejected, and marked by number 0. */
static enum status repeats(struct roll *r, int (*order)(const void *, const void *),
                           bool (*same)(const struct roll_line *, const struct roll_line *), const char *reason,
                           char *const *raw)
{
	struct roll_line **sorted = calloc(r->n + 1, sizeof *sorted), *first = NULL;
	size_t n = 0;

	if (sorted == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	for (size_t i = 0; i < r->n; i++)
		if (r->lines[i].number != 0)
			sorted[n++] = &r->lines[i];
	qsort(sorted, n, sizeof *sorted, order);
	for (size_t i = 0; i < n; i++) {
		if (first == NULL || !same(first, sorted[i])) {
			first = sorted[i];
			continue;
		}
		reject(r, sorted[i]->number, raw[sorted[i]->number], "%s (%s %u)", reason, _("línea"), first->number);
		sorted[i]->number = 0;
	}
	free(sorted);
	return OK;
}

/* ---- the file ---- */

static void keep_good(struct roll *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++)
		if (r->lines[i].number != 0)
			r->lines[n++] = r->lines[i];
	r->n = n;
}

/* The lines of text, each ended by a zero; raw[1…n]. */
static enum status cut(char ***raw, uint32_t *n, char *text, size_t len)
{
	uint32_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += text[i] == '\n';
	if ((*raw = calloc((size_t)count + 3, sizeof **raw)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	*n = 0;
	for (char *p = text; p < text + len;) {
		char *end = memchr(p, '\n', (size_t)(text + len - p));

		if (end == NULL)
			end = text + len;
		*end = '\0';
		if (end > p && end[-1] == '\r')
			end[-1] = '\0';
		(*raw)[++*n] = p;
		p = end + 1;
	}
	return OK;
}

/* Every line but the first, which is the header. work: as raw, to be cut up. */
static void read_lines(struct roll *r, char *const *raw, char *const *work, uint32_t n, const struct layout *at,
                       const struct definition *d)
{
	for (uint32_t i = 2; i <= n; i++) {
		struct roll_line *l = &r->lines[r->n];
		const char *reason;

		if (raw[i][0] == '\0') /* raw has n of them: NOLINT(clang-analyzer-core.NullDereference) */
			continue;
		reason = clean_text(raw[i]) ? read_line(l, work[i], at, d)
		                            : _("no es UTF-8 o tiene caracteres de control");
		l->number = i;
		if (reason != NULL)
			reject(r, i, raw[i], "%s", reason);
		else
			r->n++;
	}
}

static enum status read_text(struct roll *r, char *text, size_t len, const char *path, const struct definition *d,
                             bool repeated_mail)
{
	char *copy = malloc(len + 1), **raw = NULL, **work = NULL;
	struct layout at;
	uint32_t n = 0;
	enum status s = E_FAILED;

	if (copy == NULL || memchr(text, 0, len) != NULL) {
		s = fault(copy == NULL ? E_FAILED : E_EVIDENCE, NULL, _("%s: no es un archivo de texto"), path);
		goto done;
	}
	memcpy(copy, text, len + 1);
	if ((s = cut(&raw, &n, copy, len)) != OK || (s = cut(&work, &n, text, len)) != OK)
		goto done;
	if (n == 0) {
		s = fault(E_EVIDENCE, NULL, _("%s: está vacío"), path);
		goto done;
	}
	if ((s = read_header(&at, path, work[1])) != OK)
		goto done;
	if ((r->lines = calloc(n, sizeof *r->lines)) == NULL) {
		s = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	read_lines(r, raw, work, n, &at, d);
	if ((s = repeats(r, by_voter, same_voter, _("repite la clave de otra"), raw)) != OK ||
	    (!repeated_mail && (s = repeats(r, by_email, same_email, _("repite el correo de otra"), raw)) != OK))
		goto done;
	keep_good(r);
	if (r->n_rejected > SAID_MAX)
		report_warning(NULL, _("y %zu líneas más"), r->n_rejected - SAID_MAX);
done:
	free(copy);
	free(raw);
	free(work);
	return s;
}

enum status roll_parse(struct roll **out, const char *name, const void *data, size_t len, const struct definition *d,
                       bool repeated_mail)
{
	struct roll *r = calloc(1, sizeof *r);
	size_t mark = len >= 3 && memcmp(data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
	enum status s;

	*out = NULL;
	if (r == NULL || (r->text = malloc(len + 1)) == NULL) {
		s = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	if (len > mark)
		memcpy(r->text, (const char *)data + mark, len - mark);
	r->text[len - mark] = '\0';
	if ((s = read_text(r, r->text, len - mark, name, d, repeated_mail)) != OK)
		goto done;
	if (!buffer_ok(&r->rejected)) {
		s = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	*out = r;
	r = NULL;
done:
	roll_free(r);
	return s;
}

enum status roll_read(struct roll **out, const char *path, const struct definition *d, bool repeated_mail)
{
	const uint8_t *data;
	size_t len;
	enum status s;

	*out = NULL;
	if ((s = file_map(&data, &len, path)) != OK)
		return s;
	s = len > ROLL_MAX_FILE ? fault(E_EVIDENCE, NULL, _("%s: es demasiado grande"), path)
	                        : roll_parse(out, path, data, len, d, repeated_mail);
	file_unmap(data, len);
	return s;
}

void roll_free(struct roll *r)
{
	if (r == NULL)
		return;
	free(r->lines);
	free(r->text);
	buffer_free(&r->rejected);
	free(r);
}
