/* See tally_rows.h. */
#include "report/tally_rows.h"
#include "base/buffer.h"
#include "report/words.h"
#include <stdlib.h>
#include <string.h>

enum { NO_PARTY = 0xffffff }; /* an independent has no emblem colour: an empty chip */

uint32_t tally_colour(const char *hex)
{
	char *end;
	unsigned long v;

	if (hex == NULL || hex[0] != '#' || strlen(hex) != 7)
		return 0x808080;
	v = strtoul(hex + 1, &end, 16);
	return *end == '\0' ? (uint32_t)v : 0x808080;
}

static void add_chip(struct document_cell *out, struct tally_hold *hold, uint32_t colour)
{
	if (out->n_chips < DOCUMENT_CHIPS_MAX)
		hold->chips[out->n_chips++] = colour;
}

/* A single option by its full name, several by their short ones. */
static void name_option(struct buffer *b, const struct contest *c, const struct option *o, bool full)
{
	for (unsigned i = 0; i < o->n_parties; i++)
		buffer_printf(b, "%s%s", i > 0 ? full && o->n_parties > 1 ? " – " : "-" : "",
		              full && o->n_parties == 1 ? o->parties[i]->name : o->parties[i]->short_name);
	if (o->n_parties == 0)
		buffer_text(b, c->candidates[o->candidate].name);
}

static const char *kind_note(const struct option *o)
{
	return o->kind == OPTION_COMMON ? "Candidatura común. " : o->kind == OPTION_INDEPENDENT ? "Candidatura independiente"
	                                                                                       : "";
}

void tally_cell(struct document_cell *out, struct tally_hold *hold, const struct contest *c, uint64_t marks)
{
	struct buffer text = BUFFER_INIT, note = BUFFER_INIT;
	bool one = (marks & (marks - 1)) == 0, first = true;

	memset(out, 0, sizeof *out);
	for (unsigned i = 0; i < c->n_options; i++) {
		const struct option *o = &c->options[i];

		if ((marks >> i & 1) == 0)
			continue;
		if (!first)
			buffer_text(&text, " + ");
		name_option(&text, c, o, one);
		for (unsigned p = 0; p < o->n_parties; p++)
			add_chip(out, hold, tally_colour(o->parties[p]->colour));
		if (o->n_parties == 0)
			add_chip(out, hold, NO_PARTY);
		if (first) {
			buffer_text(&note, kind_note(o));
			if (o->n_parties > 0)
				buffer_text(&note, c->candidates[o->candidate].name);
		}
		first = false;
	}
	buffer_u8(&text, '\0');
	buffer_u8(&note, '\0');
	hold->text = (char *)text.data;
	hold->note = (char *)note.data;
	out->text = hold->text;
	out->note = hold->note;
	out->chips = hold->chips;
}

void tally_cell_free(struct tally_hold *hold)
{
	free(hold->text);
	free(hold->note);
}

static void row(struct document *d, enum document_row_kind kind, const struct document_cell *name, uint64_t votes)
{
	char figures[REPORT_FIGURES_SIZE], words[REPORT_WORDS_SIZE];
	struct document_cell cells[3] = {*name, {.text = figures}, {.text = words}};

	report_figures(figures, sizeof figures, votes);
	if (!report_words(words, sizeof words, votes))
		cells[2].text = figures;
	document_table_row(d, kind, cells);
}

void tally_band(struct document *d, const char *text)
{
	document_table_row(d, DOCUMENT_BAND, &(struct document_cell){.text = text});
}

void tally_plain_row(struct document *d, enum document_row_kind kind, const char *name, uint64_t votes)
{
	row(d, kind, &(struct document_cell){.text = name}, votes);
}

static void marks_row(struct document *d, const struct contest *c, uint64_t marks, uint64_t votes)
{
	struct document_cell cell;
	struct tally_hold hold;

	tally_cell(&cell, &hold, c, marks);
	row(d, DOCUMENT_ROW, &cell, votes);
	tally_cell_free(&hold);
}

void tally_option_row(struct document *d, const struct contest *c, unsigned option, uint64_t votes)
{
	marks_row(d, c, UINT64_C(1) << option, votes);
}

uint64_t tally_votes_of(const struct count *c, uint64_t marks)
{
	for (size_t i = 0; i < c->n_combinations; i++)
		if (c->combinations[i].marks == marks)
			return c->combinations[i].votes;
	return 0;
}

/* Larger combinations first; of two as large, the one with the earlier option where they first differ. */
static int before(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b, differ = x ^ y;
	int nx = __builtin_popcountll(x), ny = __builtin_popcountll(y);

	if (nx != ny)
		return nx > ny ? -1 : 1;
	if (differ == 0)
		return 0;
	return x & differ & (~differ + 1) ? -1 : 1;
}

void tally_combination_rows(struct document *d, const struct count *c)
{
	uint64_t *marks = malloc((c->n_combinations + 1) * sizeof *marks);

	if (marks == NULL)
		return;
	for (unsigned k = 0; k < c->contest->n_coalitions; k++) {
		size_t n = 0;

		for (size_t i = 0; i < c->n_combinations; i++)
			if ((c->combinations[i].marks & ~c->contest->coalitions[k].options) == 0)
				marks[n++] = c->combinations[i].marks;
		qsort(marks, n, sizeof *marks, before);
		for (size_t i = 0; i < n; i++)
			marks_row(d, c->contest, marks[i], tally_votes_of(c, marks[i]));
	}
	free(marks);
}

uint64_t *tally_combinations(size_t *n, const struct coalition *k)
{
	unsigned parties = (unsigned)__builtin_popcountll(k->options);
	uint64_t *marks, sub;

	*n = 0;
	if (parties < 2 || parties > 16 || (marks = malloc((size_t)1 << parties << 3)) == NULL)
		return NULL;
	/* all subsets of a set of bits (Knuth 4A, 7.1.3) */
	for (sub = k->options; sub != 0; sub = (sub - 1) & k->options)
		if ((sub & (sub - 1)) != 0)
			marks[(*n)++] = sub;
	qsort(marks, *n, sizeof *marks, before);
	return marks;
}
