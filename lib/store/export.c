/* See export.h. */
#include "store/export.h"
#include "base/i18n.h"
#include "base/reader.h"
#include "base/report.h"
#include "protocol/ballot.h"
#include "record/box.h"
#include "store/journal_rows.h"
#include <stdlib.h>
#include <string.h>

static const char sql_close[] = "SELECT * FROM vemre.close_election()";
/* bytea compares by unsigned bytes: ascending tracker, as the box wants it. */
static const char sql_box[] = "COPY (SELECT tracker, convert_to(district, 'UTF8'), ballot FROM vemre.box "
                              "ORDER BY tracker) TO STDOUT (FORMAT binary)";
static const char sql_journal[] = "COPY (SELECT convert_to(line, 'UTF8') FROM vemre.journal_link ORDER BY line_no) "
                                  "TO STDOUT (FORMAT binary)";

enum status export_close(struct connection *c, enum export_close *outcome, uint64_t *ballots, moment *closed,
                         int *wait)
{
	PGresult *rows;
	const char *word;
	enum status r;

	if ((r = connection_run(c, &rows, sql_close, 0, NULL)) != OK)
		return r;
	word = connection_text(rows, 0);
	*ballots = strtoull(connection_text(rows, 1), NULL, 10);
	*closed = strtoll(connection_text(rows, 2), NULL, 10);
	*wait = connection_int(rows, 3);
	if (strcmp(word, "closed") == 0)
		*outcome = EXPORT_CLOSED;
	else if (strcmp(word, "again") == 0)
		*outcome = EXPORT_WAS_CLOSED;
	else if (strcmp(word, "too-early") == 0)
		*outcome = EXPORT_TOO_EARLY;
	else
		r = fault(E_STATE, _("primero open-election"), _("en esta base de datos no se ha abierto ninguna elección"));
	PQclear(rows);
	return r;
}

/*
 * COPY's binary format, one libpq message per row (PostgreSQL manual, COPY, "Binary Format"): the first message has the
 * header too (11 bytes of signature, flags, length of an extension), then each row is u16 fields, and per field u32
 * length and its bytes; the last one is the trailer, u16 0xffff.
 */
struct stream {
	bool begun;
	unsigned fields;
	enum status (*take)(void *ctx, const uint8_t **data, const uint32_t *len);
	void *ctx;
};

enum { FIELDS_MAX = 4 };

static enum status take_row(void *ctx, const char *data, size_t len)
{
	static const char signature[11] = "PGCOPY\n\377\r\n";
	struct stream *s = ctx;
	struct reader in = reader_of(data, len);
	const uint8_t *field[FIELDS_MAX], *head;
	uint32_t field_len[FIELDS_MAX];
	unsigned n;

	if (!s->begun) {
		head = reader_take(&in, sizeof signature);
		reader_u32(&in);
		reader_take(&in, reader_u32(&in));
		if (in.bad || memcmp(head, signature, sizeof signature) != 0)
			goto strange;
		s->begun = true;
		if (reader_end(&in))
			return OK;
	}
	n = reader_u8(&in);
	n = n << 8 | reader_u8(&in);
	if (n == 0xffff && reader_end(&in))
		return OK;
	if (n != s->fields)
		goto strange;
	for (unsigned i = 0; i < n; i++) {
		field_len[i] = reader_u32(&in);
		field[i] = reader_take(&in, field_len[i]);
	}
	if (!reader_end(&in))
		goto strange;
	return s->take(s->ctx, field, field_len);
strange:
	return fault(E_FAILED, NULL, _("base de datos: la exportación no tiene la forma esperada"));
}

static enum status take_ballot(void *ctx, const uint8_t **data, const uint32_t *len)
{
	struct box_writer *box = ctx;
	char district[DEFINITION_ID_MAX + 1];

	if (len[0] != 32 || len[1] > DEFINITION_ID_MAX)
		return fault(E_FAILED, NULL, _("base de datos: una boleta no tiene la forma esperada"));
	memcpy(district, data[1], len[1]);
	district[len[1]] = '\0';
	return box_writer_add(box, data[0], district, data[2], len[2]);
}

enum status export_box(struct connection *c, const char *path, const uint8_t eid[32], uint64_t ballots)
{
	struct box_writer box;
	struct stream s = {.fields = 3, .take = take_ballot, .ctx = &box};
	enum status r;

	if ((r = box_writer_open(&box, path, eid, ballots)) != OK)
		return r;
	if ((r = connection_copy_out(c, sql_box, take_row, &s)) == OK)
		r = box_writer_commit(&box);
	box_writer_abandon(&box);
	return r;
}

static enum status take_line(void *ctx, const uint8_t **data, const uint32_t *len)
{
	FILE *f = ctx;

	if (fwrite(data[0], 1, len[0], f) != len[0] || fputc('\n', f) == EOF)
		return fault(E_FAILED, NULL, _("no se pudo escribir la bitácora"));
	return OK;
}

enum status export_journal(struct connection *c, FILE *f, uint64_t *lines, uint8_t last[32])
{
	struct stream s = {.fields = 1, .take = take_line, .ctx = f};
	enum status r = journal_rows_seal(c, lines, last);

	return r == OK ? connection_copy_out(c, sql_journal, take_row, &s) : r;
}
