/* The key session before anything is made: the table, who is there, the receipts (PROCESS 6 to 8). */
#include "base/file.h"
#include "base/i18n.h"
#include "base/moment.h"
#include "base/prompt.h"
#include "base/report.h"
#include "ceremony/keygen_session.h"
#include "report/card_papers.h"
#include "report/words.h"
#include <ifaddrs.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the table */

/* Names of the interfaces that are up, but for the loopback. */
static void networks(char *out, size_t size)
{
	struct ifaddrs *all = NULL;
	size_t used = 0;

	out[0] = '\0';
	if (getifaddrs(&all) != 0)
		return;
	for (const struct ifaddrs *i = all; i != NULL; i = i->ifa_next) {
		if ((i->ifa_flags & IFF_LOOPBACK) != 0 || (i->ifa_flags & IFF_UP) == 0 || (i->ifa_flags & IFF_RUNNING) == 0 ||
		    strstr(out, i->ifa_name) != NULL)
			continue;
		if (used + strlen(i->ifa_name) + 3 < size)
			used += (size_t)snprintf(out + used, size - used, "%s%s", used > 0 ? ", " : "", i->ifa_name);
	}
	freeifaddrs(all);
}

enum status keygen_table(struct steps *s, void *ctx)
{
	struct keygen *g = ctx;
	char now[96], names[256], question[256];
	bool yes = false;
	enum status r;

	networks(names, sizeof names);
	if (names[0] != '\0')
		report_warning(_("la sesión de verdad se lleva en un equipo sin red"), _("la terminal tiene red: %s"), names);
	r = names[0] == '\0' ? steps_fact(s, N_("La terminal no tenía ninguna red activa."))
	                     : steps_fact(s, N_("La terminal tenía red activa: %s."), names);
	if (r != OK)
		return r;
	moment_text(now, sizeof now, moment_now(), g->definition->zone);
	snprintf(question, sizeof question, _("Fedatario: la terminal dice %s. ¿Es la hora? [s/n]"), now);
	if ((r = prompt_yes(&yes, question)) != OK)
		return r;
	if (!yes)
		return fault(E_REFUSED, _("ponga en hora la terminal"), _("el Fedatario no confirma el reloj"));
	report_hours(now, sizeof now, moment_now(), g->definition->zone);
	return steps_quiet_fact(s, "El Fedatario comparó la hora de la terminal, %s, con la de su reloj.", now);
}

/* ---- attendance */

static enum status ask_name(char out[KEYGEN_NAME_MAX + 1], const char *question, const char *missing)
{
	enum status r = prompt_line(out, KEYGEN_NAME_MAX + 1, question);

	if (r != OK)
		return r;
	if (out[strspn(out, " \t")] == '\0')
		return fault(E_REFUSED, _("numeral 6: la sesión no empieza sin todos los presentes"), "%s", missing);
	return OK;
}

static enum status take_name(struct keygen *g, unsigned card, const char *name)
{
	free(g->keys->members[card - 1].name);
	if ((g->keys->members[card - 1].name = strdup(name)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	return OK;
}

static enum status ask_member(struct keygen *g, unsigned card)
{
	char name[KEYGEN_NAME_MAX + 1], question[128], missing[128];
	enum status r;

	snprintf(question, sizeof question, _("Integrante del Comité, tarjeta %u:"), card);
	snprintf(missing, sizeof missing, _("falta el integrante de la tarjeta %u"), card);
	if ((r = ask_name(name, question, missing)) != OK)
		return r;
	for (unsigned i = 0; i + 1 < card; i++)
		if (strcmp(g->keys->members[i].name, name) == 0)
			return fault(E_REFUSED, NULL, _("%s ya tiene la tarjeta %u"), name, i + 1);
	return take_name(g, card, name);
}

static enum status keep_names(struct steps *s, const struct keygen *g)
{
	json_t *members = json_array();

	for (unsigned i = 0; i < g->keys->cards; i++)
		json_array_append_new(members, json_string(g->keys->members[i].name));
	return steps_keep(s, json_pack("{s:s,s:s,s:s,s:s,s:o}", "place", g->place, "hsm_admin", g->hsm_admin, "coordinator",
	                               g->coordinator, "notary", g->notary, "members", members));
}

enum status keygen_attendance(struct steps *s, void *ctx)
{
	struct keygen *g = ctx;
	enum status r;

	if ((r = ask_name(g->place, _("Lugar:"), _("falta el lugar"))) != OK ||
	    (r = ask_name(g->hsm_admin, _("Administrador del HSM:"), _("falta el Administrador del HSM"))) != OK ||
	    (r = ask_name(g->coordinator, _("Coordinador:"), _("falta el Coordinador"))) != OK ||
	    (r = ask_name(g->notary, _("Fedatario:"), _("falta el Fedatario"))) != OK)
		return r;
	for (unsigned card = 1; card <= g->keys->cards; card++)
		if ((r = ask_member(g, card)) != OK)
			return r;
	steps_notary(s, g->notary);
	if ((r = keep_names(s, g)) != OK ||
	    (r = steps_quiet_fact(s, "El Coordinador, %s, tomó la asistencia en %s.", g->coordinator, g->place)) != OK)
		return r;
	return steps_demand(s, N_("¿Están presentes todos los nombrados?"),
	                    N_("no están todos los que el procedimiento pide"));
}

static bool take_text(char out[KEYGEN_NAME_MAX + 1], const json_t *kept, const char *field)
{
	const char *text = json_string_value(json_object_get(kept, field));

	return text != NULL && text[0] != '\0' && snprintf(out, KEYGEN_NAME_MAX + 1, "%s", text) <= KEYGEN_NAME_MAX;
}

enum status keygen_attendance_restore(struct steps *s, void *ctx, const json_t *kept, bool *again)
{
	struct keygen *g = ctx;
	const json_t *members = json_object_get(kept, "members");
	enum status r = OK;

	*again = !take_text(g->place, kept, "place") || !take_text(g->hsm_admin, kept, "hsm_admin") ||
	         !take_text(g->coordinator, kept, "coordinator") || !take_text(g->notary, kept, "notary") ||
	         json_array_size(members) != g->keys->cards;
	if (*again)
		return OK;
	report_info(_("Lugar: %s. Fedatario: %s. Coordinador: %s. Administrador del HSM: %s."), g->place, g->notary,
	            g->coordinator, g->hsm_admin);
	for (unsigned i = 0; i < g->keys->cards && r == OK; i++) {
		const char *name = json_string_value(json_array_get(members, i));

		*again = *again || name == NULL;
		r = take_name(g, i + 1, name != NULL ? name : "");
		report_info(_("Tarjeta %u: %s"), i + 1, name != NULL ? name : "");
	}
	steps_notary(s, g->notary);
	return r;
}

/* ---- receipts, sheets, covers */

static enum status paper(const struct keygen *g, const char *name,
                         enum status (*make)(const char *path, const struct report_cards *c))
{
	struct report_member members[SHARES_MAX];
	struct report_session who = {.when = moment_now()};
	struct report_cards c = {.definition = g->definition, .session = &who};
	char *path = file_path(g->documents, name, NULL);
	enum status r;

	if (path == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	keygen_people(g, &who, members);
	/* Of a session that was broken off: its names may have been others. */
	unlink(path);
	if ((r = make(path, &c)) == OK)
		report_info(_("imprima: %s"), path);
	free(path);
	return r;
}

enum status keygen_receipts(struct steps *s, void *ctx)
{
	struct keygen *g = ctx;
	enum status r;

	if ((r = paper(g, "acuses-tarjetas.pdf", report_card_receipts)) != OK ||
	    (r = paper(g, "hojas-contrasena.pdf", report_password_sheets)) != OK ||
	    (r = paper(g, "sobres-tarjetas.pdf", report_envelope_covers)) != OK)
		return r;
	return steps_demand(s, N_("¿Cada integrante recibió su tarjeta y su hoja opaca, y entregó firmado su acuse?"),
	                    N_("faltan acuses de recibo firmados (numeral 8)"));
}
