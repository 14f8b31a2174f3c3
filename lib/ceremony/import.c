/* See import.h. Nothing here is secret. */
#include "ceremony/import.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "ceremony/archive.h"
#include "journal/journal.h"
#include "protocol/hash.h"
#include "record/folder.h"
#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#define REPORT "documents/closing-report.json"

/* Made after the report, because they name it. */
static const char *const beside[] = {REPORT, "documents/reporte-de-cierre.pdf"};

struct import {
	const char *election, *medium;
	json_t *report, *files;
	struct archive *there; /* all that is on the medium */
	uint8_t report_sha256[32];
	unsigned faults;
};

static bool safe(const char *path)
{
	return (strncmp(path, "record/", 7) == 0 || strncmp(path, "documents/", 10) == 0 ||
	        strncmp(path, "journal/", 8) == 0) &&
	       strstr(path, "..") == NULL && strstr(path, "//") == NULL;
}

static bool is_journal(const char *path)
{
	size_t len = strlen(path);

	return strncmp(path, "journal/", 8) == 0 && len > 6 && strcmp(path + len - 6, ".jsonl") == 0;
}

static const struct archive_file *on_medium(const struct import *i, const char *path)
{
	for (size_t k = 0; k < i->there->n; k++)
		if (strcmp(i->there->files[k].path, path) == 0)
			return &i->there->files[k];
	return NULL;
}

/* ---- one file against the report */

/* The hash of the file's first `bytes`; *same false where it is shorter. */
static enum status begins_as(bool *same, const char *full, uint64_t bytes, const uint8_t sha256[32])
{
	const uint8_t *data;
	uint8_t is[32];
	size_t len;
	enum status r;

	*same = false;
	if ((r = file_map(&data, &len, full)) != OK)
		return r;
	if (len >= bytes && (r = hash_sha256(is, data, (size_t)bytes)) == OK)
		*same = memcmp(is, sha256, 32) == 0;
	file_unmap(data, len);
	return r;
}

static enum status matches(bool *same, const char *folder, const char *path, uint64_t bytes, const uint8_t sha256[32])
{
	char *full = file_path(folder, path, NULL);
	uint8_t is[32];
	enum status r = E_FAILED;

	if (full == NULL)
		return r;
	if (is_journal(path)) {
		r = begins_as(same, full, bytes, sha256);
	} else if ((r = file_sha256(is, full)) == OK) {
		*same = memcmp(is, sha256, 32) == 0;
	}
	free(full);
	return r;
}

static enum status compare(struct import *i, const char *path, uint64_t bytes, const uint8_t sha256[32])
{
	char *here = file_path(i->election, path, NULL), hex[65];
	bool same = true;
	enum status r = OK;

	if (here == NULL)
		return E_FAILED;
	hex_encode(hex, sha256, 32);
	if (on_medium(i, path) == NULL) {
		fault(E_EVIDENCE, NULL, _("falta en el medio: %s"), path);
		i->faults++;
	} else if ((r = matches(&same, i->medium, path, bytes, sha256)) == OK && !same) {
		fault(E_EVIDENCE, NULL, _("%s: no es el del reporte de cierre"), path);
		i->faults++;
	} else if (r == OK && file_exists(here) && (r = matches(&same, i->election, path, bytes, sha256)) == OK && !same) {
		fault(E_EVIDENCE, _("apártelo: no es de esta elección, o alguien lo cambió"),
		      _("%s: el que ya está en este equipo no es el del reporte de cierre"), path);
		i->faults++;
	}
	if (r == OK && same)
		report_info("%.16s…  %s", hex, path);
	free(here);
	return r;
}

static enum status each_file(struct import *i)
{
	const json_t *f;
	const char *path;
	uint8_t sha256[32];
	int64_t bytes;
	enum status r;
	size_t k;

	json_array_foreach(i->files, k, f) {
		if ((r = json_fields(f, REPORT, "path", "bytes", "sha256", NULL)) != OK ||
		    (r = json_string_of(&path, f, REPORT, "path")) != OK ||
		    (r = json_int_of(&bytes, 0, INT64_MAX, f, REPORT, "bytes")) != OK ||
		    (r = json_hex_of(sha256, 32, f, REPORT, "sha256")) != OK)
			return r;
		if (!safe(path))
			return fault(E_EVIDENCE, NULL, _("%s: nombra un archivo que no puede ser: %s"), REPORT, path);
		if ((r = compare(i, path, (uint64_t)bytes, sha256)) != OK)
			return r;
	}
	return i->faults == 0 ? OK : fault(E_EVIDENCE, _("traiga el medio que close-election dejó, o repita la copia"),
	                                   _("%u archivos no son los del reporte de cierre: no se trae ninguno"), i->faults);
}

static bool named(const struct import *i, const char *path)
{
	const json_t *f;
	size_t k;

	for (k = 0; k < sizeof beside / sizeof *beside; k++)
		if (strcmp(path, beside[k]) == 0)
			return true;
	json_array_foreach(i->files, k, f)
		if (strcmp(json_string_value(json_object_get(f, "path")), path) == 0)
			return true;
	return false;
}

/* ---- taking */

static enum status take(const struct import *i, const char *path)
{
	char *from = file_path(i->medium, path, NULL), *to = file_path(i->election, path, NULL),
	     *folder = to != NULL ? strdup(to) : NULL;
	const uint8_t *data = NULL;
	size_t len = 0;
	enum status r = E_FAILED;

	if (from == NULL || to == NULL || folder == NULL)
		goto done;
	if (file_exists(to)) {
		r = OK;
		goto done;
	}
	if ((r = file_mkdirs(dirname(folder), 0755)) == OK && (r = file_map(&data, &len, from)) == OK)
		r = file_create(to, data, len, 0644);
	file_unmap(data, len);
done:
	free(from);
	free(to);
	free(folder);
	return r;
}

static enum status take_all(const struct import *i)
{
	enum status r = OK;

	for (size_t k = 0; r == OK && k < i->there->n; k++) {
		const char *path = i->there->files[k].path;

		if (named(i, path))
			r = take(i, path);
		else
			report_warning(NULL, _("%s: no está en el reporte de cierre y se queda en el medio"), path);
	}
	return r;
}

/* ---- what came: the seal is the system's, and it seals this box */

static enum status check_seal(const struct import *i)
{
	char *folder = file_path(i->election, "record", NULL), *seal_path = file_path(i->election, "record", "seal.json", NULL),
	     *box = file_path(i->election, "record", "encrypted-votes.box", NULL);
	struct record *record = NULL;
	struct seal_file seal;
	uint8_t sha256[32], reported[32];
	char hex[65];
	enum status r = E_FAILED;

	if (folder == NULL || seal_path == NULL || box == NULL || (r = record_open(&record, folder)) != OK ||
	    (r = seal_file_open(&seal, seal_path)) != OK || (r = file_sha256(sha256, box)) != OK ||
	    (r = json_hex_of(reported, 32, i->report, REPORT, "box_sha256")) != OK)
		goto done;
	hex_encode(hex, sha256, 32);
	if (memcmp(sha256, seal.box_sha256, 32) != 0 || memcmp(sha256, reported, 32) != 0 ||
	    memcmp(seal.eid, record->eid, 32) != 0 || !seal_signed(&seal, &record->opening))
		r = fault(E_EVIDENCE, NULL, _("la urna traída no es la del sello del Sistema"));
	else
		report_info(_("SHA-256 de encrypted-votes.box, recalculado aquí e igual al del sello: %s"), hex);
done:
	record_free(record);
	free(folder);
	free(seal_path);
	free(box);
	return r;
}

static enum status note(const struct import *i)
{
	char *path = file_path(i->election, "journal", "tally.jsonl", NULL), hex[65];
	struct journal *journal = NULL;
	enum status r = E_FAILED;

	hex_encode(hex, i->report_sha256, 32);
	if (path != NULL && (r = journal_open(&journal, path, "tally")) == OK)
		r = journal_write(journal, "imported", NULL,
		                  json_pack("{s:s, s:i}", "closing_report", hex, "files", (int)json_array_size(i->files)));
	journal_close(journal);
	free(path);
	return r;
}

static enum status read_report(struct import *i)
{
	char *path = file_path(i->medium, REPORT, NULL), hex[65];
	enum status r = E_FAILED;

	if (path == NULL)
		return r;
	if (!file_exists(path))
		r = fault(E_INCOMPLETE, _("el medio es la carpeta que close-election dejó, entera"), _("falta %s"), path);
	else if ((r = file_sha256(i->report_sha256, path)) == OK && (r = json_read(&i->report, path, JSON_MAX_FILE)) == OK &&
	         (r = json_format_of(i->report, path)) == OK && !json_is_array(json_object_get(i->report, "files")))
		r = fault(E_EVIDENCE, NULL, _("%s: no tiene la lista de los archivos"), path);
	free(path);
	if (r != OK)
		return r;
	i->files = json_object_get(i->report, "files");
	hex_encode(hex, i->report_sha256, 32);
	report_info(_("SHA-256 del reporte de cierre, que se compara con el impreso: %s"), hex);
	return OK;
}

enum status import_run(const char *election, const char *medium)
{
	struct import i = {.election = election, .medium = medium};
	char *journal = file_path(election, "journal", NULL);
	enum status r = E_FAILED;

	report_step(_("Lo que viene del servidor, comparado con el reporte de cierre (numeral 28)"));
	if (journal != NULL && (r = read_report(&i)) == OK && (r = archive_scan(&i.there, medium)) == OK &&
	    (r = each_file(&i)) == OK && (r = file_mkdirs(journal, 0755)) == OK && (r = take_all(&i)) == OK &&
	    (r = check_seal(&i)) == OK && (r = note(&i)) == OK)
		report_info(_("%zu archivos comparados y traídos"), json_array_size(i.files));
	json_decref(i.report);
	archive_free(i.there);
	free(journal);
	return r;
}
