/* archive_make of archive.h: numeral 36 from beginning to end. */
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/report.h"
#include "ceremony/archive.h"
#include "journal/journal.h"
#include <stdlib.h>

/* The last line that any journal of the election has before its files are hashed. */
static enum status note_in_journal(const char *election, const char *who)
{
	char *folder = file_path(election, "journal", NULL), *path = file_path(election, "journal", "archive-election" ".jsonl", NULL);
	struct journal *journal = NULL;
	enum status r = E_FAILED;

	if (folder != NULL && path != NULL && (r = file_mkdirs(folder, 0755)) == OK &&
	    (r = journal_open(&journal, path, "archive-election")) == OK)
		r = journal_write(journal, "archive", who, NULL);
	journal_close(journal);
	free(folder);
	free(path);
	return r;
}

static void say_hash(const char *what, const uint8_t sha256[32])
{
	char hex[65];

	hex_encode(hex, sha256, 32);
	report_info("%s: %s", what, hex);
}

enum status archive_make(const char *election, struct archive_people *who)
{
	char *record_folder = file_path(election, "record", NULL), *huellas = NULL;
	struct record *record = NULL;
	struct archive *archive = NULL;
	json_t *attendance = NULL;
	uint8_t sha256[32];
	enum status r;

	if (record_folder == NULL)
		return E_FAILED;
	report_step(_("Huellas digitales de %s"), election);
	if ((r = archive_may_begin(election)) != OK || (r = record_open(&record, record_folder)) != OK ||
	    (r = archive_attendance(who, &attendance, election)) != OK ||
	    (r = note_in_journal(election, who->hsm_admin)) != OK || (r = archive_scan(&archive, election)) != OK ||
	    (r = archive_write(archive, election, record, moment_now(), who)) != OK)
		goto done;
	report_info(_("%zu archivos, %zu bitácoras"), archive->n, archive->n_journals);
	if ((huellas = file_path(election, "archive", "huellas.json", NULL)) == NULL ||
	    (r = file_sha256(sha256, huellas)) != OK)
		goto done;
	say_hash(_("SHA-256 de archive/huellas.json"), sha256);
	report_info(_("para imprimir y firmar: %s/archive/huellas-digitales.pdf"), election);
done:
	json_decref(attendance);
	archive_free(archive);
	record_free(record);
	free(record_folder);
	free(huellas);
	return r;
}
