/* See check.h. */
#include "monitor/check.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "hsm/card.h"
#include "hsm/module.h"
#include "hsm/signer.h"
#include "hsm/system_key.h"
#include "hsm/token.h"
#include "hsm/vault.h"
#include "monitor/components.h"
#include "monitor/probes.h"
#include "monitor/scrape.h"
#include "notify/gateway.h"
#include "notify/mail.h"
#include "notify/sms.h"
#include "store/connection.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SERVERS = SETTINGS_BACKEND | SETTINGS_MONITOR | SETTINGS_OPEN | SETTINGS_CLOSE,
	TERMINAL = SETTINGS_KEYGEN | SETTINGS_TALLY,
};

struct check {
	struct components all; /* all.definition NULL: no election was opened */
	enum settings_user user;
	enum status worst; /* of the first fault */
};

static void good(const char *what, const char *fact)
{
	report_info(fact[0] != '\0' ? _("bien: %s: %s") : _("bien: %s"), what, fact);
}

/* r: what a trial returned, having said its fault itself. */
static bool keep(struct check *k, enum status r)
{
	if (r != OK && k->worst == OK)
		k->worst = r;
	return r == OK;
}

/* ---- the database, as each role the program takes */

static void database(struct check *k)
{
	static const struct {
		enum connection_role role;
		const char *name;
		unsigned users;
		bool of_an_election;
	} roles[] = {{CONNECTION_WEB, "vemre_web", SETTINGS_BACKEND, true},
	             {CONNECTION_MONITOR, "vemre_monitor", SETTINGS_MONITOR, true},
	             {CONNECTION_ADMIN, "vemre_admin", SETTINGS_CLOSE, true},
	             {CONNECTION_OWNER, "vemre_owner", SETTINGS_OPEN, false},
	             {CONNECTION_ADMIN, "vemre_admin", SETTINGS_OPEN, true}};
	const struct definition *d = k->all.definition;

	for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
		struct connection *c = NULL;
		char said[300], fact[64];
		enum status r;

		/* Before the opening there is no database but PostgreSQL's own, where the owner alone may go in (sql/roles.sql). */
		if ((roles[i].users & k->user) == 0 || (roles[i].of_an_election && d == NULL))
			continue;
		report_capture_begin(said, sizeof said);
		r = connection_open(&c, k->all.s, roles[i].role, roles[i].of_an_election ? NULL : "postgres",
		                    d != NULL ? d->id : NULL);
		report_capture_end();
		snprintf(fact, sizeof fact, _("responde a %s"), roles[i].name);
		if (r == OK)
			good(_("Base de datos"), fact);
		else
			(void)keep(k, fault(r, _("vea database.connection; en su equipo, pg_hba.conf y pg_ident.conf"), "%s: %s", roles[i].name, said));
		connection_close(c);
	}
}

/* ---- tokens */

/* The signer that runs has the token to itself; where none does, the token is looked for. */
static void system_token(struct check *k)
{
	const char *socket = settings_path(k->all.s, "signer.socket", "/run/vemre/signer/signer.sock");
	const char *module = settings_path(k->all.s, "hsm.module", MODULE_DEFAULT);
	const char *store = settings_path(k->all.s, "hsm.system_store", "");
	const char *label = settings_text(k->all.s, "hsm.system_label", "VEMRE-SISTEMA");
	const char *serial = settings_text(k->all.s, "hsm.system_serial", "");
	struct signer *s = NULL;
	struct module *m = NULL;
	struct token token;
	struct point key;
	char unheard[2];
	enum status r;

	if (socket == NULL || module == NULL || store == NULL || label == NULL || serial == NULL)
		return;
	report_capture_begin(unheard, sizeof unheard);
	if ((r = signer_connect(&s, socket)) == OK)
		r = signer_public_key(s, &key);
	report_capture_end();
	signer_free(s);
	if (r == OK) {
		good(_("Llave del sistema"), _("system-signer está en marcha y contesta con ella"));
		return;
	}
	if (module_is_softhsm(module) && store[0] != '\0' && !file_exists(store))
		r = fault(E_DEVICE, _("system-signer --init lo hace"), _("hsm.system_store: %s: aún no hay token del sistema"), store);
	else if ((r = module_open(&m, module, store)) == OK)
		r = token_find(&token, m, label, serial[0] != '\0' ? serial : NULL);
	if (keep(k, r))
		good(_("Token del sistema"), token.label);
	module_close(m);
}

static void ask_signer(struct check *k)
{
	const char *socket = settings_path(k->all.s, "signer.socket", "/run/vemre/signer/signer.sock");
	struct signer *s = NULL;
	struct point key;
	enum status r = socket == NULL ? E_USAGE : signer_connect(&s, socket);

	if (r == OK)
		r = signer_public_key(s, &key);
	if (keep(k, r))
		good(_("Llave del sistema"), _("system-signer contesta"));
	signer_free(s);
}

static void vault(struct check *k)
{
	struct card_reader *reader = NULL;
	bool there = false;

	if (keep(k, vault_exists(&there, k->all.s)))
		good(_("Bóveda (HSM)"), there ? _("el módulo abre y hay una bóveda") : _("el módulo abre y aún no hay bóveda"));
	if (keep(k, card_reader_open(&reader, k->all.s)))
		good(_("Lector de tarjetas"), card_present(reader) ? _("el módulo abre y hay una tarjeta") : _("el módulo abre y está vacío"));
	card_reader_free(reader);
}

/* ---- what goes out to the voters */

static void messages(struct check *k)
{
	const char *socket = settings_path(k->all.s, "sms.socket", "/run/vemre/sms/sms.sock");

	if (keep(k, socket == NULL ? E_USAGE : sms_ping(socket)))
		good(_("Envío de SMS"), _("send-messages contesta"));
}

static void gateways(struct check *k)
{
	struct gateways *g = NULL;

	if (keep(k, gateways_open(&g, k->all.s)))
		good(_("Pasarelas de SMS"), _("sus URL y contraseñas se leen"));
	gateways_free(g);
}

static void relay(struct check *k)
{
	struct mail_relay *m = NULL;
	enum status r = mail_relay_open(&m, k->all.s);

	if (r == OK)
		r = mail_relay_try(m);
	if (keep(k, r))
		good(_("Relevo de correo"), settings_text(k->all.s, "mail.url", ""));
	mail_relay_free(m);
}

/* ---- what the monitor looks at too */

static const struct {
	const char *id, *name;
	probe *look;
	unsigned users;
	bool of_an_election;
} looks[] = {
        {"gateways", N_("Pasarelas de SMS"), probe_gateways, SETTINGS_SENDER | SETTINGS_MONITOR, false},
        {"site", N_("Sitio (nginx)"), probe_site, SETTINGS_MONITOR, true},
        {"certificate", N_("Certificado TLS"), probe_certificate, SETTINGS_MONITOR, true},
        {"backend", N_("Programa de votación"), probe_backend, SETTINGS_MONITOR, true},
        {"database", N_("Base de datos"), probe_database, SETTINGS_MONITOR, true},
        {"replication", N_("Réplicas"), probe_standbys, SETTINGS_MONITOR, true},
        {"backup", N_("Respaldo"), probe_backup, SETTINGS_MONITOR, false},
        {"signer", N_("Llave del sistema"), probe_signer, SETTINGS_MONITOR, true},
        {"mail", N_("Correo"), probe_mail, SETTINGS_MONITOR, false},
        {"disk", N_("Disco"), probe_disk, SETTINGS_MONITOR, true},
        {"place", N_("Base de países"), probe_place, SETTINGS_BACKEND | SETTINGS_MONITOR, false},
        {"integrity", N_("Integridad"), probe_integrity, SETTINGS_MONITOR, true},
        {"clock", N_("Reloj"), probe_clock, SERVERS | SETTINGS_ENROL, false},
};

static void look(struct check *k, size_t i)
{
	struct component c = {.id = looks[i].id, .name = looks[i].name, .look = looks[i].look};
	const char *hint = NULL;

	component_look(&k->all, &c);
	if (c.advice[0] != '\0')
		hint = c.advice;
	if (c.level == COMPONENT_RED)
		(void)keep(k, fault(E_STATE, hint, "%s: %s", _(c.name), c.problem));
	else if (c.level == COMPONENT_AMBER)
		report_warning(hint, "%s: %s", _(c.name), c.problem);
	else if (c.level == COMPONENT_GREEN)
		good(_(c.name), c.facts);
	json_decref(c.figures);
}

/* ---- */

/* The election that was opened in the folder, or none: that is no fault. */
static void find_election(struct check *k, const char *election)
{
	char *path = NULL, *opening = NULL;

	if (election == NULL && settings_has(k->all.s, "election.folder"))
		election = settings_path(k->all.s, "election.folder", "");
	k->all.election = election != NULL ? election : "";
	if (election == NULL || (path = file_path(election, "record", "election.json", NULL)) == NULL ||
	    (opening = file_path(election, "record", "opening.json", NULL)) == NULL)
		goto done;
	if (file_exists(path) && file_exists(opening))
		(void)keep(k, definition_open(&k->all.definition, path));
	else if ((k->user & SERVERS) != 0)
		report_info(_("%s: no hay ninguna elección abierta: lo que depende de ella no se probó"), election);
done:
	free(path);
	free(opening);
}

static void try_all(struct check *k)
{
	const unsigned user = k->user;

	if ((user & SERVERS) != 0)
		database(k);
	if (user == SETTINGS_SIGNER)
		system_token(k);
	if ((user & (SETTINGS_BACKEND | SETTINGS_CLOSE)) != 0)
		ask_signer(k);
	if ((user & TERMINAL) != 0)
		vault(k);
	if ((user & (SETTINGS_BACKEND | SETTINGS_MONITOR)) != 0)
		messages(k);
	if (user == SETTINGS_SENDER)
		gateways(k);
	if (user == SETTINGS_ENROL)
		relay(k);
	for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
		if ((looks[i].users & user) != 0 && (!looks[i].of_an_election || k->all.definition != NULL))
			look(k, i);
}

enum status check_config(const char *config, const char *election, enum settings_user user)
{
	return check_config_and(config, election, user, NULL);
}

enum status check_config_and(const char *config, const char *election, enum settings_user user,
                             enum status (*own)(const char *config, const char *election))
{
	struct check k = {.user = user};
	unsigned faults = 0;
	enum status r;

	if ((r = settings_open(&k.all.s, config)) != OK)
		return r;
	if ((r = scrape_history_new(&k.all.history)) != OK)
		goto done;
	if (keep(&k, settings_check(k.all.s, user, &faults)))
		good(_("Ajustes"), _("ninguno falta ni sobra, y lo que nombran está"));
	find_election(&k, election);
	try_all(&k);
	if (own != NULL && k.all.definition != NULL && k.worst == OK)
		k.worst = own(config, election);
	if ((r = k.worst) == OK)
		report_step(_("la configuración es correcta"));
	else
		report_step(_("la configuración tiene faltas: están arriba"));
done:
	scrape_history_free(k.all.history);
	connection_close(k.all.db);
	definition_free(k.all.definition);
	settings_free(k.all.s);
	return r;
}
