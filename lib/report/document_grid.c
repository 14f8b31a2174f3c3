/* See document.h: hashes with their QR, and the grid of signatures. */
#include "base/hex.h"
#include "report/document.h"
#include "report/flow.h"
#include <stdlib.h>
#include <string.h>

void document_groups(char *out, const uint8_t *bytes, size_t len)
{
	char hex[3];

	for (size_t i = 0; i < len; i++) {
		hex_encode(hex, bytes + i, 1);
		if (i > 0 && i % 2 == 0)
			*out++ = ' ';
		*out++ = hex[0];
		*out++ = hex[1];
	}
	*out = '\0';
}

char *document_grouped(const char *text)
{
	static const char digits[] = "0123456789abcdef";
	char *out = malloc(strlen(text) * 5 / 4 + 1), *to = out;

	while (out != NULL && *text != '\0') {
		size_t run = strspn(text, digits), len = run > 0 ? run : strcspn(text, digits);

		for (size_t i = 0; i < len; i++) {
			if (run == 64 && i > 0 && i % 4 == 0)
				*to++ = ' ';
			*to++ = text[i];
		}
		text += len;
	}
	if (out != NULL)
		*to = '\0';
	return out;
}

enum { QR_SIZE = 50, HASH_GAP = 8 };

static double hash_text(struct document *d, double x, double y, double width, const struct document_hash *h)
{
	char groups[2 * 32 + 16 + 1], line[41];
	double from = y;

	document_groups(groups, h->bytes, 32);
	y += pages_text(d->pages, x, y, width, PAGES_LABEL, PAGES_LEFT, h->label) + 0.5;
	if (h->note != NULL)
		y += pages_text(d->pages, x, y, width, PAGES_NOTE, PAGES_LEFT, h->note);
	y += 2.5;
	/* eight groups a line, whatever the width of the face */
	memcpy(line, groups, 39);
	line[39] = '\0';
	y += pages_text(d->pages, x, y, width + 10, PAGES_MONO, PAGES_LEFT, line) + 1;
	y += pages_text(d->pages, x, y, width + 10, PAGES_MONO, PAGES_LEFT, groups + 40);
	return y - from;
}

static double hash_height(struct document *d, double width, const struct document_hash *h)
{
	double text = pages_measure(d->pages, width, PAGES_LABEL, h->label) + 4 +
	              2 * pages_measure(d->pages, width, PAGES_MONO, "0");

	if (h->note != NULL)
		text += pages_measure(d->pages, width, PAGES_NOTE, h->note);
	return text > QR_SIZE ? text : QR_SIZE;
}

void document_hashes(struct document *d, const struct document_hash *hashes, size_t n)
{
	double cell = (FLOW_WIDTH - HASH_GAP) / 2, width = cell - QR_SIZE - 6;
	char hex[65];

	for (size_t i = 0; i < n; i += 2) {
		size_t in_row = i + 1 < n ? 2 : 1;
		double height = 0;

		for (size_t j = 0; j < in_row; j++) {
			double h = hash_height(d, width, &hashes[i + j]);

			height = h > height ? h : height;
		}
		flow_need(d, height + 5);
		for (size_t j = 0; j < in_row; j++) {
			double x = FLOW_LEFT + (double)j * (cell + HASH_GAP);

			hex_encode(hex, hashes[i + j].bytes, 32);
			pages_qr(d->pages, x, d->y, QR_SIZE, hex, 64);
			hash_text(d, x + QR_SIZE + 5, d->y, width, &hashes[i + j]);
		}
		d->y += height + 5;
	}
}

void document_boxes(struct document *d, unsigned n)
{
	enum { ACROSS = 16, BOX = 27, STEP = 31 };
	unsigned lines = (n + ACROSS - 1) / ACROSS;

	flow_need(d, (double)lines * STEP + 6);
	d->y += 3;
	for (unsigned i = 0; i < n; i++)
		pages_frame(d->pages, FLOW_LEFT + i % ACROSS * STEP + 2, d->y + i / ACROSS * STEP, BOX, BOX, 0.7,
		            PAGES_GREY);
	d->y += (double)lines * STEP + 3;
}

enum { SIGN_ABOVE = 34, SIGN_GAP = 16, ONE_SHEET = 600 /* points that every sheet has for its body */ };

static double signer_height(struct document *d, double width, const struct document_signer *s)
{
	return SIGN_ABOVE + 3 + pages_measure(d->pages, width, PAGES_STRONG, s->name) +
	       pages_measure(d->pages, width, PAGES_NOTE, s->role) + 4;
}

static void signer(struct document *d, double x, double width, const struct document_signer *s)
{
	double y = d->y + SIGN_ABOVE;

	pages_line(d->pages, x, y, x + width, y, 0.7, PAGES_INK);
	y += 3;
	y += pages_text(d->pages, x, y, width, PAGES_STRONG, PAGES_CENTRE, s->name);
	pages_text(d->pages, x, y, width, PAGES_NOTE, PAGES_CENTRE, s->role);
}

/* All who sign from here on in one row of `columns`. */
static double row_height(struct document *d, double width, const struct document_signer *signers, size_t n, size_t columns)
{
	double height = 0;

	for (size_t i = 0; i < n && i < columns; i++) {
		double h = signer_height(d, width, &signers[i]);

		height = h > height ? h : height;
	}
	return height;
}

void document_signatures(struct document *d, const char *intro, const struct document_signer *signers, size_t n)
{
	size_t columns = n < 2 ? 1 : n == 2 || n == 4 ? 2 : 3;
	double width = (FLOW_WIDTH - (double)(columns - 1) * SIGN_GAP) / (double)columns;
	double text = pages_measure(d->pages, FLOW_WIDTH, PAGES_BODY, intro) + 2, whole = text;

	if (columns == 1)
		width = FLOW_WIDTH / 2;
	for (size_t i = 0; i < n; i += columns)
		whole += row_height(d, width, signers + i, n - i, columns);
	document_heading(d, "Firmas");
	flow_need(d, whole < ONE_SHEET ? whole : text + 82);
	d->y += pages_text(d->pages, FLOW_LEFT, d->y, FLOW_WIDTH, PAGES_BODY, PAGES_LEFT, intro) + 2;
	for (size_t i = 0; i < n; i += columns) {
		double height = row_height(d, width, signers + i, n - i, columns);

		flow_need(d, height);
		for (size_t j = i; j < n && j < i + columns; j++)
			signer(d, FLOW_LEFT + (double)(j - i) * (width + SIGN_GAP), width, &signers[j]);
		d->y += height;
	}
	d->y += 6;
}
