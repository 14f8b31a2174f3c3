/* See votes.h. */
#include "record/votes.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/report.h"
#include <stdio.h>
#include <string.h>

void votes_line(struct buffer *out, const char *list, uint64_t idx, unsigned width, const struct opened_vote *v)
{
	buffer_printf(out, "%s,%llu,%s,", list, (unsigned long long)idx, envelope_status_name(v->status));
	if (v->status != VOTE_UNDECODABLE)
		buffer_hex(out, v->inner, envelope_inner_len(width));
	buffer_text(out, ",");
	if (v->status == VOTE_VALID)
		buffer_hex(out, v->seed, SEED_BYTES);
	buffer_text(out, ",");
	if (v->status == VOTE_VALID)
		buffer_hex(out, v->plain, envelope_plain_len(width));
	buffer_text(out, ",");
	if (v->status == VOTE_MISMATCH)
		buffer_hex(out, v->w.octets, POINT_BYTES);
	buffer_text(out, "\n");
}

struct field {
	const char *text;
	size_t len;
};

static bool split(struct field f[7], const char *line, size_t len)
{
	for (int i = 0; i < 7; i++) {
		const char *comma = memchr(line, ',', len);

		if ((comma == NULL) != (i == 6))
			return false;
		f[i].text = line;
		f[i].len = comma != NULL ? (size_t)(comma - line) : len;
		if (comma != NULL) {
			line = comma + 1;
			len -= f[i].len + 1;
		}
	}
	return true;
}

static bool is(const struct field *f, const char *text)
{
	return f->len == strlen(text) && memcmp(f->text, text, f->len) == 0;
}

/* len bytes of hex where there must be something, nothing where there must not. */
static bool hex_field(uint8_t *out, size_t len, const struct field *f, bool there)
{
	return there ? hex_decode_vartime(out, len, f->text, f->len) : f->len == 0;
}

enum status votes_read(struct opened_vote *out, struct reader *csv, const char *list, uint64_t idx, unsigned width)
{
	struct field f[7];
	const char *line;
	size_t len;
	char number[24];
	int s;

	memset(out, 0, sizeof *out);
	if (!reader_until(csv, '\n', &line, &len))
		return fault(E_EVIDENCE, NULL, _("decrypted-votes.csv: falta el voto %llu de «%s»"), (unsigned long long)idx,
		             list);
	snprintf(number, sizeof number, "%llu", (unsigned long long)idx);
	if (!split(f, line, len) || !is(&f[0], list) || !is(&f[1], number))
		return fault(E_EVIDENCE, NULL, _("decrypted-votes.csv: donde va el voto %llu de «%s» hay otra cosa"),
		             (unsigned long long)idx, list);
	for (s = VOTE_VALID; s <= VOTE_MISMATCH && !is(&f[2], envelope_status_name((enum vote_status)s)); s++)
		;
	out->status = (enum vote_status)s;
	if (s > VOTE_MISMATCH ||
	    !hex_field(out->inner, envelope_inner_len(width), &f[3], out->status != VOTE_UNDECODABLE) ||
	    !hex_field(out->seed, SEED_BYTES, &f[4], out->status == VOTE_VALID) ||
	    !hex_field(out->plain, envelope_plain_len(width), &f[5], out->status == VOTE_VALID) ||
	    !hex_field(out->w.octets, POINT_BYTES, &f[6], out->status == VOTE_MISMATCH) ||
	    (out->status == VOTE_MISMATCH && !point_valid(out->w.octets)))
		return fault(E_EVIDENCE, NULL, _("decrypted-votes.csv: el voto %llu de «%s» no se puede leer"),
		             (unsigned long long)idx, list);
	return OK;
}
