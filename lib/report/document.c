/* See document.h: the sheets, the title block, running text. Tables and grids: document_table.c, document_grid.c. */
#include "report/document.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "report/flow.h"
#include "report/words.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIMULATION_TEXT "SIMULACRO, sin validez oficial"

enum { TOP_MARGIN = 44, RUNNING_TOP = 74, SIDE = 176, KEEP_WHOLE = 100 };

char *flow_format(struct document *d, const char *fmt, va_list args)
{
	char *text = NULL;

	if (vasprintf(&text, fmt, args) < 0) {
		d->failed = true;
		return NULL;
	}
	return text;
}

double flow_next(void *document)
{
	struct document *d = document;

	pages_add(d->pages);
	d->y = d->top = RUNNING_TOP;
	return d->y;
}

void flow_gap(struct document *d, double height)
{
	if (d->y > d->top)
		d->y += height;
}

/* A heading waits for what it heads, so that the two go to the next sheet together. */
void flow_need(struct document *d, double height)
{
	char *heading = d->heading;
	double own = 0;

	d->heading = NULL;
	if (heading != NULL) {
		flow_gap(d, 9);
		own = pages_measure(d->pages, FLOW_WIDTH, PAGES_HEADING, heading) + 4;
	}
	if (d->y + own + height > FLOW_BOTTOM && d->y > d->top)
		flow_next(d);
	if (heading != NULL) {
		pages_text(d->pages, FLOW_LEFT, d->y, FLOW_WIDTH, PAGES_HEADING, PAGES_LEFT, heading);
		d->y += own;
	}
	free(heading);
}

const char *document_zone(const struct document *d)
{
	return d->head.zone;
}

/* The box at the right of the title: folio, day, hour, place. */
static double side_box(struct document *d, double y)
{
	char day[REPORT_DATE_SIZE], hour[REPORT_DATE_SIZE];
	const char *const labels[] = {"Folio", "Fecha", "Hora", "Zona", "Lugar"};
	const char *const values[] = {d->head.folio, day, hour, d->head.zone, d->head.place};
	double x = FLOW_LEFT + FLOW_WIDTH - SIDE, from = y;

	report_date(day, sizeof day, d->head.date, d->head.zone);
	report_time(hour, sizeof hour, d->head.date, d->head.zone);
	y += 6;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		if (values[i] == NULL)
			continue;
		pages_text(d->pages, x + 7, y, 34, PAGES_LABEL, PAGES_LEFT, labels[i]);
		y += pages_text(d->pages, x + 42, y, SIDE - 48, PAGES_NOTE, PAGES_LEFT, values[i]) + 2.5;
	}
	y += 3;
	pages_frame(d->pages, x, from, SIDE, y - from, 0.6, PAGES_LINE);
	return y;
}

static void title_block(struct document *d)
{
	double width = FLOW_WIDTH - SIDE - 18, y = TOP_MARGIN, side;

	if (d->head.simulation) {
		pages_frame(d->pages, FLOW_LEFT, y, FLOW_WIDTH, 19, 1, PAGES_RED);
		pages_text(d->pages, FLOW_LEFT, y + 3.5, FLOW_WIDTH, PAGES_BANNER, PAGES_CENTRE, SIMULATION_TEXT);
		y += 29;
	}
	side = side_box(d, y);
	y += pages_text(d->pages, FLOW_LEFT, y, width, PAGES_LABEL, PAGES_LEFT, d->head.election) + 5;
	y += pages_text(d->pages, FLOW_LEFT, y, width, PAGES_TITLE, PAGES_LEFT, d->head.title);
	if (d->head.subtitle != NULL)
		y += 4 + pages_text(d->pages, FLOW_LEFT, y + 4, width, PAGES_SUBTITLE, PAGES_LEFT, d->head.subtitle);
	y = (side > y ? side : y) + 9;
	pages_line(d->pages, FLOW_LEFT, y, FLOW_LEFT + FLOW_WIDTH, y, 1.8, PAGES_ACCENT);
	d->y = d->top = y + 10;
}

static char *copy(struct document *d, unsigned i, const char *text)
{
	if (text == NULL)
		return NULL;
	if ((d->texts[i] = strdup(text)) == NULL)
		d->failed = true;
	return d->texts[i];
}

enum status document_new(struct document **out, const struct document_head *head)
{
	struct document *d;
	enum status r;

	*out = NULL;
	if ((d = calloc(1, sizeof *d)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	d->head = *head;
	d->head.title = copy(d, 0, head->title);
	d->head.subtitle = copy(d, 1, head->subtitle);
	d->head.election = copy(d, 2, head->election);
	d->head.folio = copy(d, 3, head->folio);
	d->head.place = copy(d, 4, head->place);
	d->head.zone = copy(d, 5, head->zone);
	if (d->failed) {
		r = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	if ((r = pages_new(&d->pages)) != OK)
		goto done;
	pages_add(d->pages);
	title_block(d);
	*out = d;
	d = NULL;
done:
	document_free(d);
	return r;
}

void document_free(struct document *d)
{
	if (d == NULL)
		return;
	table_free(d->table);
	free(d->heading);
	pages_free(d->pages);
	for (size_t i = 0; i < sizeof d->texts / sizeof *d->texts; i++)
		free(d->texts[i]);
	free(d);
}

void document_page(struct document *d)
{
	flow_need(d, 0);
	flow_next(d);
}

void document_heading(struct document *d, const char *text)
{
	free(d->heading);
	if ((d->heading = strdup(text)) == NULL)
		d->failed = true;
}

/* A short paragraph is not parted; a long one is, between lines. */
static void flow_text(struct document *d, double x, double width, enum pages_style style, const char *text)
{
	double height = text != NULL ? pages_measure(d->pages, width, style, text) : 0;

	flow_need(d, height < KEEP_WHOLE ? height : 24);
	if (text != NULL)
		d->y = pages_flow(d->pages, x, d->y, width, style, text, FLOW_BOTTOM, flow_next, d);
}

/* What stands at the left of a text goes to the next sheet with it. */
static void need_for(struct document *d, double width, const char *text)
{
	double height = text != NULL ? pages_measure(d->pages, width, PAGES_BODY, text) : 0;

	flow_need(d, height < 24 ? 24 : height < KEEP_WHOLE ? height : 24);
}

void document_text(struct document *d, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = flow_format(d, fmt, args);
	va_end(args);
	flow_text(d, FLOW_LEFT, FLOW_WIDTH, PAGES_BODY, text);
	d->y += 5;
	free(text);
}

void document_note(struct document *d, const char *fmt, ...)
{
	va_list args;
	char *text;

	va_start(args, fmt);
	text = flow_format(d, fmt, args);
	va_end(args);
	flow_text(d, FLOW_LEFT, FLOW_WIDTH, PAGES_NOTE, text);
	d->y += 4;
	free(text);
}

void document_pair(struct document *d, const char *label, const char *fmt, ...)
{
	enum { LABEL = 104 };
	va_list args;
	char *text;

	va_start(args, fmt);
	text = flow_format(d, fmt, args);
	va_end(args);
	need_for(d, FLOW_WIDTH - LABEL, text);
	pages_text(d->pages, FLOW_LEFT, d->y + 1.2, LABEL - 6, PAGES_LABEL, PAGES_LEFT, label);
	flow_text(d, FLOW_LEFT + LABEL, FLOW_WIDTH - LABEL, PAGES_BODY, text);
	d->y += 2;
	free(text);
}

void document_fact(struct document *d, moment when, const char *fmt, ...)
{
	enum { NUMBER = 20, HOUR = 82 };
	char number[16], hour[REPORT_DATE_SIZE], day[REPORT_DATE_SIZE], today[REPORT_DATE_SIZE];
	va_list args;
	char *plain, *text;
	double height;

	va_start(args, fmt);
	plain = flow_format(d, fmt, args);
	va_end(args);
	if ((text = plain != NULL ? document_grouped(plain) : NULL) == NULL)
		d->failed = true;
	free(plain);
	report_time(hour, sizeof hour, when, d->head.zone);
	report_date(day, sizeof day, when, d->head.zone);
	report_date(today, sizeof today, d->head.date, d->head.zone);
	snprintf(number, sizeof number, "%u.", ++d->facts);
	need_for(d, FLOW_WIDTH - NUMBER - HOUR, text);
	pages_text(d->pages, FLOW_LEFT, d->y, NUMBER - 4, PAGES_STRONG, PAGES_RIGHT, number);
	height = pages_text(d->pages, FLOW_LEFT + NUMBER, d->y, HOUR - 6, PAGES_BODY, PAGES_LEFT, hour);
	if (strcmp(day, today) != 0)
		height += pages_text(d->pages, FLOW_LEFT + NUMBER, d->y + height, HOUR - 6, PAGES_NOTE, PAGES_LEFT, day);
	height += d->y;
	flow_text(d, FLOW_LEFT + NUMBER + HOUR, FLOW_WIDTH - NUMBER - HOUR, PAGES_BODY, text);
	d->y = (d->y > d->top && height > d->y && height < FLOW_BOTTOM ? height : d->y) + 3;
	free(text);
}

static void under(void *ctx, struct pages *p, unsigned n, unsigned m)
{
	struct document *d = ctx;

	(void)n;
	(void)m;
	if (d->head.simulation)
		pages_watermark(p, "SIMULACRO\nsin validez oficial");
}

/* Running head from the second sheet on; foot of every sheet. */
static void over(void *ctx, struct pages *p, unsigned n, unsigned m)
{
	struct document *d = ctx;
	double y = PAGES_HEIGHT - 50, right = FLOW_LEFT + FLOW_WIDTH;
	char page[40];

	snprintf(page, sizeof page, "Página %u de %u", n, m);
	pages_line(p, FLOW_LEFT, y, right, y, 0.6, PAGES_LINE);
	pages_text(p, FLOW_LEFT, y + 5, 300, PAGES_NOTE, PAGES_LEFT, d->head.folio);
	pages_text(p, right - 100, y + 5, 100, PAGES_LABEL, PAGES_RIGHT, page);
	if (d->head.simulation)
		pages_text(p, FLOW_LEFT, y + 5, FLOW_WIDTH, PAGES_LABEL, PAGES_CENTRE, SIMULATION_TEXT);
	if (n == 1)
		return;
	pages_text(p, FLOW_LEFT, TOP_MARGIN, FLOW_WIDTH - SIDE, PAGES_LABEL, PAGES_LEFT, d->head.title);
	pages_text(p, right - SIDE, TOP_MARGIN, SIDE, PAGES_NOTE, PAGES_RIGHT, d->head.folio);
	/* A title of more than a line is on the first sheet only. */
	if (pages_measure(p, FLOW_WIDTH, PAGES_NOTE, d->head.election) < 11)
		pages_text(p, FLOW_LEFT, TOP_MARGIN + 9.5, FLOW_WIDTH, PAGES_NOTE, PAGES_LEFT, d->head.election);
	pages_line(p, FLOW_LEFT, RUNNING_TOP - 9, right, RUNNING_TOP - 9, 0.6, PAGES_LINE);
}

/* A rerun of the same step makes the same bytes: that is no fault. */
static bool same_as(const char *path, const struct buffer *bytes)
{
	const uint8_t *there;
	size_t len;
	bool same;

	if (!file_exists(path) || file_map(&there, &len, path) != OK)
		return false;
	same = len == bytes->len && memcmp(there, bytes->data, len) == 0;
	file_unmap(there, len);
	return same;
}

enum status document_write(struct document *d, const char *path)
{
	struct buffer bytes = BUFFER_INIT;
	struct pages_finish finish = {under, over, d, d->head.title, d->head.election, d->head.folio, NULL};
	char date[40];
	enum status r;

	moment_rfc3339(date, sizeof date, d->head.date, d->head.zone);
	finish.date = date;
	if (d->failed)
		r = fault(E_FAILED, NULL, _("documento «%s»: no se pudo componer"), d->head.title);
	else if ((r = pages_write(d->pages, &bytes, &finish)) == OK && !same_as(path, &bytes))
		r = file_create(path, bytes.data, bytes.len, 0644);
	buffer_free(&bytes);
	return r;
}
