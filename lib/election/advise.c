/* definition_advise (definition.h): what an opening asks beyond what a reader of the record must.
 */
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "election/definition.h"
#include <string.h>

struct owned_json {
	json_t *json;
};

/* Contest i's districts as written: in the definition's order? */
static bool in_order(const struct definition *d, unsigned i)
{
	const json_t *root = ((const struct owned_json *)d->owned)->json;
	const json_t *list = json_object_get(json_array_get(json_object_get(root, "contests"), i),
					     "districts"),
		     *v;
	int last = -1;
	size_t j;

	if (d->contests[i].everywhere)
		return true;
	json_array_foreach((json_t *)(uintptr_t)list, j, v)
	{
		int at = definition_district(d, json_string_value(v), json_string_length(v));

		if (at <= last)
			return false;
		last = at;
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
			if (strcmp(c->candidates[a].name, c->candidates[b].name) == 0) {
				fault(
				    E_EVIDENCE, _("si son dos personas, distíngalas en el nombre"),
				    _("contests[%u].candidates[%u]: el nombre «%s» está repetido"),
				    i, a, c->candidates[a].name);
				n++;
			}
	return n;
}

enum status definition_advise(const struct definition *d)
{
	unsigned n = 0;

	if (!moment_zone_known(d->zone)) {
		fault(E_EVIDENCE, _("p. ej. America/Mexico_City; ¿está instalado tzdata?"),
		      _("timezone: no se conoce la zona «%s»"), d->zone);
		n++;
	}
	if (d->tally_not_before < d->closes) {
		fault(E_EVIDENCE, _("es la hora del cómputo (numeral 29), no antes de «closes»"),
		      _("tally_not_before: el cómputo no puede empezar antes del cierre"));
		n++;
	}
	if (strncmp(d->site, "https://", 8) != 0) {
		fault(E_EVIDENCE, _("la dirección entera que las personas escribirán"),
		      _("site: la dirección «%s» no empieza por https://"), d->site);
		n++;
	}
	for (unsigned i = 0; i < d->n_parties; i++)
		for (unsigned j = 0; j < i; j++)
			if (strcmp(d->parties[i].name, d->parties[j].name) == 0 ||
			    strcmp(d->parties[i].short_name, d->parties[j].short_name) == 0) {
				fault(E_EVIDENCE,
				      _("«name» y «short» son de un solo partido cada uno"),
				      _("parties[%u]: el nombre «%s» está repetido"), i,
				      d->parties[i].name);
				n++;
			}
	for (unsigned k = 0; k < d->n_districts; k++) {
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
		n += contest_faults(d, i);
	return n == 0 ? OK : E_EVIDENCE;
}
