/* See keygen.h: the session's steps in their order, and what has to be so before anybody sits down. */
#include "ceremony/keygen.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "ceremony/keygen_session.h"
#include "hsm/spare.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct steps_step STEPS[] = {
        {.id = "table",
         .title = N_("La mesa y la terminal"),
         .numeral = "10",
         .who = N_("Administrador del HSM; Fedatario"),
         .what = N_("Muestre la terminal sin red, el HSM, el lector, las tarjetas en blanco, los acuses y las hojas opacas."),
         .seen = N_("La hora de la terminal, que el Fedatario compara con su reloj."),
         .run = keygen_table,
         .retry = true},
        {.id = "attendance",
         .title = N_("Asistencia"),
         .numeral = "6",
         .who = N_("Coordinador"),
         .what = N_("Nombre a quienes están presentes; sin todos ellos la sesión no sigue."),
         .seen = N_("Cada nombre, tal como quedará en el acta."),
         .run = keygen_attendance,
         .restore = keygen_attendance_restore,
         .retry = true},
        {.id = "receipts",
         .title = N_("Entrega de tarjetas y acuses"),
         .numeral = N_("7 y 8"),
         .who = N_("Administrador del HSM; cada integrante del Comité"),
         .what = N_("Imprima acuses y hojas; entregue a cada integrante su tarjeta, su acuse y su hoja opaca; reciba los "
                    "acuses firmados."),
         .seen = N_("Un acuse firmado por tarjeta."),
         .run = keygen_receipts,
         .retry = true},
        {.id = "shares",
         .title = N_("Llave criptográfica y escritura de las tarjetas"),
         .numeral = N_("9 y 11"),
         .who = N_("Cada integrante del Comité, por turno"),
         .what = N_("Inserte su tarjeta, escriba dos veces su contraseña, retire la tarjeta y anote la contraseña en su hoja."),
         .seen = N_("«Tarjeta escrita y leída de vuelta», con su número de serie, por cada una."),
         .run = keygen_shares,
         .restore = keygen_shares_restore,
         .retry = true},
        {.id = "vault",
         .title = N_("Bóveda, Llave de la elección y Llave de apertura"),
         .numeral = N_("10 y 11"),
         .who = N_("Administrador del HSM; Fedatario"),
         .what = N_("El HSM crea el par de llaves; se leen de vuelta los atributos de la Llave de apertura."),
         .seen = N_("CKA_LOCAL, CKA_NEVER_EXTRACTABLE y CKA_ALWAYS_SENSITIVE en TRUE: la llave nació en el HSM y no sale "
                    "de él."),
         .run = keygen_vault,
         .restore = keygen_vault_restore},
        {.id = "spare",
         .title = N_("Copia de la bóveda"),
         .numeral = "10",
         .who = N_("Administrador del HSM"),
         .what = N_("Haga la copia de la bóveda, que se guarda en otro lugar."),
         .seen = N_("La huella digital de la copia."),
         .run = keygen_spare,
         .restore = keygen_spare_restore,
         .retry = true},
        {.id = "rehearsal",
         .title = N_("Ensayo con todas las tarjetas"),
         .numeral = "11",
         .who = N_("Cada integrante del Comité, por turno"),
         .what = N_("Inserte su tarjeta otra vez y escriba su contraseña, como el día del cómputo."),
         .seen = N_("La bóveda y su copia se abren, y un voto de prueba sale igual que se selló."),
         .run = keygen_rehearse,
         .restore = keygen_rehearse_restore,
         .retry = true},
        {.id = "publish",
         .title = N_("Llaves públicas, transcripción y acta"),
         .numeral = "12",
         .who = N_("Coordinador; firman el Comité y el Administrador del HSM"),
         .what = N_("Imprima la transcripción y el acta; fírmense."),
         .seen = N_("La huella digital de keys.json, igual en la pantalla y en el acta."),
         .run = keygen_publish,
         .retry = true,
         .unconfirmed = true},
};

static enum status paths(struct keygen *g)
{
	const char *e = g->options->election;
	char *record = file_path(e, "record", NULL), *journal = file_path(e, "journal", NULL);
	enum status r = E_FAILED;

	g->documents = file_path(e, "documents", NULL);
	g->keys_path = file_path(e, "record", "keys.json", NULL);
	g->journal = file_path(e, "journal", "keygen-ceremony.jsonl", NULL);
	if (record != NULL && journal != NULL && g->documents != NULL && g->keys_path != NULL && g->journal != NULL &&
	    (r = file_mkdirs(record, 0755)) == OK && (r = file_mkdirs(journal, 0755)) == OK)
		r = file_mkdirs(g->documents, 0755);
	free(record);
	free(journal);
	return r;
}

static enum status prepare(struct keygen *g)
{
	const struct keygen_options *o = g->options;
	enum status r;

	if (o->threshold < 2 || o->threshold > o->cards || o->cards > SHARES_MAX)
		return fault(E_USAGE, NULL, _("el umbral ha de estar entre 2 y el número de tarjetas (%u de %u no vale)"),
		             o->threshold, o->cards);
	if ((r = definition_open(&g->definition, o->definition)) != OK ||
	    (r = file_sha256(g->definition_sha256, o->definition)) != OK)
		return r;
	if ((g->keys = calloc(1, sizeof *g->keys)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	snprintf(g->keys->election, sizeof g->keys->election, "%s", g->definition->id);
	g->keys->threshold = o->threshold;
	g->keys->cards = o->cards;
	if ((r = paths(g)) != OK)
		return r;
	return cards_open(&g->desk, g->settings, g->keys, keygen_card_note, g);
}

/* Keys are made once: what another session has finished, here or with this HSM, is not touched. */
static enum status refuse_existing(struct keygen *g)
{
	char *spare = NULL;
	enum status r;

	if (file_exists(g->keys_path) && !steps_taken_up(g->steps))
		return fault(E_STATE, _("las llaves de una elección se hacen una sola vez"),
		             _("ya hay llaves de esta elección: %s"), g->keys_path);
	if ((r = spare_path(&spare, g->settings, g->definition->id)) != OK)
		return r;
	if (spare != NULL && file_exists(spare) && steps_begun_before(g->steps, "shares") == 0)
		r = fault(E_STATE, _("si es de una sesión que se interrumpió, apártela"),
		          _("ya hay una copia de la bóveda: %s"), spare);
	free(spare);
	return r;
}

static void keygen_free(struct keygen *g)
{
	steps_close(g->steps);
	vault_close(g->vault);
	secret_free(g->k);
	cards_close(g->desk);
	keys_file_free(g->keys);
	definition_free(g->definition);
	json_decref(g->vault_facts);
	free(g->keys_path);
	free(g->documents);
	free(g->journal);
	free(g->spare);
}

enum status keygen_run(struct settings *s, const struct keygen_options *o)
{
	struct keygen g = {.settings = s, .options = o};
	struct steps_session session = {.name = "key-session",
	                                .title = N_("Sesión de creación de la Llave criptográfica"),
	                                .program = "keygen-ceremony",
	                                .list = STEPS,
	                                .n = sizeof STEPS / sizeof *STEPS,
	                                .ctx = &g};
	enum status r;

	if ((r = prepare(&g)) != OK)
		goto done;
	session.journal = g.journal;
	session.election = g.definition->id;
	session.zone = g.definition->zone;
	session.simulation = g.definition->simulation;
	session.binding = json_pack("{s:o,s:i,s:i}", "definition_sha256", json_hex(g.definition_sha256, 32), "threshold",
	                            (int)o->threshold, "cards", (int)o->cards);
	if (session.binding == NULL) {
		r = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	if ((r = steps_open(&g.steps, &session)) != OK || (r = refuse_existing(&g)) != OK)
		goto done;
	report_info(_("Elección: %s"), g.definition->title);
	report_info(_("Tarjetas: %u; abren la bóveda %u cualesquiera"), o->cards, o->threshold);
	if ((r = steps_run(g.steps)) == OK)
		report_step(_("Sesión de llaves terminada"));
	else if (!file_exists(g.keys_path))
		report_warning(NULL, _("no hay llaves publicadas"));
done:
	keygen_free(&g);
	json_decref(session.binding);
	return r;
}
