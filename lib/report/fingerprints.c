/* See fingerprints.h. */
#include "report/fingerprints.h"
#include "report/document.h"
#include "report/folio.h"
#include "report/words.h"
#include <stdio.h>
#include <string.h>

/* The files that the numeral names, each with a QR on the first sheet. */
static const struct {
	const char *path, *label;
} named[] = {
    {"record/encrypted-votes.box", "Base de datos de votos cifrados"},
    {"record/decrypted-votes.csv", "Base de datos de votos descifrados"},
    {"record/results.json", "Resultados"},
};

static const struct report_file *find(const struct report_fingerprints *f, const char *path)
{
	for (size_t i = 0; i < f->n_files; i++)
		if (strcmp(f->files[i].path, path) == 0)
			return &f->files[i];
	return NULL;
}

static void main_hashes(struct document *d, const struct report_fingerprints *f)
{
	struct document_hash h[2 + sizeof named / sizeof *named] = {
	    {.label = "Índice de todas las huellas", .note = "SHA-256 de archive/huellas.json"},
	    {.label = "Elección", .note = "identificador (eid)"}};
	char notes[sizeof named / sizeof *named][96];
	size_t n = 2;

	memcpy(h[0].bytes, f->huellas_sha256, 32);
	memcpy(h[1].bytes, f->eid, 32);
	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		const struct report_file *file = find(f, named[i].path);

		if (file == NULL)
			continue;
		snprintf(notes[i], sizeof notes[i], "SHA-256 de %s", named[i].path);
		h[n].label = named[i].label;
		h[n].note = notes[i];
		memcpy(h[n++].bytes, file->sha256, 32);
	}
	document_heading(d, "Huellas principales");
	document_hashes(d, h, n);
}

static void journals(struct document *d, const struct report_fingerprints *f)
{
	static const struct document_column columns[] = {{"Bitácora", 0.30, DOCUMENT_LEFT},
	                                                 {"Líneas", 0.12, DOCUMENT_RIGHT},
	                                                 {"SHA-256 de la última línea", 0.38, DOCUMENT_LEFT},
	                                                 {"Encadenamiento", 0.20, DOCUMENT_LEFT}};
	char lines[REPORT_FIGURES_SIZE], head[96];

	if (f->n_journals == 0)
		return;
	document_heading(d, "Bitácoras");
	document_table_begin(d, columns, 4);
	for (size_t i = 0; i < f->n_journals; i++) {
		const struct report_journal *j = &f->journals[i];
		struct document_cell cells[4] = {{.text = j->path},
		                                 {.text = lines},
		                                 {.text = head, .mono = true},
		                                 {.text = j->chain ? "Íntegro" : "ROTO: ver aviso"}};

		report_figures(lines, sizeof lines, j->lines);
		document_groups(head, j->head, 32);
		document_table_row(d, DOCUMENT_ROW, cells);
	}
	document_table_end(d);
}

/* "record/…" → "record": its length */
static size_t folder_len(const char *path)
{
	return strcspn(path, "/");
}

static void band(struct document *d, const char *path)
{
	static const struct {
		const char *folder, *label;
	} labels[] = {{"record", "record/ · expediente de la elección"},
	              {"documents", "documents/ · documentos"},
	              {"journal", "journal/ · bitácoras"}};

	for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
		if (strlen(labels[i].folder) == folder_len(path) && strncmp(labels[i].folder, path, folder_len(path)) == 0)
			document_table_row(d, DOCUMENT_BAND, &(struct document_cell){.text = labels[i].label});
}

static void files(struct document *d, const struct report_fingerprints *f)
{
	static const struct document_column columns[] = {{"Archivo y bytes", 0.288, DOCUMENT_LEFT},
	                                                 {"SHA-256", 0.356, DOCUMENT_LEFT},
	                                                 {"SHA3-256", 0.356, DOCUMENT_LEFT}};
	char sha256[96], sha3[96], bytes[REPORT_FIGURES_SIZE];

	document_heading(d, "Todos los archivos");
	document_table_begin(d, columns, 3);
	for (size_t i = 0; i < f->n_files; i++) {
		const struct report_file *file = &f->files[i];
		struct document_cell cells[3] = {{.text = file->path + folder_len(file->path) + 1, .note = bytes},
		                                 {.text = sha256, .mono = true},
		                                 {.text = sha3, .mono = true}};

		if (i == 0 || folder_len(f->files[i - 1].path) != folder_len(file->path) ||
		    strncmp(f->files[i - 1].path, file->path, folder_len(file->path)) != 0)
			band(d, file->path);
		report_figures(bytes, sizeof bytes, file->bytes);
		document_groups(sha256, file->sha256, 32);
		document_groups(sha3, file->sha3_256, 32);
		document_table_row(d, DOCUMENT_ROW, cells);
	}
	document_table_end(d);
}

static void compose(struct document *d, const struct report_fingerprints *f)
{
	struct document_signer signers[2] = {
	    {f->hsm_admin != NULL ? f->hsm_admin : " ", "Administrador del HSM · entrega"},
	    {f->notary != NULL ? f->notary : " ", "Fedatario · recibe"}};
	char count[REPORT_FIGURES_SIZE];

	report_figures(count, sizeof count, f->n_files);
	document_text(d,
	              "Concluido el cómputo, el Administrador del HSM obtuvo en el equipo de cómputo de la sede la huella "
	              "digital de cada uno de los %s archivos de la elección: su expediente, con las bases de datos de "
	              "votos cifrados y descifrados, las bitácoras y los documentos generados por el Sistema (numeral 36). "
	              "De cada archivo se dan dos: SHA-256 (FIPS 180-4) y SHA3-256 (FIPS 202).",
	              count);
	main_hashes(d, f);
	document_heading(d, "Cómo se comprueban");
	document_text(d, "En la carpeta de la elección, con una de estas órdenes; la segunda nombra además lo que falta y lo "
	                 "que sobra. El SHA-256 de archive/huellas.json debe ser el impreso arriba.");
	document_pair(d, "En cualquier sistema", "sha256sum -c archive/SHA256SUMS");
	document_pair(d, "Con este programa", "archive-election --check --election CARPETA");
	journals(d, f);
	files(d, f);
	document_signatures(d, "El Administrador del HSM entrega este documento al Fedatario (numeral 36).", signers, 2);
}

enum status report_fingerprints(const char *path, const struct report_fingerprints *f)
{
	char folio[FOLIO_SIZE];
	struct document_head head = {.title = "Huellas digitales de los archivos de la elección",
	                             .election = f->definition->title,
	                             .folio = folio,
	                             .place = f->place,
	                             .date = f->made,
	                             .zone = f->definition->zone,
	                             .simulation = f->definition->simulation};
	struct document *d = NULL;
	enum status r;

	folio_make(folio, f->definition->id, "HD", 1, f->huellas_sha256);
	if ((r = document_new(&d, &head)) != OK)
		goto done;
	compose(d, f);
	r = document_write(d, path);
done:
	document_free(d);
	return r;
}
