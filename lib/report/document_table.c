/* See document.h: tables. Rows are kept until the table ends, for only then can the sheets be parted well. */
#include "report/document.h"
#include "report/flow.h"
#include <stdlib.h>
#include <string.h>

enum { PAD_X = 4, CHIP = 8, CHIP_STEP = 10, CHIPS_A_LINE = 4, KEEP_LAST = 4, KEEP_WHOLE = 230 };
#define PAD_Y 2.1

struct cell {
	char *text, *note;
	uint32_t chips[DOCUMENT_CHIPS_MAX];
	unsigned n_chips;
	bool mono;
};
struct row {
	enum document_row_kind kind;
	struct cell cells[DOCUMENT_COLUMNS_MAX];
	double height;
};
struct table {
	char *titles[DOCUMENT_COLUMNS_MAX];
	double x[DOCUMENT_COLUMNS_MAX], width[DOCUMENT_COLUMNS_MAX];
	enum document_align align[DOCUMENT_COLUMNS_MAX];
	unsigned columns;
	struct row *rows;
	size_t n, cap;
};

void table_free(struct table *t)
{
	if (t == NULL)
		return;
	for (unsigned c = 0; c < DOCUMENT_COLUMNS_MAX; c++)
		free(t->titles[c]);
	for (size_t i = 0; i < t->n; i++)
		for (unsigned c = 0; c < DOCUMENT_COLUMNS_MAX; c++) {
			free(t->rows[i].cells[c].text);
			free(t->rows[i].cells[c].note);
		}
	free(t->rows);
	free(t);
}

static char *keep(struct document *d, const char *text)
{
	char *kept = text != NULL ? strdup(text) : NULL;

	if (text != NULL && kept == NULL)
		d->failed = true;
	return kept;
}

void document_table_begin(struct document *d, const struct document_column *columns, unsigned n)
{
	struct table *t = calloc(1, sizeof *t);
	double x = FLOW_LEFT;

	table_free(d->table);
	d->table = t;
	if (t == NULL || n > DOCUMENT_COLUMNS_MAX) {
		d->failed = true;
		return;
	}
	t->columns = n;
	for (unsigned c = 0; c < n; c++) {
		t->titles[c] = keep(d, columns[c].title);
		t->x[c] = x;
		t->width[c] = columns[c].share * FLOW_WIDTH;
		t->align[c] = columns[c].align;
		x += t->width[c];
	}
}

static double chips_width(const struct cell *cell)
{
	unsigned across = cell->n_chips < CHIPS_A_LINE ? cell->n_chips : CHIPS_A_LINE;

	return across > 0 ? across * CHIP_STEP + 3 : 0;
}

static enum pages_style style_of(const struct row *row, const struct cell *cell)
{
	if (cell->mono)
		return PAGES_MONO_SMALL;
	return row->kind == DOCUMENT_TOTAL ? PAGES_STRONG : row->kind == DOCUMENT_BAND ? PAGES_LABEL : PAGES_BODY;
}

static double text_width(const struct table *t, const struct row *row, unsigned c)
{
	double width = row->kind == DOCUMENT_BAND ? FLOW_WIDTH : t->width[c];

	width -= 2 * PAD_X + chips_width(&row->cells[c]);
	return width > 12 ? width : 12;
}

static double measure(struct document *d, const struct row *row)
{
	const struct table *t = d->table;
	double height = 0;

	for (unsigned c = 0; c < (row->kind == DOCUMENT_BAND ? 1 : t->columns); c++) {
		const struct cell *cell = &row->cells[c];
		double width = text_width(t, row, c), h = 0,
		       chips = (double)((cell->n_chips + CHIPS_A_LINE - 1) / CHIPS_A_LINE) * CHIP_STEP;

		if (cell->text != NULL)
			h += pages_measure(d->pages, width, style_of(row, cell), cell->text);
		if (cell->note != NULL)
			h += pages_measure(d->pages, width, PAGES_NOTE, cell->note);
		h = h > chips ? h : chips;
		height = h > height ? h : height;
	}
	return height + 2 * PAD_Y;
}

void document_table_row(struct document *d, enum document_row_kind kind, const struct document_cell *cells)
{
	struct table *t = d->table;
	struct row *row;

	if (t == NULL || d->failed)
		return;
	if (t->n == t->cap) {
		size_t cap = t->cap > 0 ? 2 * t->cap : 16;
		struct row *more = realloc(t->rows, cap * sizeof *more);

		if (more == NULL) {
			d->failed = true;
			return;
		}
		t->rows = more;
		t->cap = cap;
	}
	row = &t->rows[t->n++];
	memset(row, 0, sizeof *row);
	row->kind = kind;
	for (unsigned c = 0; c < (kind == DOCUMENT_BAND ? 1 : t->columns); c++) {
		struct cell *cell = &row->cells[c];

		cell->text = keep(d, cells[c].text);
		cell->note = keep(d, cells[c].note);
		cell->mono = cells[c].mono;
		cell->n_chips = cells[c].n_chips < DOCUMENT_CHIPS_MAX ? cells[c].n_chips : DOCUMENT_CHIPS_MAX;
		if (cell->n_chips > 0)
			memcpy(cell->chips, cells[c].chips, cell->n_chips * sizeof *cell->chips);
	}
	row->height = measure(d, row);
}

static double head_height(struct document *d)
{
	const struct table *t = d->table;
	double height = 0;

	for (unsigned c = 0; c < t->columns; c++) {
		double h = pages_measure(d->pages, t->width[c] - 2 * PAD_X, PAGES_LABEL, t->titles[c]);

		height = h > height ? h : height;
	}
	return height + 2 * PAD_Y;
}

static void draw_head(struct document *d, double height)
{
	const struct table *t = d->table;

	for (unsigned c = 0; c < t->columns; c++)
		pages_text(d->pages, t->x[c] + PAD_X, d->y + PAD_Y, t->width[c] - 2 * PAD_X, PAGES_LABEL,
		           t->align[c] == DOCUMENT_RIGHT ? PAGES_RIGHT : PAGES_LEFT, t->titles[c]);
	d->y += height;
	pages_line(d->pages, FLOW_LEFT, d->y, FLOW_LEFT + FLOW_WIDTH, d->y, 1, PAGES_ACCENT);
}

static void draw_chips(struct document *d, const struct cell *cell, double x, double y)
{
	for (unsigned i = 0; i < cell->n_chips; i++) {
		double cx = x + i % CHIPS_A_LINE * CHIP_STEP, cy = y + i / CHIPS_A_LINE * CHIP_STEP;

		pages_fill(d->pages, cx, cy, CHIP, CHIP, cell->chips[i]);
		pages_frame(d->pages, cx, cy, CHIP, CHIP, 0.4, PAGES_GREY);
	}
}

static void draw_cell(struct document *d, const struct row *row, unsigned c)
{
	const struct table *t = d->table;
	const struct cell *cell = &row->cells[c];
	enum pages_align align = t->align[c] == DOCUMENT_RIGHT && row->kind != DOCUMENT_BAND ? PAGES_RIGHT : PAGES_LEFT;
	double x = t->x[c] + PAD_X + chips_width(cell), y = d->y + PAD_Y, width = text_width(t, row, c);

	draw_chips(d, cell, t->x[c] + PAD_X, y + 1.2);
	if (cell->text != NULL)
		y += pages_text(d->pages, x, y, width, style_of(row, cell), align, cell->text);
	if (cell->note != NULL)
		pages_text(d->pages, x, y, width, PAGES_NOTE, align, cell->note);
}

static void draw_row(struct document *d, const struct row *row)
{
	const struct table *t = d->table;
	double right = FLOW_LEFT + FLOW_WIDTH;

	if (row->kind == DOCUMENT_BAND)
		pages_fill(d->pages, FLOW_LEFT, d->y, FLOW_WIDTH, row->height, PAGES_BAND);
	if (row->kind == DOCUMENT_TOTAL)
		pages_line(d->pages, FLOW_LEFT, d->y, right, d->y, 1, PAGES_ACCENT);
	for (unsigned c = 0; c < (row->kind == DOCUMENT_BAND ? 1 : t->columns); c++)
		draw_cell(d, row, c);
	d->y += row->height;
	pages_line(d->pages, FLOW_LEFT, d->y, right, d->y, 0.35, PAGES_LINE);
}

/* Height of row i and of those that may not be parted from it: what follows a band, and the last rows, so that no sheet
 * begins with a lone total. */
static double block_height(const struct table *t, size_t i)
{
	double height = t->rows[i].height;

	while (i + 1 < t->n && (t->rows[i].kind == DOCUMENT_BAND || i + KEEP_LAST >= t->n))
		height += t->rows[++i].height;
	return height;
}

void document_table_end(struct document *d)
{
	struct table *t = d->table;
	double head, all = 0;

	if (t == NULL || d->failed || t->n == 0)
		goto done;
	head = head_height(d);
	if (d->heading == NULL)
		flow_gap(d, 3);
	for (size_t i = 0; i < t->n; i++)
		all += t->rows[i].height;
	flow_need(d, head + (all < KEEP_WHOLE ? all : block_height(t, 0)));
	draw_head(d, head);
	for (size_t i = 0; i < t->n; i++) {
		double before = d->y;

		flow_need(d, block_height(t, i));
		if (d->y < before)
			draw_head(d, head);
		draw_row(d, &t->rows[i]);
	}
	d->y += 6;
done:
	table_free(t);
	d->table = NULL;
}
