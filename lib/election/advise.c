/*
 * definition_advise (definition.h): what an opening asks beyond what a reader of the record must.
 * Of a definition with faults (definition_check) it looks at what could be read: what is missing or
 * empty has been said already.
 */
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "election/parse.h"
#include <string.h>

static bool same(const char *a, const char *b)
{
	return a[0] != '\0' && strcmp(a, b) == 0;
}

/* Contest i's districts as written: in the definition's order? */
static bool in_order(const struct definition *d, unsigned i)
{
	const json_t *root = ((const struct owned *)d->owned)->json;
	const json_t *list = json_object_get(json_array_get(json_object_get(root, "contests"), i),
					     "districts"),
		     *v;
	int last = -1;
	size_t j;

	if (d->contests[i].everywhere || d->contests[i].in_district == NULL)
		return true;
	json_array_foreach((json_t *)(uintptr_t)list, j, v)
	{
		if (!json_is_string(v))
			continue;
		int at = definition_district(d, json_string_value(v), json_string_length(v));

		if (at >= 0 && at <= last)
			return false;
		last = at >= 0 ? at : last;
	}
	return true;
}

static unsigned contest_faults(const struct definition *d, unsigned i)
{
	const struct contest *c = &d->contests[i];
	unsigned n = 0;

	if (!in_order(d, i)) {
		fault(E_EVIDENCE, _("póngalas en el orden de «districts» de la definición"),
		      _("contests[%u].districts: no siguen el orden de las entidades de la "
			"definición"),
		      i);
		n++;
	}
	for (unsigned a = 0; a < c->n_candidates; a++)
		for (unsigned b = 0; b < a; b++)
			if (same(c->candidates[a].name, c->candidates[b].name)) {
				fault(
				    E_EVIDENCE, _("si son dos personas, distíngalas en el nombre"),
				    _("contests[%u].candidates[%u]: el nombre «%s» está repetido"),
				    i, a, c->candidates[a].name);
				n++;
			}
	return n;
}

/* By a candidate: some option; by a party: one option at most. */
static unsigned option_faults(const struct definition *d, unsigned i)
{
	const struct contest *c = &d->contests[i];
	unsigned n = 0;

	for (unsigned k = 0; k < c->n_candidates; k++) {
		bool named = false;

		for (unsigned o = 0; o < c->n_options; o++)
			named = named || c->options[o].candidate == k;
		if (!named && c->n_options > 0) {
			fault(E_EVIDENCE,
			      _("quítela, o ponga su «id» en el «candidate» de una opción"),
			      _("contests[%u].candidates[%u]: ninguna opción postula a «%s»"), i, k,
			      c->candidates[k].name);
			n++;
		}
	}
	for (unsigned p = 0; p < d->n_parties; p++) {
		unsigned options = 0;

		for (unsigned o = 0; o < c->n_options; o++)
			for (unsigned k = 0; k < c->options[o].n_parties; k++)
				options += c->options[o].parties[k] == &d->parties[p];
		if (options > 1) {
			fault(E_EVIDENCE, _("un partido está en un solo recuadro de cada boleta"),
			      _("contests[%u].options: «%s» está en %u opciones"), i,
			      d->parties[p].id, options);
			n++;
		}
	}
	return n;
}

/* Lawful, and mostly a slip: "-05:00" where the zone has "-06:00" that day. */
static void offset_advice(const char *field, const char *written, moment when, const char *zone)
{
	char there[40];

	if (when == 0 || !moment_zone_known(zone))
		return;
	moment_rfc3339(there, sizeof there, when, zone);
	if (strlen(written) < 6 ||
	    strcmp(written + strlen(written) - 6, there + strlen(there) - 6) != 0)
		report_warning(_("¿es esa la hora que se quiere? Revise la diferencia de zona"),
			       _("%s: %s es, en %s, %s"), field, written, zone, there);
}

static unsigned site_faults(const struct definition *d)
{
	unsigned n = 0;

	if (d->site[0] != '\0' && (strncmp(d->site, "https://", 8) != 0 || d->site[8] == '\0' ||
				   strpbrk(d->site, " \t\"'<>\\^`{|}") != NULL)) {
		fault(E_EVIDENCE,
		      _("la dirección entera que las personas escribirán, p. ej. "
			"https://voto.example"),
		      _("site: «%s» no es una dirección que empiece por https://"), d->site);
		n++;
	}
	if (d->help_phone[0] != '\0' &&
	    strcspn(d->help_phone, "0123456789") == strlen(d->help_phone)) {
		fault(E_EVIDENCE, _("p. ej. +52 55 0000 0000"),
		      _("help_phone: «%s» no es un teléfono"), d->help_phone);
		n++;
	}
	return n;
}

enum status definition_advise(const struct definition *d)
{
	bool readable = d->n_contests > 0;
	unsigned n = 0;

	if (d->zone == NULL) /* not even an object */
		return OK;
	if (d->zone[0] != '\0' && !moment_zone_known(d->zone)) {
		fault(E_EVIDENCE, _("p. ej. America/Mexico_City; ¿está instalado tzdata?"),
		      _("timezone: no se conoce la zona «%s»"), d->zone);
		n++;
	}
	if (d->tally_not_before != 0 && d->tally_not_before < d->closes) {
		fault(E_EVIDENCE, _("es la hora del cómputo (numeral 29), no antes de «closes»"),
		      _("tally_not_before: el cómputo no puede empezar antes del cierre"));
		n++;
	}
	n += site_faults(d);
	n += texts_faults(((const struct owned *)d->owned)->json, "");
	offset_advice("opens", d->opens_text, d->opens, d->zone);
	offset_advice("closes", d->closes_text, d->closes, d->zone);
	for (unsigned i = 0; i < d->n_parties; i++)
		for (unsigned j = 0; j < i; j++)
			if (same(d->parties[i].name, d->parties[j].name) ||
			    same(d->parties[i].short_name, d->parties[j].short_name)) {
				fault(E_EVIDENCE,
				      _("«name» y «short» son de un solo partido cada uno"),
				      _("parties[%u]: el nombre «%s» está repetido"), i,
				      d->parties[i].name);
				n++;
			}
	for (unsigned i = 0; i < d->n_contests; i++)
		readable = readable && d->contests[i].in_district != NULL;
	for (unsigned k = 0; readable && k < d->n_districts; k++) {
		struct ballot_form form;

		definition_form(&form, d, k);
		if (form.n == 0) {
			fault(E_EVIDENCE,
			      _("quite la Entidad, o agréguela a los «districts» de un cargo"),
			      _("districts[%u]: en «%s» no hay nada que votar"), k,
			      d->districts[k].name);
			n++;
		}
	}
	for (unsigned i = 0; i < d->n_contests; i++)
		n += contest_faults(d, i) + option_faults(d, i);
	return n == 0 ? OK : E_EVIDENCE;
}
