/*
 * archive-election (numeral 36): the digital fingerprints of everything the election left, in a file for programs, in
 * one for sha256sum and in a document to sign; and their comparison at any later time. ceremony/archive.h.
 */
#include "base/buffer.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "ceremony/archive.h"
#include "journal/journal.h"
#include <stdlib.h>

#define PROGRAM "archive-election"

static const char usage[] =
    N_("archive-election --election CARPETA [--place LUGAR] [--hsm-admin NOMBRE] [--notary NOMBRE]\n"
       "archive-election --check --election CARPETA\n"
       "\n"
       "Obtiene SHA-256 y SHA3-256 de todos los archivos del expediente, los documentos y las bitácoras\n"
       "(numeral 36) y los deja en CARPETA/archive/: huellas.json, SHA256SUMS y huellas-digitales.pdf.\n"
       "\n"
       "  --election CARPETA   la carpeta de la elección\n"
       "  --place LUGAR        donde se firma el documento\n"
       "  --hsm-admin NOMBRE   Administrador del HSM, que lo entrega\n"
       "  --notary NOMBRE      Fedatario, que lo recibe; sin estos tres, los de la asistencia al cómputo\n"
       "  --check              compara la carpeta con su archivo y nombra lo que cambió, falta o sobra\n"
       "\n"
       "Termina con 0; 3 si algo cambió, falta o sobra; 5 si el cómputo no ha terminado.\n");

/* The last line that any journal of the election has before its files are hashed. */
static enum status note_in_journal(const char *election, const char *who)
{
	char *folder = file_path(election, "journal", NULL), *path = file_path(election, "journal", PROGRAM ".jsonl", NULL);
	struct journal *journal = NULL;
	enum status r = E_FAILED;

	if (folder != NULL && path != NULL && (r = file_mkdirs(folder, 0755)) == OK &&
	    (r = journal_open(&journal, path, PROGRAM)) == OK)
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

static enum status make(const char *election, struct archive_people *who)
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

static enum status check(const char *election)
{
	struct archive_verdict v;
	enum status r;

	report_step(_("Comparación de %s con su archivo"), election);
	r = archive_check(&v, election);
	if (r != OK && r != E_EVIDENCE)
		return r;
	if (v.made[0] != '\0') {
		report_info(_("archivada: %s"), v.made);
		say_hash(_("SHA-256 de archive/huellas.json (compárese con el documento impreso)"), v.huellas_sha256);
	}
	report_info(_("%llu iguales, %llu cambiados, %llu que faltan, %llu que sobran"), (unsigned long long)v.same,
	            (unsigned long long)v.changed, (unsigned long long)v.missing, (unsigned long long)v.extra);
	return r;
}

int main(int argc, char **argv)
{
	const char *election = NULL;
	struct archive_people who = {NULL, NULL, NULL};
	bool checking = false;
	const struct program_option options[] = {{"election", &election, NULL},    {"place", &who.place, NULL},
	                                         {"hsm-admin", &who.hsm_admin, NULL}, {"notary", &who.notary, NULL},
	                                         {"check", NULL, &checking},       {NULL, NULL, NULL}};
	int next;

	program_start(PROGRAM);
	switch (program_options(argc, argv, options, _(usage), &next)) {
	case PROGRAM_HELP:
		return program_end(OK);
	case PROGRAM_BAD:
		return program_end(E_USAGE);
	case PROGRAM_GO:
		break;
	}
	if (election == NULL || next < argc)
		return program_end(fault(E_USAGE, _("véase archive-election --help"), _("hace falta --election CARPETA")));
	return program_end(checking ? check(election) : make(election, &who));
}
