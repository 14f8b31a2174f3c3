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
#include "ceremony/custody.h"
#include "ceremony/numerals.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAM "archive-election"

static const char USAGE[] =
        N_("archive-election: las huellas digitales de todo lo de una elección, y su resguardo (numerales 36 a 41)\n"
           "\n"
           "Uso: archive-election --election CARPETA [--place LUGAR] [--hsm-admin NOMBRE] [--notary NOMBRE]\n"
           "     archive-election --session --election CARPETA\n"
           "     archive-election --check --election CARPETA\n"
           "     archive-election --numerals --election CARPETA\n"
           "\n"
           "Obtiene SHA-256 y SHA3-256 de todos los archivos del expediente, los documentos y las bitácoras\n"
           "(numeral 36) y los deja en CARPETA/archive/: huellas.json, SHA256SUMS y huellas-digitales.pdf.\n"
           "\n"
           "  --election CARPETA    la carpeta de la elección\n"
           "  --place LUGAR         donde se firma el documento\n"
           "  --hsm-admin NOMBRE    Administrador del HSM, que lo entrega\n"
           "  --notary NOMBRE       Fedatario, que lo recibe; sin estos tres, los de la asistencia al cómputo\n"
           "  --session             la sesión de resguardo entera, paso por paso (numerales 36 a 41): huellas,\n"
           "                        sobres, disco, inventario, acta circunstanciada con el índice de numerales,\n"
           "                        y todo en un archivo tar\n"
           "  --check               compara la carpeta con su archivo y nombra lo que cambió, falta o sobra\n"
           "  --numerals            la tabla del procedimiento: qué muestra cada numeral, y lo que de él hay en\n"
           "                        la carpeta\n"
           "\n"
           "Salida: 0 hecho, o igual a su archivo; 1 falla de este equipo; 2 mandato; 3 algo cambió, falta o\n"
           "sobra; 5 el cómputo no ha terminado, o ya está archivada; 8 con --numerals, alguno no tiene\n"
           "constancia.\n"
           "\n"
           "Ejemplo: archive-election --check --election /var/lib/vemre/2027\n");

static void say_hash(const char *what, const uint8_t sha256[32])
{
	char hex[65];

	hex_encode(hex, sha256, 32);
	report_info("%s: %s", what, hex);
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

/* The procedure's table: each numeral, the program that shows it, what this folder has of it. */
static enum status show_numerals(const char *election)
{
	char *path = file_path(election, "record", "election.json", NULL);
	struct definition *d = NULL;
	struct numerals *index = NULL;
	unsigned missing = 0;
	enum status r;

	if (path == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	if ((r = definition_open(&d, path)) == OK)
		r = numerals_find(&index, election);
	for (size_t i = 0; r == OK && i < index->n; i++) {
		const struct report_evidence *e = &index->rows[i];
		char when[32] = "";

		if (e->when != 0)
			moment_rfc3339(when, sizeof when, e->when, d->zone);
		printf("%s %-9s %s  (%s)\n", *e->evidence != '\0' ? _("[sí]") : _("[no]"), e->numeral, e->what, e->program);
		for (const char *at = e->evidence; *at != '\0'; at += strcspn(at, "\n"), at += *at == '\n')
			printf("               %.*s\n", (int)strcspn(at, "\n"), at);
		if (*when != '\0')
			printf("               %s\n", when);
		missing += *e->evidence == '\0';
	}
	if (r == OK && missing == 0)
		printf(_("Todos los numerales tienen constancia en %s.\n"), election);
	else if (r == OK)
		r = fault(E_INCOMPLETE, NULL, _("%s: %u numerales sin constancia"), election, missing);
	numerals_free(index);
	definition_free(d);
	free(path);
	return r;
}

int main(int argc, char **argv)
{
	const char *election = NULL;
	struct archive_people who = {NULL, NULL, NULL};
	bool checking = false, session = false, numerals = false;
	const struct program_option options[] = {{"election", &election, NULL},    {"place", &who.place, NULL},
	                                         {"hsm-admin", &who.hsm_admin, NULL}, {"notary", &who.notary, NULL},
	                                         {"check", NULL, &checking},       {"session", NULL, &session},
	                                         {"numerals", NULL, &numerals},
	                                         {NULL, NULL, NULL}};
	int next;

	program_start(PROGRAM);
	switch (program_options(argc, argv, options, _(USAGE), &next)) {
	case PROGRAM_HELP:
		return program_end(OK);
	case PROGRAM_BAD:
		return program_end(E_USAGE);
	case PROGRAM_GO:
		break;
	}
	if (election == NULL || next < argc)
		return program_end(fault(E_USAGE, _("véase archive-election --help"), _("hace falta --election CARPETA")));
	return program_end(numerals   ? show_numerals(election)
	                   : checking ? check(election)
	                   : session  ? custody_run(election)
	                              : archive_make(election, &who));
}
