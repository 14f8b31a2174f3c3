/*
 * The informative annex of an acta de cómputo (DESIGN 7): all 2^k-k-1 combinations of each coalition, how their votes
 * are distributed, common candidacies by their shares, and each candidate's votes. All sums are lib/election's.
 */
#include "report/tally_rows.h"
#include "report/words.h"
#include <stdio.h>
#include <stdlib.h>

/* Beyond this a coalition has over a thousand rows: those with votes alone are shown, and the annex says so. */
enum { ALL_COMBINATIONS_UP_TO = 10 };

static void figures_row(struct document *d, enum document_row_kind kind, const struct document_cell *name,
                        const uint64_t *figures, unsigned n)
{
	char text[4][REPORT_FIGURES_SIZE];
	struct document_cell cells[5] = {*name};

	for (unsigned i = 0; i < n; i++) {
		report_figures(text[i], sizeof text[i], figures[i]);
		cells[i + 1].text = text[i];
	}
	document_table_row(d, kind, cells);
}

static void marks_row(struct document *d, const struct contest *c, uint64_t marks, const uint64_t *figures, unsigned n)
{
	struct document_cell cell;
	struct tally_hold hold;

	tally_cell(&cell, &hold, c, marks);
	figures_row(d, DOCUMENT_ROW, &cell, figures, n);
	tally_cell_free(&hold);
}

static void combinations_table(struct document *d, const struct count *c, const struct coalition *k)
{
	static const struct document_column columns[] = {{"Combinación", 0.52, DOCUMENT_LEFT},
	                                                 {"Votos", 0.16, DOCUMENT_RIGHT},
	                                                 {"A cada partido", 0.16, DOCUMENT_RIGHT},
	                                                 {"Resto", 0.16, DOCUMENT_RIGHT}};
	unsigned parties = (unsigned)__builtin_popcountll(k->options);
	uint64_t *marks, sum = 0;
	size_t n;

	if ((marks = tally_combinations(&n, k)) == NULL)
		return;
	document_table_begin(d, columns, 4);
	document_table_row(d, DOCUMENT_BAND, &(struct document_cell){.text = k->name});
	for (size_t i = 0; i < n; i++) {
		uint64_t votes = tally_votes_of(c, marks[i]), among = (uint64_t)__builtin_popcountll(marks[i]);
		uint64_t figures[3] = {votes, votes / among, votes % among};

		sum += votes;
		if (votes > 0 || parties <= ALL_COMBINATIONS_UP_TO)
			marks_row(d, c->contest, marks[i], figures, 3);
	}
	figures_row(d, DOCUMENT_TOTAL, &(struct document_cell){.text = "Suma de la coalición"}, &sum, 1);
	document_table_end(d);
	if (parties > ALL_COMBINATIONS_UP_TO)
		document_note(d, "La coalición tiene %zu combinaciones posibles: se muestran las que tienen votos.", n);
	free(marks);
}

static void credited_table(struct document *d, const struct count *c)
{
	static const struct document_column columns[] = {{"Partido o candidatura", 0.52, DOCUMENT_LEFT},
	                                                 {"Votos propios", 0.16, DOCUMENT_RIGHT},
	                                                 {"De combinaciones", 0.16, DOCUMENT_RIGHT},
	                                                 {"Suma", 0.16, DOCUMENT_RIGHT}};
	uint64_t sums[3] = {0, 0, 0};

	document_table_begin(d, columns, 4);
	for (unsigned i = 0; i < c->contest->n_options; i++) {
		uint64_t figures[3] = {c->options[i], c->credited[i] - c->options[i], c->credited[i]};

		for (unsigned j = 0; j < 3; j++)
			sums[j] += figures[j];
		marks_row(d, c->contest, UINT64_C(1) << i, figures, 3);
	}
	figures_row(d, DOCUMENT_TOTAL, &(struct document_cell){.text = "Suma"}, sums, 3);
	document_table_end(d);
}

static void shares_table(struct document *d, const struct count *c, unsigned option)
{
	static const struct document_column columns[] = {{"Partido de la candidatura común", 0.60, DOCUMENT_LEFT},
	                                                 {"Convenio", 0.20, DOCUMENT_RIGHT},
	                                                 {"Votos", 0.20, DOCUMENT_RIGHT}};
	const struct option *o = &c->contest->options[option];
	uint64_t votes[DEFINITION_OPTIONS_MAX];
	char share[16], figures[REPORT_FIGURES_SIZE];

	if (o->n_parties > DEFINITION_OPTIONS_MAX || o->shares == NULL)
		return;
	count_common_shares(votes, o, c->options[option]);
	document_table_begin(d, columns, 3);
	document_table_row(d, DOCUMENT_BAND,
	                   &(struct document_cell){.text = c->contest->candidates[o->candidate].name});
	for (unsigned i = 0; i < o->n_parties; i++) {
		uint32_t colour = tally_colour(o->parties[i]->colour);
		struct document_cell cells[3] = {
		    {.text = o->parties[i]->name, .chips = &colour, .n_chips = 1}, {.text = share}, {.text = figures}};

		snprintf(share, sizeof share, "%u %%", o->shares[i]);
		report_figures(figures, sizeof figures, votes[i]);
		document_table_row(d, DOCUMENT_ROW, cells);
	}
	report_figures(figures, sizeof figures, c->options[option]);
	document_table_row(d, DOCUMENT_TOTAL,
	                   (struct document_cell[]){{.text = "Suma"}, {.text = "100 %"}, {.text = figures}});
	document_table_end(d);
}

static void candidates_table(struct document *d, const struct count *c)
{
	static const struct document_column columns[] = {{"Candidatura", 0.46, DOCUMENT_LEFT},
	                                                 {"Votos", 0.12, DOCUMENT_RIGHT},
	                                                 {"Con letra", 0.42, DOCUMENT_LEFT}};

	document_table_begin(d, columns, 3);
	for (unsigned i = 0; i < c->contest->n_candidates; i++)
		tally_plain_row(d, DOCUMENT_ROW, c->contest->candidates[i].name, c->candidates[i]);
	tally_plain_row(d, DOCUMENT_ROW, "Candidaturas no registradas", c->unregistered);
	tally_plain_row(d, DOCUMENT_ROW, "Votos nulos", c->null_votes + c->malformed);
	tally_plain_row(d, DOCUMENT_TOTAL, "Total de votos", c->total);
	document_table_end(d);
}

static bool has_common(const struct contest *c)
{
	for (unsigned i = 0; i < c->n_options; i++)
		if (c->options[i].kind == OPTION_COMMON)
			return true;
	return false;
}

void tally_annex(struct document *d, const struct count *c)
{
	const struct contest *contest = c->contest;

	document_page(d);
	document_heading(d, "Anexo informativo");
	document_text(d, "Este anexo no sustituye a la distribución que la ley prevé, que se hace con la suma de todas las "
	                 "modalidades de votación. Las cifras son solo las de esta acta.");
	document_heading(d, "Votos por candidatura");
	candidates_table(d, c);
	if (contest->n_coalitions > 0) {
		document_heading(d, "Combinaciones de cada coalición");
		for (unsigned k = 0; k < contest->n_coalitions; k++)
			combinations_table(d, c, &contest->coalitions[k]);
		document_heading(d, "Distribución de los votos de las combinaciones");
		credited_table(d, c);
		document_note(d, "Regla: los votos de cada combinación se reparten por igual entre sus partidos; el resto, un "
		                 "voto a cada uno, a los de más alta votación propia en esta lista; los empates, por el orden "
		                 "de la definición (LGIPE, artículo 311, párrafo 1, inciso c; LGPP, artículo 87).");
	}
	if (has_common(contest)) {
		document_heading(d, "Candidaturas comunes, por su convenio");
		for (unsigned i = 0; i < contest->n_options; i++)
			if (contest->options[i].kind == OPTION_COMMON)
				shares_table(d, c, i);
		document_note(d, "Regla: los porcentajes del convenio sobre los votos de la candidatura, por resto mayor; los "
		                 "empates, por el orden de la definición.");
	}
}
