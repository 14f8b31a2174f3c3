/* report_configuration of system_reports.h: the definition on paper, in the order of the configuration manual. */
#include "base/buffer.h"
#include "report/system_head.h"
#include "report/tally_rows.h"
#include "report/words.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the election's zone and in UTC, which the servers keep. */
static void moment_pair(struct document *d, const struct definition *def, const char *label, moment when)
{
	char here[REPORT_DATE_SIZE], utc[REPORT_DATE_SIZE];

	report_hours(here, sizeof here, when, def->zone);
	report_hours(utc, sizeof utc, when, "UTC");
	document_pair(d, label, "%s (%s); %s (UTC)", here, def->zone, utc);
}

static void general(struct document *d, const struct definition *def)
{
	char figures[REPORT_FIGURES_SIZE], words[REPORT_WORDS_SIZE];

	document_heading(d, "Datos generales");
	document_pair(d, "Elección", "%s (%s)", def->title, def->id);
	moment_pair(d, def, "Apertura", def->opens);
	moment_pair(d, def, "Cierre", def->closes);
	moment_pair(d, def, "Cómputo desde", def->tally_not_before);
	document_pair(d, "Zona horaria", "%s", def->zone);
	report_figures(figures, sizeof figures, def->max_voters);
	report_words(words, sizeof words, def->max_voters);
	document_pair(d, "Máximo de votantes", "%s (%s)", figures, words);
	document_pair(d, "Sesión del votante", "%u minutos", def->session_minutes);
	document_pair(d, "Mezclas", "%u", def->mixes);
	document_pair(d, "Mínimo de una lista", "%u votos", def->min_list);
	document_pair(d, "Territorio nacional", "%s (no se vota desde él)", def->national_territory);
	document_pair(d, "Sitio", "%s", def->site);
	document_pair(d, "Ayuda", "%s", def->help_phone);
	document_pair(d, "Tarjetas al final", "%s",
	              def->erase_shares ? "se borra de cada una su parte de la llave" : "conservan su parte de la llave");
}

static void districts(struct document *d, const struct definition *def)
{
	static const struct document_column columns[] = {{"Clave", 0.2, DOCUMENT_LEFT}, {"Entidad", 0.8, DOCUMENT_LEFT}};

	document_heading(d, "Entidades");
	document_table_begin(d, columns, 2);
	for (unsigned i = 0; i < def->n_districts; i++)
		document_table_row(d, DOCUMENT_ROW,
		                   (struct document_cell[]){{.text = def->districts[i].id}, {.text = def->districts[i].name}});
	document_table_end(d);
}

static void parties(struct document *d, const struct definition *def)
{
	static const struct document_column columns[] = {{"Siglas", 0.2, DOCUMENT_LEFT},
	                                                 {"Partido político", 0.6, DOCUMENT_LEFT},
	                                                 {"Color", 0.2, DOCUMENT_LEFT}};

	document_heading(d, "Partidos políticos");
	document_table_begin(d, columns, 3);
	for (unsigned i = 0; i < def->n_parties; i++) {
		const struct party *p = &def->parties[i];
		uint32_t colour = tally_colour(p->colour);

		document_table_row(d, DOCUMENT_ROW,
		                   (struct document_cell[]){{.text = p->short_name, .chips = &colour, .n_chips = 1},
		                                            {.text = p->name},
		                                            {.text = p->colour}});
	}
	document_table_end(d);
}

static const char *figure_of(const struct option *o)
{
	return o->kind == OPTION_COMMON        ? "Candidatura común"
	       : o->kind == OPTION_INDEPENDENT ? "Candidatura independiente"
	                                       : "Partido político";
}

/* "50 % JAC, 30 % AHU", or the coalition it is in. */
static void participation(struct buffer *b, const struct contest *c, unsigned option)
{
	const struct option *o = &c->options[option];

	buffer_text(b, figure_of(o));
	for (unsigned p = 0; p < o->n_parties && o->kind == OPTION_COMMON && o->shares != NULL; p++)
		buffer_printf(b, "%s%u %% %s", p > 0 ? ", " : ": ", o->shares[p], o->parties[p]->short_name);
	for (unsigned k = 0; k < c->n_coalitions; k++)
		if (c->coalitions[k].options >> option & 1)
			buffer_printf(b, ", %s", c->coalitions[k].name);
	buffer_u8(b, '\0');
}

static void options(struct document *d, const struct contest *c)
{
	static const struct document_column columns[] = {{"", 0.06, DOCUMENT_RIGHT},
	                                                 {"Opción en la boleta y candidatura", 0.54, DOCUMENT_LEFT},
	                                                 {"Figura de participación", 0.40, DOCUMENT_LEFT}};
	char number[16];

	document_table_begin(d, columns, 3);
	for (unsigned i = 0; i < c->n_options; i++) {
		struct buffer how = BUFFER_INIT;
		struct document_cell cells[3] = {{.text = number}};
		struct tally_hold hold;

		snprintf(number, sizeof number, "%u", i + 1);
		tally_cell(&cells[1], &hold, c, UINT64_C(1) << i);
		participation(&how, c, i);
		cells[2].text = (char *)how.data;
		document_table_row(d, DOCUMENT_ROW, cells);
		tally_cell_free(&hold);
		buffer_free(&how);
	}
	document_table_end(d);
}

/* Each coalition with its options; the combinations that a voter may mark, by their number. */
static void coalitions(struct document *d, const struct contest *c)
{
	for (unsigned k = 0; k < c->n_coalitions; k++) {
		struct buffer who = BUFFER_INIT;
		unsigned n = 0;

		for (unsigned i = 0; i < c->n_options; i++)
			if (c->coalitions[k].options >> i & 1)
				for (unsigned p = 0; p < c->options[i].n_parties; p++, n++)
					buffer_printf(&who, "%s%s", n > 0 ? ", " : "", c->options[i].parties[p]->short_name);
		buffer_u8(&who, '\0');
		document_pair(d, "Coalición", "%s: %s. Con dos o más de sus emblemas marcados hay un solo voto (%llu combinaciones)",
		              c->coalitions[k].name, (const char *)who.data,
		              (unsigned long long)((UINT64_C(1) << n) - n - 1));
		buffer_free(&who);
	}
}

static void contest(struct document *d, const struct definition *def, const struct contest *c)
{
	struct buffer where = BUFFER_INIT;

	for (unsigned i = 0; i < def->n_districts && !c->everywhere; i++)
		if (c->in_district[i])
			buffer_printf(&where, "%s%s", where.len > 0 ? ", " : "", def->districts[i].name);
	buffer_u8(&where, '\0');
	document_heading(d, c->office);
	document_pair(d, "Ámbito", "%s", c->federal ? "Federal" : "Local");
	document_pair(d, "Se vota en", "%s", c->everywhere ? "todas las Entidades" : (const char *)where.data);
	document_pair(d, "Se computa", "%s", c->by_district ? "por Entidad" : "en conjunto");
	document_pair(d, "No registradas", "%s",
	              c->write_in_bytes > 0 ? "la boleta admite escribir una candidatura no registrada"
	                                    : "la boleta no admite escribir candidaturas");
	coalitions(d, c);
	options(d, c);
	buffer_free(&where);
}

enum status report_configuration(const char *path, const struct report_heading *h, const uint8_t election_sha256[32])
{
	struct document_hash hash = {.label = "Datos de la elección", .note = "SHA-256 de election.json"};
	struct document *d = NULL;
	enum status r;

	if ((r = system_document(&d, h, "Reporte de configuración, para cotejo", "CF", election_sha256)) != OK)
		return r;
	memcpy(hash.bytes, election_sha256, 32);
	document_text(d, "El Administrador del Sistema configuró los datos de la elección y los muestra al Fedatario, que los "
	                 "coteja con los asentados en el manual de configuración del Sistema (numeral 15).");
	general(d, h->definition);
	districts(d, h->definition);
	parties(d, h->definition);
	for (unsigned i = 0; i < h->definition->n_contests; i++)
		contest(d, h->definition, &h->definition->contests[i]);
	document_heading(d, "Huella digital");
	document_hashes(d, &hash, 1);
	system_signatures(d, h, "Configura el Administrador del Sistema; coteja el Fedatario (numeral 15).");
	r = document_write(d, path);
	document_free(d);
	return r;
}
