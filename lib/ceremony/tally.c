/* See tally.h: the session's steps in their order. K lives in tally_count.c alone. */
#include "ceremony/tally.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "ceremony/cards.h"
#include "ceremony/tally_parts.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct steps_step STEPS[] = {
    {.id = "attendance",
     .title = N_("Asistencia y reloj"),
     .numeral = "29",
     .who = N_("Coordinador; Fedatario"),
     .what = N_("Nombre a quienes están presentes; el Fedatario compara el reloj de este equipo con el suyo."),
     .seen = N_("Cada nombre, tal como quedará en las actas."),
     .run = tally_attendance,
     .restore = tally_attendance_restore,
     .retry = true},
    {.id = "record",
     .title = N_("Expediente, urna y sello"),
     .numeral = "29",
     .who = N_("Administrador del HSM"),
     .what = N_("El equipo comprueba el expediente hasta el cierre: cada boleta, la urna y su sello. No se abre nada."),
     .seen = N_("«Se cumple», por cada comprobación."),
     .run = tally_record,
     .each_time = true,
     .unconfirmed = true},
    {.id = "mixes",
     .title = N_("Mezclas"),
     .numeral = "29",
     .who = N_("Administrador del HSM"),
     .what = N_("El equipo comprueba las mezclas que haya y hace las que falten. No se abre nada."),
     .seen = N_("Cuántas mezclas se comprobaron y cuántas se hicieron, por lista."),
     .run = tally_mixes,
     .each_time = true,
     .unconfirmed = true},
    {.id = "lottery",
     .title = N_("Sorteo de quienes abren la bóveda"),
     .numeral = "30",
     .who = N_("Coordinador; los presentes"),
     .what = N_("Anoten el compromiso que muestra el equipo; escriba cada quien un número en papel y díganlos en voz alta."),
     .seen = N_("Quiénes salieron sorteados, y la entropía que el compromiso guardaba."),
     .run = tally_lottery,
     .restore = tally_lottery_restore},
    {.id = "count",
     .title = N_("Bóveda, descifrado y cómputo"),
     .numeral = N_("31, 32 y 33"),
     .who = N_("Integrantes sorteados, por turno; Administrador del HSM"),
     .what = N_("Inserte su tarjeta y escriba su contraseña. Abierta la bóveda, se compara el hash de la urna y se computa."),
     .seen = N_("El hash de la urna, igual al del reporte de cierre impreso; los votos abiertos de cada lista."),
     .run = tally_count,
     .restore = tally_count_restore},
    {.id = "acts",
     .title = N_("Impresión de las actas de cómputo"),
     .numeral = "33",
     .who = N_("Administrador del HSM"),
     .what = N_("Imprima el acta de cada lista y el acta del sorteo."),
     .seen = N_("Un acta por lista, con los totales que muestra el equipo."),
     .run = tally_acts,
     .retry = true},
    {.id = "signatures",
     .title = N_("Firma y entrega de las actas"),
     .numeral = N_("34 y 35"),
     .who = N_("Integrantes del Comité Electoral; Coordinador"),
     .what = N_("Firmen las actas. Las federales se entregan al personal designado del Instituto; las locales, al "
                "Secretario Ejecutivo."),
     .seen = N_("Las firmas de todos los integrantes presentes en cada acta."),
     .run = tally_signatures,
     .retry = true},
    {.id = "erase",
     .title = N_("Borrado de la parte de cada tarjeta"),
     .numeral = "37",
     .who = N_("Cada integrante del Comité, por turno"),
     .what = N_("Inserte su tarjeta y escriba su contraseña: su parte se borra antes de ir al sobre."),
     .seen = N_("«Parte borrada», por cada tarjeta; la que no se borre se nombra en el acta."),
     .run = tally_erase,
     .retry = true},
};

static enum status check_state(const struct tally *t)
{
	const struct definition *d = t->early->definition;
	char when[96];

	if (moment_now() < d->tally_not_before) {
		moment_text(when, sizeof when, d->tally_not_before, d->zone);
		return fault(E_STATE, NULL, _("el cómputo no puede empezar antes del %s"), when);
	}
	return OK;
}

static enum status open_folders(struct tally *t)
{
	char *folder = file_path(t->election, "journal", NULL);
	enum status s = E_FAILED;

	t->journal = file_path(t->election, "journal", "tally.jsonl", NULL);
	t->record = file_path(t->election, "record", NULL);
	t->documents = file_path(t->election, "documents", NULL);
	if (folder != NULL && t->journal != NULL && t->record != NULL && t->documents != NULL &&
	    (s = file_mkdirs(folder, 0755)) == OK && (s = file_mkdirs(t->documents, 0755)) == OK)
		s = record_open(&t->early, t->record);
	free(folder);
	return s;
}

static enum status open_session(struct tally *t, struct steps_session *what)
{
	char eid[65];

	*what = (struct steps_session){.name = "tally-session",
	                               .title = N_("Sesión de descifrado y cómputo de los votos"),
	                               .program = "tally",
	                               .journal = t->journal,
	                               .election = t->early->definition->id,
	                               .zone = t->early->definition->zone,
	                               .simulation = t->early->definition->simulation,
	                               .list = STEPS,
	                               .n = sizeof STEPS / sizeof *STEPS,
	                               .ctx = t};
	for (int i = 0; i < 32; i++)
		snprintf(eid + 2 * i, 3, "%02x", t->early->eid[i]);
	if ((what->binding = json_pack("{s:s}", "eid", eid)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	return steps_open(&t->steps, what);
}

static enum status lead(struct tally *t, struct steps_session *what)
{
	enum status s;

	if ((s = check_state(t)) != OK || (s = open_session(t, what)) != OK)
		return s;
	if (!steps_taken_up(t->steps) && steps_number(t->steps) > 0 && tally_acts_there(t))
		return fault(E_STATE, _("si falta borrar tarjetas: tally erase; para responder retos: tally challenge"),
		             _("el cómputo ya se hizo: están record/results.json y todas las actas"));
	s = steps_run(t->steps);
	return t->stopped ? OK : s;
}

static void tally_free(struct tally *t)
{
	size_t n = t->v != NULL ? t->v->ballots->lists->n : 0;

	for (size_t l = 0; l < n; l++) {
		if (t->last != NULL)
			list_free(t->last[l]);
		if (t->counts != NULL)
			count_free(t->counts[l]);
	}
	free(t->last);
	free(t->counts);
	steps_close(t->steps);
	verify_free(t->v);
	record_free(t->early);
	free(t->record);
	free(t->documents);
	free(t->journal);
	free(t);
}

enum status tally_run(struct settings *settings, const char *election, enum tally_part part)
{
	struct tally *t = calloc(1, sizeof *t);
	struct steps_session what = {0};
	enum status s;

	if (t == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	t->settings = settings;
	t->election = election;
	t->part = part;
	if ((s = open_folders(t)) == OK)
		s = part == TALLY_ERASE       ? tally_erase_left(t)
		    : part == TALLY_CHALLENGE ? tally_challenge_again(t)
		                              : lead(t, &what);
	tally_free(t);
	json_decref(what.binding);
	return s;
}

/* ---- afterwards */

/* The last of each step's kept values that the session's documents need. */
static enum status read_kept(void *ctx, uint64_t number, const json_t *line, const uint8_t sha256[32])
{
	struct tally *t = ctx;
	const json_t *detail = json_object_get(line, "detail");
	const char *step = json_string_value(json_object_get(detail, "step")),
	           *event = json_string_value(json_object_get(line, "event"));
	bool again = false;

	(void)number;
	(void)sha256;
	if (event == NULL || step == NULL || strcmp(event, "step-done") != 0)
		return OK;
	if (strcmp(step, "attendance") == 0)
		return tally_attendance_restore(t->steps, t, json_object_get(detail, "kept"), &again);
	return strcmp(step, "lottery") == 0 ? tally_lottery_restore(t->steps, t, NULL, &again) : OK;
}

enum status tally_recall(struct tally **hold, struct report_session *out, const char *election)
{
	struct tally *t = calloc(1, sizeof *t);
	static struct steps_session what; /* outlives the steps; one recall at a time */
	enum status s;

	*hold = NULL;
	if (t == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	t->election = election;
	if ((s = open_folders(t)) != OK || (s = open_session(t, &what)) != OK)
		goto done;
	if (steps_number(t->steps) == 0 || steps_taken_up(t->steps)) {
		s = fault(E_STATE, _("termínela con tally"), _("la sesión de cómputo no ha terminado"));
		goto done;
	}
	if ((s = journal_read(t->journal, read_kept, t)) != OK)
		goto done;
	tally_session(out, t);
	out->when = moment_now();
	*hold = t;
	t = NULL;
done:
	json_decref(what.binding);
	what.binding = NULL;
	if (t != NULL)
		tally_free(t);
	return s;
}

void tally_recall_free(struct tally *hold)
{
	if (hold != NULL)
		tally_free(hold);
}
