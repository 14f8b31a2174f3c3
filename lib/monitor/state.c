/*
 * monitor-election state: one word on stdout, for scripts; the packages ask it before they replace or remove a program
 * (ceremony-scripts/packages). Read only, nothing is noted anywhere.
 *
 *   before   opened, and its hour has not come      closed   its hour has passed: close-election has not ended yet
 *   open     it can be voted                        sealed   close-election has ended: record/seal.json is there
 */
#include "base/file.h"
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "monitor/operation.h"
#include "store/watch.h"
#include <stdio.h>
#include <stdlib.h>

static const char USAGE[] =
        N_("monitor-election state: en una palabra, cómo está la elección\n"
           "\n"
           "Uso: monitor-election state [--config ARCHIVO] [--election CARPETA]\n"
           "\n"
           "La palabra: before (abierta, aún no es la hora), open (se vota), closed (pasó la hora y falta\n"
           "terminar close-election), sealed (cerrada y sellada). La preguntan los paquetes antes de\n"
           "actualizarse.\n"
           "\n"
           "Salida: 0 si se sabe; 1 la base de datos no contesta; 2 mandato o ajustes; 3 el expediente no es lo\n"
           "que debe; 5 si ahí no se ha abierto ninguna.\n"
           "\n"
           "Ejemplo: monitor-election state --election /var/lib/vemre/2027\n");

/* As vemre_monitor, and only of the database that is this record's: its state is "" where nothing was opened in it. */
static enum status ask_database(char state[8], const struct settings *s, const struct definition *d)
{
	struct connection *db = NULL;
	struct watch_turnout turnout;
	enum status r;

	if ((r = connection_open(&db, s, CONNECTION_MONITOR, NULL, d->id)) == OK && (r = watch_turnout(db, &turnout)) == OK)
		snprintf(state, 8, "%s", turnout.state);
	connection_close(db);
	if (r == OK && state[0] == '\0')
		r = fault(E_STATE, _("primero open-election"), _("la base de datos no tiene ninguna elección abierta"));
	return r;
}

static enum status tell(const struct settings *s, const char *election)
{
	char *opening = file_path(election, "record", "opening.json", NULL), *seal = file_path(election, "record", "seal.json", NULL);
	char *path = file_path(election, "record", "election.json", NULL);
	struct definition *d = NULL;
	char state[8] = "sealed";
	enum status r = E_FAILED;

	if (opening == NULL || seal == NULL || path == NULL)
		goto done;
	if (!file_exists(opening))
		r = fault(E_STATE, _("primero open-election"), _("falta %s"), opening);
	else if ((r = file_exists(seal) ? OK : definition_open(&d, path)) == OK && d != NULL)
		r = ask_database(state, s, d);
	if (r == OK)
		printf("%s\n", state);
done:
	free(opening);
	free(seal);
	free(path);
	definition_free(d);
	return r;
}

enum status state_command(int argc, char **argv)
{
	const char *config = NULL, *election = NULL;
	const struct program_option options[] = {{"config", &config, NULL}, {"election", &election, NULL}, {0}};
	struct settings *s = NULL;
	enum status r;
	bool go;

	if ((r = operation_options(&go, argc, argv, options, _(USAGE))) != OK || !go)
		return r;
	if ((r = settings_open(&s, config)) == OK)
		r = election == NULL && (election = settings_path(s, "election.folder", NULL)) == NULL ? E_USAGE : tell(s, election);
	settings_free(s);
	return r;
}
