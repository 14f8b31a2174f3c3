/*
 * enroll-voters: the registrar's program, on the enrolment machine (numeral 19; ceremony/enrol.h). Asks for the
 * passphrase, which is the only secret this file touches.
 */
#include "base/file.h"
#include "base/i18n.h"
#include "base/program.h"
#include "base/prompt.h"
#include "base/report.h"
#include "base/settings.h"
#include "ceremony/enrol.h"
#include "monitor/check.h"
#include <stdlib.h>
#include <string.h>

static const char USAGE[] =
        N_("enroll-voters: usuario, contraseña y credencial de cada votante, y su correo (numeral 19)\n"
           "\n"
           "Uso: enroll-voters --election CARPETA [--config ARCHIVO] ACCIÓN\n"
           "     enroll-voters --check-config [--config ARCHIVO] [--election CARPETA]\n"
           "\n"
           "Es de la oficina de registro, en su propio equipo. La frase de acceso se pregunta; sin terminal se\n"
           "lee de la entrada, una línea por pregunta. Las acciones:\n"
           "\n"
           "  --init                      hace la clave de la oficina de registro y el depósito cifrado\n"
           "  --load LISTA.csv --definition election.json\n"
           "                              lee la lista nominal (voter,name,email,phone,district), hace usuarios,\n"
           "                              contraseñas y credenciales; escribe record/credentials.csv y\n"
           "                              enrolment/server-load.csv\n"
           "      --leave-out-bad-lines   carga las líneas que sirven aunque otras no\n"
           "  --send [--definition election.json]\n"
           "                              manda a cada quien su usuario y contraseña; sigue donde quedó\n"
           "  --renew PERSONA [--definition election.json]\n"
           "                              antes de la apertura: contraseña nueva para quien perdió su correo\n"
           "      --email CORREO          … y desde ahora ese es su correo\n"
           "      --phone TELÉFONO        … y ese su teléfono (+ y cifras)\n"
           "  reissue PERSONA [--email CORREO]\n"
           "                              después de la apertura: firma la reposición para el servidor\n"
           "  reissue --acknowledge ACUSE [--email CORREO]\n"
           "                              con el acuse del servidor envía la contraseña de reserva\n"
           "  --status                    cuántos van\n"
           "  --check-config              dice todas las faltas de los ajustes y prueba lo que nombran\n"
           "\n"
           "PERSONA es el identificador de la primera columna de la lista nominal.\n"
           "\n"
           "Salida: 0 hecho; 1 falla del equipo o del correo; 2 mandato o ajustes; 3 la lista u otro archivo no\n"
           "es lo que debe; 5 falta un paso anterior, o ya se dio; 6 no se admite (no quedan reservas).\n"
           "\n"
           "Ejemplo: enroll-voters --election /var/lib/vemre/2027 --load lista.csv --definition election.json\n");

struct options {
	const char *config, *election, *roll, *definition, *renew, *voter, *acknowledge;
	struct enrol_correction correction;
	bool init, send, status, leave_out, reissue, check;
};

static enum status load_or_send(const struct options *o, struct enrolment *e, const struct secret *passphrase)
{
	struct settings *s = NULL;
	char *kept = NULL;
	enum status r;

	if ((r = settings_open(&s, o->config)) != OK)
		goto done;
	if (o->roll != NULL) {
		r = o->definition != NULL
		            ? enrol_load(e, passphrase, s, o->roll, o->definition, o->leave_out)
		            : fault(E_USAGE, NULL, _("--load necesita --definition"));
		goto done;
	}
	if (o->reissue) {
		r = o->voter != NULL ? enrol_reissue(e, passphrase, s, o->voter, o->correction.email)
		                     : enrol_acknowledged(e, passphrase, s, o->acknowledge, o->correction.email);
		goto done;
	}
	r = E_FAILED;
	if ((kept = file_path(e->record, "election.json", NULL)) == NULL)
		goto done;
	r = o->renew != NULL ? enrol_renew(e, passphrase, s, o->definition != NULL ? o->definition : kept, o->renew,
	                                   &o->correction)
	                     : enrol_send(e, passphrase, s, o->definition != NULL ? o->definition : kept);
done:
	settings_free(s);
	free(kept);
	return r;
}

static enum status run(const struct options *o)
{
	struct enrolment *e = NULL;
	struct secret *passphrase = NULL;
	enum status r;

	if ((r = enrol_open(&e, o->election, o->status)) != OK)
		goto done;
	if (o->status) {
		r = enrol_status(e);
		goto done;
	}
	if (o->init && file_exists(e->safe)) { /* said before anything is asked */
		r = fault(E_STATE, NULL, _("%s: ya existe: la clave de la oficina de registro ya está hecha"), e->safe);
		goto done;
	}
	if (!o->init && !file_exists(e->safe)) {
		r = fault(E_STATE, _("haga primero enroll-voters --init"),
		          _("%s: no existe: falta hacer la clave de la oficina de registro"), e->safe);
		goto done;
	}
	if (o->init)
		r = prompt_new_secret(&passphrase, ENROL_PASSPHRASE_MIN, ENROL_PASSPHRASE_MAX,
		                      _("Frase de acceso nueva de la oficina de registro:"));
	else
		r = prompt_secret(&passphrase, ENROL_PASSPHRASE_MAX, _("Frase de acceso de la oficina de registro:"));
	if (r != OK)
		goto done;
	r = o->init ? enrol_init(e, passphrase) : load_or_send(o, e, passphrase);
done:
	secret_free(passphrase);
	enrol_close(e);
	return r;
}

/* "reissue" and who, wherever they stand first: the rest is for program_options. */
static int take_words(int argc, char **argv, struct options *o)
{
	int at = 1;

	if (argc < 2 || strcmp(argv[1], "reissue") != 0)
		return argc;
	o->reissue = true;
	at = 2;
	if (argc > 2 && strncmp(argv[2], "--", 2) != 0)
		o->voter = argv[at++];
	memmove(argv + 1, argv + at, (size_t)(argc - at) * sizeof *argv);
	return argc - at + 1;
}

int main(int argc, char **argv)
{
	struct options o = {0};
	const struct program_option table[] = {
	        {"config", &o.config, NULL},     {"election", &o.election, NULL},
	        {"load", &o.roll, NULL},         {"definition", &o.definition, NULL},
	        {"init", NULL, &o.init},         {"send", NULL, &o.send},
	        {"status", NULL, &o.status},     {"leave-out-bad-lines", NULL, &o.leave_out},
	        {"renew", &o.renew, NULL},       {"acknowledge", &o.acknowledge, NULL},
	        {"email", &o.correction.email, NULL}, {"phone", &o.correction.phone, NULL},
	        {"check-config", NULL, &o.check},
	        {NULL, NULL, NULL},
	};
	int next;

	program_start("enroll-voters");
	argc = take_words(argc, argv, &o);
	switch (program_options(argc, argv, table, _(USAGE), &next)) {
	case PROGRAM_HELP:
		return program_end(OK);
	case PROGRAM_BAD:
		return program_end(E_USAGE);
	case PROGRAM_GO:
		break;
	}
	if (o.check && next == argc)
		return program_end(check_config(o.config, o.election, SETTINGS_ENROL));
	if (o.reissue && o.voter == NULL && next < argc)
		o.voter = argv[next++];
	if (next != argc || o.election == NULL ||
	    o.init + (o.roll != NULL) + o.send + o.status + (o.renew != NULL) + o.reissue != 1 ||
	    (o.voter != NULL) + (o.acknowledge != NULL) != o.reissue)
		return program_end(fault(E_USAGE, _("--help muestra las opciones"),
		                         _("hace falta --election y una sola acción: --init, --load, --send, --renew, reissue o --status")));
	if ((o.correction.email != NULL && o.renew == NULL && !o.reissue) || (o.correction.phone != NULL && o.renew == NULL))
		return program_end(fault(E_USAGE, _("después de la apertura el teléfono es el que tiene el servidor"),
		                         _("--email es de --renew y de reissue; --phone, solo de --renew")));
	return program_end(run(&o));
}
