/*
 * A document that officials sign (DESIGN 10): letter size, Spanish, the same input giving the same bytes. It grows
 * from top to bottom; what belongs together stays on one sheet. Every sheet has the folio, its number and how many
 * there are; a simulacro says so on each, twice.
 *
 * Texts are UTF-8 and in Spanish whatever the program's language. A failure is remembered and told once, by
 * document_write.
 */
#ifndef REPORT_DOCUMENT_H
#define REPORT_DOCUMENT_H

#include "base/moment.h"
#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct document;

struct document_head {
	const char *title, *subtitle; /* subtitle: NULL for none */
	const char *election;         /* the definition's title */
	const char *folio;            /* unique to the document's content */
	const char *place;            /* where it is signed; NULL: not said */
	moment date;                  /* of the document, and of the PDF */
	const char *zone;
	bool simulation;
};

MUST_USE enum status document_new(struct document **out, const struct document_head *head);
void document_free(struct document *d);
/* A new file of mode 0644. One that is there already with the same bytes is fine, another one E_STATE. */
MUST_USE enum status document_write(struct document *d, const char *path);

const char *document_zone(const struct document *d); /* the head's */

void document_page(struct document *d); /* what follows starts a new sheet */
void document_heading(struct document *d, const char *text);
void document_text(struct document *d, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void document_note(struct document *d, const char *fmt, ...) __attribute__((format(printf, 2, 3))); /* small */
/* "label   value" */
void document_pair(struct document *d, const char *label, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Numbered on from the fact before, with its hour (and its day, where that is not the document's). */
void document_fact(struct document *d, moment when, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Hashes in groups of four digits, each with a QR of its hex, two side by side. */
struct document_hash {
	const char *label, *note; /* note: the file's name, or NULL */
	uint8_t bytes[32];
};
void document_hashes(struct document *d, const struct document_hash *hashes, size_t n);

/* n empty boxes to write letters in by hand, never parted from what stands above them. */
void document_boxes(struct document *d, unsigned n);

/* A grid of lines to sign on. intro says who signs what and by which numeral. All on one sheet, unless they fill more than
 * one. */
struct document_signer {
	const char *name, *role;
};
void document_signatures(struct document *d, const char *intro, const struct document_signer *signers, size_t n);

/*
 * A table: begin, rows, end. Cells are copied, measured before their row is drawn, and wrapped; a row is never
 * parted; a band stays with the row after it and the last row with the one before; the head is repeated on
 * each sheet.
 */
enum document_align { DOCUMENT_LEFT, DOCUMENT_RIGHT };
struct document_column {
	const char *title;
	double share; /* of the width; they add up to 1 */
	enum document_align align;
};
enum { DOCUMENT_COLUMNS_MAX = 8, DOCUMENT_CHIPS_MAX = 16 };
struct document_cell {
	const char *text, *note; /* note: smaller, below; NULL for none */
	const uint32_t *chips;   /* emblem colours, before the text */
	unsigned n_chips;        /* at most DOCUMENT_CHIPS_MAX are shown */
	bool mono;
};
enum document_row_kind { DOCUMENT_ROW, DOCUMENT_TOTAL, DOCUMENT_BAND }; /* a band has one cell, over all columns */
void document_table_begin(struct document *d, const struct document_column *columns, unsigned n);
void document_table_row(struct document *d, enum document_row_kind kind, const struct document_cell *cells);
void document_table_end(struct document *d);

/* A bar for each value, over the whole width, never parted; label: below its bar, NULL for none. Nothing where n is 0. */
struct document_bar {
	uint64_t value;
	const char *label;
};
void document_bars(struct document *d, const struct document_bar *bars, size_t n);

/* "1a2b 3c4d …": out: 2 * len + len / 2 + 1 bytes. */
void document_groups(char *out, const uint8_t *bytes, size_t len);
/* The same for every SHA-256 in hex (64 digits alone) inside a text. The caller's to free; NULL: out of memory. */
char *document_grouped(const char *text);

#endif
