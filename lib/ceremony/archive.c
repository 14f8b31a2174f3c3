/* See archive.h: writing the archive. The scan is in archive_scan.c, the comparison in archive_check.c. */
#include "ceremony/archive.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "ceremony/archive_files.h"
#include "report/fingerprints.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum status must_be_there(const char *folder, const char *name)
{
	char *path = file_path(folder, "record", name, NULL);
	enum status r = OK;

	if (path == NULL)
		return E_FAILED;
	if (!file_exists(path))
		r = fault(E_STATE, _("antes de archivar se cierra la elección y se computan sus votos (tally)"),
		          _("falta %s: el cómputo no ha terminado"), path);
	free(path);
	return r;
}

enum status archive_may_begin(const char *election_folder)
{
	char *huellas = NULL;
	enum status r;

	if ((r = must_be_there(election_folder, "results.json")) != OK ||
	    (r = must_be_there(election_folder, "encrypted-votes.box")) != OK ||
	    (r = must_be_there(election_folder, "decrypted-votes.csv")) != OK)
		return r;
	if ((huellas = file_path(election_folder, "archive", ARCHIVE_HUELLAS, NULL)) == NULL)
		return E_FAILED;
	if (file_exists(huellas))
		r = fault(E_STATE, _("compruébelo con archive-election --check"), _("%s: la elección ya está archivada"),
		          huellas);
	free(huellas);
	return r;
}

static json_t *files_json(const struct archive *a)
{
	json_t *files = json_array();

	for (size_t i = 0; files != NULL && i < a->n; i++)
		json_array_append_new(files, json_pack("{s:s, s:I, s:o, s:o}", "path", a->files[i].path, "bytes",
		                                       (json_int_t)a->files[i].bytes, "sha256",
		                                       json_hex(a->files[i].sha256, 32), "sha3_256",
		                                       json_hex(a->files[i].sha3_256, 32)));
	return files;
}

static json_t *journals_json(const struct archive *a)
{
	json_t *journals = json_array();

	for (size_t i = 0; journals != NULL && i < a->n_journals; i++)
		json_array_append_new(journals,
		                      json_pack("{s:s, s:I, s:o, s:b}", "path", a->journals[i].path, "lines",
		                                (json_int_t)a->journals[i].lines, "head",
		                                json_hex(a->journals[i].head, 32), "chain", a->journals[i].chain));
	return journals;
}

static enum status huellas_bytes(struct buffer *out, const struct archive *a, const struct record *r, moment made)
{
	char when[40];
	json_t *root;
	enum status status;

	moment_rfc3339(when, sizeof when, made, r->definition->zone);
	root = json_pack("{s:s, s:s, s:o, s:s, s:o, s:o}", "format", "VEMRE-V1", "election", r->definition->id, "eid",
	                 json_hex(r->eid, 32), "made", when, "files", files_json(a), "journals", journals_json(a));
	if (root == NULL || json_array_size(json_object_get(root, "files")) != a->n)
		status = fault(E_FAILED, NULL, _("no hay memoria"));
	else
		status = json_write(out, root);
	json_decref(root);
	return status;
}

/* What a run that was cut short left: huellas.json, the last to be written, is known to be missing. */
static enum status clear_leftover(const char *path)
{
	if (unlink(path) == 0)
		report_info(_("%s: quedó de una ejecución interrumpida y se hace de nuevo"), path);
	else if (errno != ENOENT)
		return fault(E_FAILED, NULL, _("%s: no se puede quitar: %s"), path, strerror(errno));
	return OK;
}

static enum status write_document(const char *path, const struct archive *a, const struct record *r, moment made,
                                  const struct archive_people *who, const struct buffer *huellas)
{
	struct report_fingerprints f = {.definition = r->definition, .made = made, .place = who->place,
	                                .hsm_admin = who->hsm_admin, .notary = who->notary, .n_files = a->n,
	                                .n_journals = a->n_journals};
	struct report_file *files = calloc(a->n + 1, sizeof *files);
	struct report_journal *journals = calloc(a->n_journals + 1, sizeof *journals);
	enum status status = E_FAILED;

	if (files == NULL || journals == NULL) {
		fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	for (size_t i = 0; i < a->n; i++)
		files[i] = (struct report_file){a->files[i].path, a->files[i].bytes, a->files[i].sha256,
		                                a->files[i].sha3_256};
	for (size_t i = 0; i < a->n_journals; i++)
		journals[i] = (struct report_journal){a->journals[i].path, a->journals[i].lines, a->journals[i].head,
		                                      a->journals[i].chain};
	memcpy(f.eid, r->eid, 32);
	if ((status = archive_sha256(f.huellas_sha256, huellas)) != OK)
		goto done;
	f.files = files;
	f.journals = journals;
	status = report_fingerprints(path, &f);
done:
	free(files);
	free(journals);
	return status;
}

enum status archive_write(const struct archive *a, const char *election_folder, const struct record *r, moment made,
                          const struct archive_people *who)
{
	char *folder = file_path(election_folder, "archive", NULL),
	     *huellas = file_path(election_folder, "archive", ARCHIVE_HUELLAS, NULL),
	     *sums = file_path(election_folder, "archive", ARCHIVE_SUMS, NULL),
	     *document = file_path(election_folder, "archive", ARCHIVE_DOCUMENT, NULL);
	struct buffer json = BUFFER_INIT, lines = BUFFER_INIT;
	enum status status = E_FAILED;

	if (folder == NULL || huellas == NULL || sums == NULL || document == NULL)
		goto done;
	if ((status = file_mkdirs(folder, 0755)) != OK || (status = clear_leftover(sums)) != OK ||
	    (status = clear_leftover(document)) != OK || (status = huellas_bytes(&json, a, r, made)) != OK ||
	    (status = archive_sums(&lines, a)) != OK ||
	    (status = write_document(document, a, r, made, who, &json)) != OK ||
	    (status = file_create(sums, lines.data, lines.len, 0644)) != OK)
		goto done;
	status = file_create(huellas, json.data, json.len, 0644);
done:
	buffer_free(&json);
	buffer_free(&lines);
	free(folder);
	free(huellas);
	free(sums);
	free(document);
	return status;
}
