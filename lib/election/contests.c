/* The contests of a definition (parse.h): candidates, options, coalitions, districts. */
#include "base/i18n.h"
#include "election/parse.h"
#include <string.h>

static void read_candidates(struct parse *p, struct contest *c, const json_t *o, const char *parent)
{
	const json_t *list = parse_array(p, o, parent, "candidates", 1, DEFINITION_OPTIONS_MAX), *x;
	size_t i;
	char place[PARSE_PLACE], sub[PARSE_PLACE];

	if (list == NULL ||
	    (c->candidates = parse_room(p, json_array_size(list), sizeof *c->candidates)) == NULL)
		return;
	parse_at(sub, parent, "candidates", 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, x)
	{
		parse_at(place, sub, NULL, i);
		c->candidates[i].id = c->candidates[i].name = "";
		if (!parse_fields(p, x, place, PARSE_FIELDS("id", "name")))
			continue;
		c->candidates[i].id = parse_id(p, x, place);
		c->candidates[i].name = parse_text(p, x, place, "name");
	}
	c->n_candidates = (unsigned)json_array_size(list);
	parse_unique(p, parent, "candidates", c->candidates, c->n_candidates,
		     sizeof *c->candidates);
}

static const struct party *party_of(const struct definition *d, const char *party)
{
	for (unsigned i = 0; party != NULL && i < d->n_parties; i++)
		if (strcmp(d->parties[i].id, party) == 0)
			return &d->parties[i];
	return NULL;
}

static void read_option_parties(struct parse *p, struct option *x, const json_t *o,
				const char *place)
{
	const json_t *list = parse_array(p, o, place, "parties", 0, 64), *v;
	size_t i;

	if (list == NULL ||
	    (x->parties = parse_room(p, json_array_size(list), sizeof *x->parties)) == NULL)
		return;
	json_array_foreach((json_t *)(uintptr_t)list, i, v)
	{
		const struct party *party = party_of(p->d, json_string_value(v));

		if (party == NULL) {
			parse_bad(p, place, _("los partidos se declaran en «parties», por su «id»"),
				  _("partido desconocido «%s»"),
				  json_is_string(v) ? json_string_value(v) : "?");
			return;
		}
		for (unsigned j = 0; j < x->n_parties; j++)
			if (x->parties[j] == party)
				parse_bad(p, place, _("nombre cada partido una vez"),
					  _("el partido «%s» está dos veces"), party->id);
		x->parties[x->n_parties++] = party;
	}
}

static void read_shares(struct parse *p, struct option *x, const json_t *o, const char *place)
{
	const json_t *shares = json_object_get(o, "shares"), *v;
	unsigned sum = 0;
	size_t i;

	if (x->kind != OPTION_COMMON) {
		if (shares != NULL)
			parse_bad(p, place, _("quite «shares», o ponga \"kind\": \"common\""),
				  _("«shares» es sólo de una candidatura común"));
		return;
	}
	if (!json_is_array(shares) || json_array_size(shares) != x->n_parties ||
	    (x->shares = parse_room(p, x->n_parties, sizeof *x->shares)) == NULL) {
		parse_bad(p, place, _("tantos porcentajes como partidos, en el mismo orden"),
			  _("«shares» no tiene un porcentaje por partido"));
		return;
	}
	json_array_foreach((json_t *)(uintptr_t)shares, i, v)
	{
		if (!json_is_integer(v) || json_integer_value(v) < 0 ||
		    json_integer_value(v) > 100) {
			parse_bad(p, place,
				  _("los decimales del convenio no se admiten: redondéelos como el "
				    "convenio diga"),
				  _("un porcentaje no es un entero de 0 a 100"));
			return;
		}
		x->shares[i] = (unsigned)json_integer_value(v);
		sum += x->shares[i];
	}
	if (sum != 100)
		parse_bad(p, place, _("corrija los porcentajes del convenio"),
			  _("los porcentajes suman %u, no 100"), sum);
}

static void read_option(struct parse *p, struct contest *c, struct option *x, const json_t *o,
			const char *place)
{
	const char *kind, *candidate;

	x->id = "";
	if (!parse_fields(p, o, place,
			  PARSE_FIELDS("id", "kind", "parties", "shares", "candidate")))
		return;
	x->id = parse_id(p, o, place);
	kind = parse_text(p, o, place, "kind");
	read_option_parties(p, x, o, place);
	if (strcmp(kind, "party") == 0) {
		x->kind = OPTION_PARTY;
		if (x->n_parties != 1)
			parse_bad(
			    p, place,
			    _("con varios partidos es una candidatura común (\"kind\": \"common\") "
			      "o una coalición"),
			    _("una opción de partido nombra un partido, no %u"), x->n_parties);
	} else if (strcmp(kind, "common") == 0) {
		x->kind = OPTION_COMMON;
		if (x->n_parties < 2)
			parse_bad(p, place, _("con uno solo es \"kind\": \"party\""),
				  _("una candidatura común nombra dos partidos o más"));
	} else if (strcmp(kind, "independent") == 0) {
		x->kind = OPTION_INDEPENDENT;
		if (x->n_parties != 0)
			parse_bad(p, place, _("deje \"parties\": []"),
				  _("una candidatura independiente no nombra partidos"));
	} else {
		parse_bad(p, place, _("party, common o independent"),
			  _("«%s» no es party, common ni independent"), kind);
	}
	read_shares(p, x, o, place);
	candidate = parse_text(p, o, place, "candidate");
	for (x->candidate = 0; x->candidate < c->n_candidates; x->candidate++)
		if (strcmp(c->candidates[x->candidate].id, candidate) == 0)
			return;
	x->candidate = 0;
	parse_bad(p, place,
		  _("las candidaturas se declaran en «candidates» del mismo cargo, por su «id»"),
		  _("candidatura desconocida «%s»"), candidate);
}

static void read_options(struct parse *p, struct contest *c, const json_t *o, const char *parent)
{
	const json_t *list = parse_array(p, o, parent, "options", 1, DEFINITION_OPTIONS_MAX), *x;
	size_t i;
	char place[PARSE_PLACE], sub[PARSE_PLACE];

	if (list == NULL ||
	    (c->options = parse_room(p, json_array_size(list), sizeof *c->options)) == NULL)
		return;
	parse_at(sub, parent, "options", 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, x)
	{
		parse_at(place, sub, NULL, i);
		read_option(p, c, &c->options[i], x, place);
	}
	c->n_options = (unsigned)json_array_size(list);
	parse_unique(p, parent, "options", c->options, c->n_options, sizeof *c->options);
}

static void read_coalition(struct parse *p, struct contest *c, struct coalition *x, const json_t *o,
			   const char *place)
{
	const json_t *list, *v;
	int first = -1;
	size_t i;

	x->id = x->name = "";
	if (!parse_fields(p, o, place, PARSE_FIELDS("id", "name", "options")))
		return;
	x->id = parse_id(p, o, place);
	x->name = parse_text(p, o, place, "name");
	if ((list = parse_array(p, o, place, "options", 2, DEFINITION_OPTIONS_MAX)) == NULL)
		return;
	json_array_foreach((json_t *)(uintptr_t)list, i, v)
	{
		const char *name = json_is_string(v) ? json_string_value(v) : "";
		unsigned k;

		for (k = 0; k < c->n_options && strcmp(c->options[k].id, name) != 0; k++)
			;
		if (k == c->n_options) {
			parse_bad(
			    p, place,
			    _("las opciones se declaran en «options» del mismo cargo, por su «id»"),
			    _("opción desconocida «%s»"), name);
			continue;
		}
		for (const struct coalition *other = c->coalitions; other <= x; other++)
			if (other->options >> k & 1)
				parse_bad(
				    p, place,
				    _("cada opción está a lo más en una coalición de su cargo"),
				    _("la opción «%s» está en dos coaliciones o dos veces en una"),
				    name);
		x->options |= (uint64_t)1 << k;
		if (first < 0)
			first = (int)k;
		else if (c->options[k].candidate != c->options[first].candidate)
			parse_bad(p, place,
				  _("las opciones de una coalición llevan el mismo «candidate»"),
				  _("las opciones «%s» y «%s» no postulan la misma candidatura"),
				  c->options[first].id, name);
	}
}

static void read_coalitions(struct parse *p, struct contest *c, const json_t *o, const char *parent)
{
	const json_t *list = parse_array(p, o, parent, "coalitions", 0, DEFINITION_OPTIONS_MAX), *x;
	size_t i;
	char place[PARSE_PLACE], sub[PARSE_PLACE];

	if (list == NULL ||
	    (c->coalitions = parse_room(p, json_array_size(list), sizeof *c->coalitions)) == NULL)
		return;
	parse_at(sub, parent, "coalitions", 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, x)
	{
		parse_at(place, sub, NULL, i);
		read_coalition(p, c, &c->coalitions[i], x, place);
	}
	c->n_coalitions = (unsigned)json_array_size(list);
	parse_unique(p, parent, "coalitions", c->coalitions, c->n_coalitions,
		     sizeof *c->coalitions);
}

static void read_contest_districts(struct parse *p, struct contest *c, const json_t *o,
				   const char *parent)
{
	const json_t *list = parse_array(p, o, parent, "districts", 1, 256), *v;
	char place[PARSE_PLACE];
	size_t i;

	if (list == NULL ||
	    (c->in_district = parse_room(p, p->d->n_districts, sizeof *c->in_district)) == NULL)
		return;
	if (json_array_size(list) == 1 && json_is_string(json_array_get(list, 0)) &&
	    strcmp(json_string_value(json_array_get(list, 0)), "*") == 0) {
		c->everywhere = true;
		for (unsigned d = 0; d < p->d->n_districts; d++)
			c->in_district[d] = true;
		return;
	}
	parse_at(place, parent, "districts", 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, v)
	{
		int d = json_is_string(v)
			    ? definition_district(p->d, json_string_value(v), json_string_length(v))
			    : -1;

		if (d < 0)
			parse_bad(
			    p, place,
			    _("las entidades se declaran en «districts» de la definición, por su "
			      "«id»"),
			    _("entidad desconocida «%s»"),
			    json_is_string(v) ? json_string_value(v) : "?");
		else if (c->in_district[d])
			parse_bad(p, place, _("nómbrela una vez"),
				  _("la entidad «%s» está dos veces"), json_string_value(v));
		else
			c->in_district[d] = true;
	}
}

static void read_contest(struct parse *p, struct contest *c, const json_t *o, const char *place)
{
	const char *level, *by;

	c->id = c->office = "";
	if (!parse_fields(p, o, place,
			  PARSE_FIELDS("id", "office", "level", "districts", "count_by",
				       "write_in_bytes", "candidates", "coalitions", "options")))
		return;
	c->id = parse_id(p, o, place);
	c->office = parse_text(p, o, place, "office");
	level = parse_text(p, o, place, "level");
	c->federal = strcmp(level, "federal") == 0;
	if (!c->federal && strcmp(level, "local") != 0)
		parse_bad(p, place, _("federal, o local"), _("«level» es federal o local, no «%s»"),
			  level);
	by = parse_text(p, o, place, "count_by");
	c->by_district = strcmp(by, "district") == 0;
	if (!c->by_district && strcmp(by, "contest") != 0)
		parse_bad(p, place, _("contest (en conjunto), o district (por Entidad)"),
			  _("«count_by» es contest o district, no «%s»"), by);
	/* A width over 4 has no committee key: 64 bytes of text at most. */
	c->write_in_bytes = (unsigned)parse_integer(p, o, place, "write_in_bytes", 0, 64);
	c->w = envelope_width(c->write_in_bytes);
	read_contest_districts(p, c, o, place);
	read_candidates(p, c, o, place);
	read_options(p, c, o, place);
	read_coalitions(p, c, o, place);
}

void contests_read(struct parse *p, const json_t *root)
{
	const json_t *list = parse_array(p, root, "", "contests", 1, BALLOT_CONTESTS_MAX), *o;
	size_t i;
	char place[PARSE_PLACE];

	if (list == NULL ||
	    (p->d->contests = parse_room(p, json_array_size(list), sizeof *p->d->contests)) == NULL)
		return;
	json_array_foreach((json_t *)(uintptr_t)list, i, o)
	{
		parse_at(place, "contests", NULL, i);
		read_contest(p, &p->d->contests[i], o, place);
	}
	p->d->n_contests = (unsigned)json_array_size(list);
	parse_unique(p, "", "contests", p->d->contests, p->d->n_contests, sizeof *p->d->contests);
}
