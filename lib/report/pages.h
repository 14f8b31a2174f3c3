/*
 * Sheets of letter paper (612 x 792 points, y downwards) and what can be put on them: text by Pango, lines and
 * boxes by Cairo. Each sheet is recorded and only set down as PDF at the end, when it is known how many there are.
 *
 * A failure (memory, fonts) is remembered and told once, by pages_write. The same calls give the same bytes on a
 * machine with the same fonts: the PDF's date is the one handed in, never the clock.
 */
#ifndef REPORT_PAGES_H
#define REPORT_PAGES_H

#include "base/buffer.h"
#include "base/status.h"
#include <stdbool.h>
#include <stdint.h>

#define PAGES_WIDTH 612.0
#define PAGES_HEIGHT 792.0

/* The fonts of Debian's fonts-dejavu-core: sans and mono, regular and bold (it has no italics). */
enum pages_style {
	PAGES_TITLE,    /* 14, bold */
	PAGES_SUBTITLE, /* 10.5 */
	PAGES_HEADING,  /* 9.5, bold */
	PAGES_BODY,     /* 8.5 */
	PAGES_STRONG,   /* 8.5, bold */
	PAGES_NOTE,     /* 7.2, grey */
	PAGES_LABEL,    /* 7.2, grey, bold */
	PAGES_MONO,     /* 8 */
	PAGES_MONO_SMALL, /* 7.2 */
	PAGES_BANNER,   /* 9.5, bold, red */
	PAGES_WATERMARK, /* 62, bold, pale */
	PAGES_STYLES
};
enum pages_align { PAGES_LEFT, PAGES_CENTRE, PAGES_RIGHT };

/* 0xRRGGBB. Dark enough for a copier, and none carries meaning alone. */
enum {
	PAGES_INK = 0x1a1a1a,
	PAGES_GREY = 0x555555,
	PAGES_LINE = 0x9a9a9a,
	PAGES_BAND = 0xeceff2,
	PAGES_ACCENT = 0x24364b,
	PAGES_RED = 0xa01818,
	PAGES_PALE = 0xf1f1f1,
};

struct pages;

/* E_FAILED, said, where the fonts are not those of fonts-dejavu-core. */
MUST_USE enum status pages_new(struct pages **out);
void pages_free(struct pages *p);
void pages_add(struct pages *p); /* from here on, things go on a new sheet; the first one needs it too */
unsigned pages_count(const struct pages *p);

/* Height of the text wrapped to width. text: UTF-8, no markup. */
double pages_measure(struct pages *p, double width, enum pages_style style, const char *text);
/* The same, drawn with its upper left corner at (x, y). */
double pages_text(struct pages *p, double x, double y, double width, enum pages_style style, enum pages_align align,
                  const char *text);
/* Line by line, on a new sheet where `bottom` is reached: `next` makes it and returns the y to go on from.
 * Returns the y after the last line. */
double pages_flow(struct pages *p, double x, double y, double width, enum pages_style style, const char *text,
                  double bottom, double (*next)(void *ctx), void *ctx);
void pages_line(struct pages *p, double x0, double y0, double x1, double y1, double width, uint32_t colour);
void pages_fill(struct pages *p, double x, double y, double w, double h, uint32_t colour);
void pages_frame(struct pages *p, double x, double y, double w, double h, double width, uint32_t colour);
/* Slantwise over the whole sheet, centred on it. */
void pages_watermark(struct pages *p, const char *text);
/* A QR code of the bytes, size x size points, its quiet zone within. */
void pages_qr(struct pages *p, double x, double y, double size, const void *data, size_t len);

/*
 * Sets the sheets down, appended to out as PDF. `under` and `over` are called for each sheet n of m before and after
 * its own content; what they draw goes on that sheet. date: RFC 3339.
 */
struct pages_finish {
	void (*under)(void *ctx, struct pages *p, unsigned n, unsigned m);
	void (*over)(void *ctx, struct pages *p, unsigned n, unsigned m);
	void *ctx;
	const char *title, *subject, *keywords, *date;
};
MUST_USE enum status pages_write(struct pages *p, struct buffer *out, const struct pages_finish *finish);

#endif
