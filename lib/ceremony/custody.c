/* See custody.h. Nothing here is secret. */
#include "ceremony/custody.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/prompt.h"
#include "base/report.h"
#include "ceremony/archive.h"
#include "ceremony/custody_parts.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct steps_step STEPS[] = {
    {.id = "fingerprints",
     .title = N_("Huellas digitales"),
     .numeral = "36",
     .who = N_("Administrador del HSM"),
     .what = N_("El equipo obtiene las huellas de todos los archivos; imprima el documento y entréguelo al Fedatario."),
     .seen = N_("El SHA-256 de huellas.json, igual en la pantalla y en el documento impreso."),
     .run = custody_fingerprints,
     .retry = true},
    {.id = "envelopes",
     .title = N_("Sobres"),
     .numeral = N_("37 y 38"),
     .who = N_("Coordinador; cada integrante del Comité"),
     .what = N_("Cada integrante guarda su tarjeta y su hoja en un sobre, lo sella, lo rubrica y lo entrega al Fedatario."),
     .seen = N_("Un sobre por integrante, con su número y su rúbrica."),
     .run = custody_envelopes,
     .restore = custody_envelopes_restore,
     .retry = true},
    {.id = "computer",
     .title = N_("Disco del equipo de cómputo"),
     .numeral = "39",
     .who = N_("Administrador"),
     .what = N_("Diga qué disco se extraerá. El equipo se apaga y el disco se entrega en cuanto se impriman los documentos "
                "de los dos pasos que siguen."),
     .seen = N_("La marca y el número de serie, iguales a los de la etiqueta del disco."),
     .run = custody_computer,
     .restore = custody_computer_restore,
     .retry = true},
    {.id = "custody",
     .title = N_("Inventario para la custodia"),
     .numeral = "40",
     .who = N_("Fedatario; Coordinador"),
     .what = N_("Imprima el inventario; el Fedatario recibe sobres, huellas y disco, y los entrega al Coordinador."),
     .seen = N_("Cada sobre con su número, y el disco con su serie."),
     .run = custody_inventory,
     .retry = true},
    {.id = "act",
     .title = N_("Acta circunstanciada"),
     .numeral = "41",
     .who = N_("Coordinador; Comité Electoral; Administrador del HSM"),
     .what = N_("Imprima el acta; la firman el Comité Electoral, el Administrador del HSM y el Coordinador."),
     .seen = N_("El índice de numerales, al final del acta."),
     .run = custody_act,
     .retry = true,
     .unconfirmed = true},
};

static enum status prepare(struct custody *c, struct steps_session *what)
{
	char eid[65], *record = file_path(c->election, "record", NULL);
	enum status r = E_FAILED;

	c->archive = file_path(c->election, "archive", NULL);
	if (record == NULL || c->archive == NULL || (c->journal = file_path(c->archive, "session.jsonl", NULL)) == NULL)
		goto done;
	if ((r = record_open(&c->record, record)) != OK || (r = tally_recall(&c->tally, &c->session, c->election)) != OK ||
	    (r = file_mkdirs(c->archive, 0755)) != OK)
		goto done;
	hex_encode(eid, c->record->eid, 32);
	*what = (struct steps_session){.name = "custody-session",
	                               .title = N_("Resguardo y preservación de la información"),
	                               .program = "archive-election",
	                               .journal = c->journal,
	                               .election = c->record->definition->id,
	                               .zone = c->record->definition->zone,
	                               .simulation = c->record->definition->simulation,
	                               .binding = json_pack("{s:s}", "eid", eid),
	                               .list = STEPS,
	                               .n = sizeof STEPS / sizeof *STEPS,
	                               .ctx = c};
	r = what->binding != NULL ? steps_open(&c->steps, what) : fault(E_FAILED, NULL, _("no hay memoria"));
	if (r == OK && steps_number(c->steps) > 0 && !steps_taken_up(c->steps))
		r = fault(E_STATE, _("compruébelo con archive-election --check"), _("la sesión de resguardo ya terminó"));
done:
	free(record);
	return r;
}

enum status custody_run(const char *election)
{
	struct custody *c = calloc(1, sizeof *c);
	struct steps_session what = {0};
	enum status r;

	if (c == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	c->election = election;
	if ((r = prepare(c, &what)) == OK) {
		steps_notary(c->steps, c->session.notary);
		r = steps_run(c->steps);
	}
	steps_close(c->steps);
	tally_recall_free(c->tally);
	record_free(c->record);
	json_decref(what.binding);
	free(c->archive);
	free(c->journal);
	free(c);
	return r;
}

/* ---- 36 */

enum status custody_fingerprints(struct steps *s, void *ctx)
{
	struct custody *c = ctx;
	struct archive_people who = {c->session.place, c->session.hsm_admin, c->session.notary};
	char *huellas = file_path(c->archive, "huellas.json", NULL), hex[65];
	uint8_t sha256[32];
	enum status r = E_FAILED;

	if (huellas == NULL)
		return r;
	r = file_exists(huellas) ? OK : archive_make(c->election, &who);
	if (r == OK && (r = file_sha256(sha256, huellas)) == OK) {
		hex_encode(hex, sha256, 32);
		r = steps_fact(s, N_("Se obtuvieron las huellas digitales de todos los archivos; SHA-256 de huellas.json: %s."),
		               hex);
	}
	free(huellas);
	return r == OK ? steps_demand(s, N_("¿Se imprimió el documento de huellas digitales y se entregó al Fedatario?"),
	                              N_("el Fedatario no tiene el documento de huellas (numeral 36)"))
	               : r;
}

/* ---- 37, 38 */

static enum status print_covers(const struct custody *c)
{
	const struct report_cards cards = {.definition = c->record->definition, .session = &c->session};
	char *path = file_path(c->archive, "sobres.pdf", NULL);
	enum status r = E_FAILED;

	if (path != NULL && (file_exists(path) || (r = report_envelope_covers(path, &cards)) == OK)) {
		r = OK;
		report_info(_("carátulas de los sobres: %s"), path);
	}
	free(path);
	return r;
}

static enum status ask(char *out, size_t size, const char *question, bool must)
{
	enum status r;

	do {
		if ((r = prompt_line(out, size, question)) != OK)
			return r;
		if (must && out[0] == '\0')
			report_warning(NULL, _("sin este dato no se puede seguir"));
	} while (must && out[0] == '\0');
	return OK;
}

enum status custody_envelopes(struct steps *s, void *ctx)
{
	struct custody *c = ctx;
	json_t *numbers = json_array();
	char question[256];
	enum status r = print_covers(c);

	for (size_t i = 0; r == OK && i < c->session.n_members; i++) {
		const struct report_member *m = &c->session.members[i];

		snprintf(question, sizeof question, _("Número del sobre de %s (tarjeta %u):"), m->name, m->card);
		if ((r = ask(c->envelopes[i], sizeof c->envelopes[i], question, true)) != OK)
			break;
		for (size_t k = 0; k < i && r == OK; k++)
			if (strcmp(c->envelopes[k], c->envelopes[i]) == 0)
				r = fault(E_REFUSED, NULL, _("el sobre %s ya es de otra persona"), c->envelopes[i]);
		json_array_append_new(numbers, json_string(c->envelopes[i]));
		if (r == OK)
			r = steps_fact(s, N_("La tarjeta %u y la hoja de %s quedaron en el sobre %s."), m->card, m->name,
			               c->envelopes[i]);
	}
	if (r == OK)
		r = steps_keep(s, json_incref(numbers));
	json_decref(numbers);
	return r == OK ? steps_demand(s, N_("¿Cada sobre está sellado y rubricado, y lo tiene el Fedatario?"),
	                              N_("faltan sobres sellados y rubricados (numeral 38)"))
	               : r;
}

enum status custody_envelopes_restore(struct steps *s, void *ctx, const json_t *kept, bool *again)
{
	struct custody *c = ctx;

	(void)s;
	*again = json_array_size(kept) != c->session.n_members;
	for (size_t i = 0; !*again && i < c->session.n_members; i++)
		snprintf(c->envelopes[i], sizeof c->envelopes[i], "%s", json_string_value(json_array_get(kept, i)));
	return OK;
}

/* ---- 39 */

enum status custody_computer(struct steps *s, void *ctx)
{
	struct custody *c = ctx;
	enum status r;

	if ((r = ask(c->disk, sizeof c->disk, _("Disco duro (marca y número de serie):"), true)) != OK ||
	    (r = ask(c->other, sizeof c->other, _("Otros medios que se entregan (Enter: ninguno):"), false)) != OK ||
	    (r = steps_fact(s, N_("El disco duro del equipo de cómputo de la sede es: %s."), c->disk)) != OK)
		return r;
	return steps_keep(s, json_pack("{s:s, s:s}", "disk", c->disk, "other", c->other));
}

enum status custody_computer_restore(struct steps *s, void *ctx, const json_t *kept, bool *again)
{
	struct custody *c = ctx;
	const char *disk = json_string_value(json_object_get(kept, "disk")),
	           *other = json_string_value(json_object_get(kept, "other"));

	(void)s;
	*again = disk == NULL || other == NULL;
	if (!*again) {
		snprintf(c->disk, sizeof c->disk, "%s", disk);
		snprintf(c->other, sizeof c->other, "%s", other);
	}
	return OK;
}
