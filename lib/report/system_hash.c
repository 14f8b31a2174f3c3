/* See system_hash.h. */
#include "report/system_hash.h"
#include "report/folio.h"
#include "report/system_head.h"
#include "report/words.h"
#include <stdio.h>
#include <string.h>

static void hosts(struct document *d, const struct report_system_hash *h)
{
	static const struct document_column columns[] = {{"Equipo", 0.26, DOCUMENT_LEFT},
	                                                 {"Lugar de uso", 0.22, DOCUMENT_LEFT},
	                                                 {"Revisado", 0.28, DOCUMENT_LEFT},
	                                                 {"Piezas", 0.09, DOCUMENT_RIGHT},
	                                                 {"Diferencias", 0.15, DOCUMENT_RIGHT}};
	char hours[REPORT_DATE_SIZE], files[REPORT_FIGURES_SIZE], faults[REPORT_FIGURES_SIZE];

	document_heading(d, "Equipos revisados");
	document_table_begin(d, columns, 5);
	for (size_t i = 0; i < h->n_hosts; i++) {
		const struct report_host *o = &h->hosts[i];
		const struct document_cell cells[5] = {
		        {.text = o->name}, {.text = o->sections}, {.text = hours}, {.text = files}, {.text = faults}};

		report_hours(hours, sizeof hours, o->checked, h->heading.definition->zone);
		report_figures(files, sizeof files, o->files);
		report_figures(faults, sizeof faults, o->n_differences);
		document_table_row(d, DOCUMENT_ROW, cells);
	}
	document_table_end(d);
}

static void differences(struct document *d, const struct report_host *o)
{
	static const struct document_column columns[] = {{"Archivo, ajuste u objeto", 0.6, DOCUMENT_LEFT},
	                                                 {"Diferencia", 0.4, DOCUMENT_LEFT}};
	char heading[160];

	if (o->n_differences == 0)
		return;
	snprintf(heading, sizeof heading, "Diferencias en %.100s", o->name);
	document_heading(d, heading);
	document_table_begin(d, columns, 2);
	for (size_t i = 0; i < o->n_differences; i++)
		document_table_row(d, DOCUMENT_ROW,
		                   (struct document_cell[]){{.text = o->differences[i].path, .mono = true},
		                                            {.text = o->differences[i].what}});
	document_table_end(d);
}

/* Hosts that run on the same packages share a table. */
static bool same_packages(const struct report_host *a, const struct report_host *b)
{
	if (a->n_packages != b->n_packages)
		return false;
	for (size_t i = 0; i < a->n_packages; i++)
		if (strcmp(a->packages[i].name, b->packages[i].name) != 0 ||
		    strcmp(a->packages[i].version, b->packages[i].version) != 0)
			return false;
	return true;
}

static void packages(struct document *d, const struct report_system_hash *h, size_t first)
{
	static const struct document_column columns[] = {{"Paquete", 0.28, DOCUMENT_LEFT}, {"Versión", 0.22, DOCUMENT_LEFT},
	                                                 {"Paquete", 0.28, DOCUMENT_LEFT}, {"Versión", 0.22, DOCUMENT_LEFT}};
	const struct report_host *o = &h->hosts[first];
	size_t rows = (o->n_packages + 1) / 2;
	char heading[400] = "Paquetes del sistema operativo en ";

	for (size_t i = 0; i < first; i++)
		if (same_packages(&h->hosts[i], o))
			return;
	for (size_t i = first; i < h->n_hosts; i++)
		if (same_packages(&h->hosts[i], o))
			snprintf(heading + strlen(heading), sizeof heading - strlen(heading), "%s%.80s", i > first ? ", " : "",
			         h->hosts[i].name);
	document_heading(d, heading);
	if (o->n_packages == 0) {
		document_text(d, "Este equipo no lleva cuenta de sus paquetes con dpkg.");
		return;
	}
	document_table_begin(d, columns, 4);
	for (size_t i = 0; i < rows; i++) {
		const struct report_package none = {"", ""}, *left = &o->packages[i],
		                            *right = i + rows < o->n_packages ? &o->packages[i + rows] : &none;

		document_table_row(d, DOCUMENT_ROW,
		                   (struct document_cell[]){{.text = left->name}, {.text = left->version},
		                                            {.text = right->name}, {.text = right->version}});
	}
	document_table_end(d);
}

enum status report_system_hash(const char *path, const struct report_system_hash *h)
{
	struct document_hash hash = {.label = "Sistema dictaminado", .note = "SHA-256 del manifiesto certificado"};
	struct document *d = NULL;
	size_t faults = 0;
	enum status r;

	if ((r = system_document(&d, &h->heading, "Hash del Sistema, cotejado con el dictamen", "HS", h->certified_sha256)) !=
	    OK)
		return r;
	memcpy(hash.bytes, h->certified_sha256, 32);
	for (size_t i = 0; i < h->n_hosts; i++)
		faults += h->hosts[i].n_differences;
	document_text(d, "El Administrador del Sistema obtuvo la huella digital de cada archivo instalado, de los ajustes que "
	                 "importan%s y la comparó, una por una, con el manifiesto asentado en el dictamen (numeral 14).",
	              h->database ? ", de las funciones y los derechos de la base de datos tal como los guarda el servidor," : "");
	document_text(d, faults == 0 ? "Resultado: es el Sistema dictaminado; no hay ninguna diferencia."
	                             : "Resultado: NO es el Sistema dictaminado. No se abre mientras haya una diferencia.");
	document_heading(d, "Huella digital");
	document_hashes(d, &hash, 1);
	hosts(d, h);
	for (size_t i = 0; i < h->n_hosts; i++)
		differences(d, &h->hosts[i]);
	for (size_t i = 0; i < h->n_hosts; i++)
		packages(d, h, i);
	system_signatures(d, &h->heading, "Lo obtiene el Administrador del Sistema y lo coteja el Fedatario (numeral 14).");
	r = document_write(d, path);
	document_free(d);
	return r;
}
