/* See box.h. */
#include "record/box.h"
#include "base/i18n.h"
#include "base/reader.h"
#include "base/report.h"
#include "protocol/ballot.h"
#include <stdlib.h>
#include <string.h>

static const char MAGIC[4] = {'V', 'M', 'X', '1'};
/* The shortest entry there can be: district and ballot of one contest, width 2, names of one byte (PROTOCOL 8). */
enum { ENTRY_MIN = 1 + 1 + 4 + (4 + 32 + POINT_BYTES + 1) + (1 + 1 + 1 + 4 * POINT_BYTES + 32) + (POINT_BYTES + 32) };

enum status box_writer_open(struct box_writer *w, const char *path, const uint8_t eid[32], uint64_t ballots)
{
	uint8_t count[8];
	enum status r;

	memset(w, 0, sizeof *w);
	w->expected = ballots;
	if ((r = file_writer_open(&w->file, path, 0644)) != OK)
		return r;
	put_u64(count, ballots);
	fwrite(MAGIC, 1, sizeof MAGIC, w->file.f);
	fwrite(eid, 1, 32, w->file.f);
	fwrite(count, 1, sizeof count, w->file.f);
	return OK; /* a failed write is told at the commit */
}

enum status box_writer_add(struct box_writer *w, const uint8_t tracker[32], const char *district,
                           const uint8_t *ballot, size_t len)
{
	uint8_t district_len = (uint8_t)strlen(district), size[4];

	if (w->written > 0 && memcmp(w->last, tracker, 32) >= 0)
		return fault(E_FAILED, NULL, _("las boletas no llegan en orden de su código"));
	if (strlen(district) > DEFINITION_ID_MAX || len > BALLOT_MAX_BYTES)
		return fault(E_EVIDENCE, NULL, _("una boleta no cabe en la urna"));
	put_u32(size, (uint32_t)len);
	fwrite(&district_len, 1, 1, w->file.f);
	fwrite(district, 1, district_len, w->file.f);
	fwrite(size, 1, sizeof size, w->file.f);
	fwrite(ballot, 1, len, w->file.f);
	memcpy(w->last, tracker, 32);
	w->written++;
	return OK;
}

enum status box_writer_commit(struct box_writer *w)
{
	if (w->written != w->expected) {
		enum status r = fault(E_FAILED, NULL, _("%s: %llu boletas escritas y %llu anunciadas"), w->file.path,
		                      (unsigned long long)w->written, (unsigned long long)w->expected);

		box_writer_abandon(w);
		return r;
	}
	return file_writer_commit(&w->file, false);
}

void box_writer_abandon(struct box_writer *w)
{
	file_writer_abandon(&w->file);
}

static enum status bad(const char *path, const char *what)
{
	return fault(E_EVIDENCE, NULL, _("%s: la urna no se puede leer: %s"), path, what);
}

static enum status read_box(struct box *b, const char *path, const uint8_t eid[32])
{
	struct reader r = reader_of(b->data, b->size);
	const uint8_t *p;

	if ((p = reader_take(&r, 4)) == NULL || memcmp(p, MAGIC, 4) != 0)
		return bad(path, _("no empieza por VMX1"));
	if ((p = reader_take(&r, 32)) == NULL || memcmp(p, eid, 32) != 0)
		return bad(path, _("es de otra elección"));
	b->n = reader_u64(&r);
	/* A count that cannot be is refused before room for so many is asked for, here and for their lists. */
	if (r.bad || b->n > r.left / ENTRY_MIN)
		return bad(path, _("el número de boletas no cabe en el archivo"));
	if ((b->entries = calloc(b->n + 1, sizeof *b->entries)) == NULL)
		return fault(E_FAILED, NULL, _("%s: no hay memoria"), path);
	for (uint64_t i = 0; i < b->n; i++) {
		struct box_entry *e = &b->entries[i];

		e->district_len = reader_u8(&r);
		e->district = (const char *)reader_take(&r, e->district_len);
		e->len = reader_u32(&r);
		e->ballot = reader_take(&r, e->len);
		if (e->district == NULL || e->ballot == NULL)
			return bad(path, _("cortada"));
	}
	return reader_end(&r) ? OK : bad(path, _("sobran bytes"));
}

enum status box_open(struct box **out, const char *path, const uint8_t eid[32])
{
	struct box *b = calloc(1, sizeof *b);
	enum status r;

	*out = NULL;
	if (b == NULL)
		return fault(E_FAILED, NULL, _("%s: no hay memoria"), path);
	if ((r = file_map(&b->data, &b->size, path)) == OK)
		r = read_box(b, path, eid);
	if (r == OK)
		*out = b;
	else
		box_free(b);
	return r;
}

void box_free(struct box *b)
{
	if (b == NULL)
		return;
	file_unmap(b->data, b->size);
	free(b->entries);
	free(b);
}
