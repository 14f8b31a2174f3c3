/* See definition.h. The reading of the whole, its districts and parties; contests.c reads the
 * contests. */
#include "election/definition.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "election/parse.h"
#include <stdlib.h>
#include <string.h>

static void read_districts(struct parse *p, const json_t *root)
{
	const json_t *list = parse_array(p, root, "", "districts", 1, 256), *o;
	size_t i;
	char place[PARSE_PLACE];

	if (list == NULL || (p->d->districts = parse_room(p, json_array_size(list),
							  sizeof *p->d->districts)) == NULL)
		return;
	json_array_foreach((json_t *)(uintptr_t)list, i, o)
	{
		struct district *x = &p->d->districts[i];

		parse_at(place, "districts", NULL, i);
		x->id = x->name = "";
		if (!parse_fields(p, o, place, PARSE_FIELDS("id", "name")))
			continue;
		x->id = parse_id(p, o, place);
		x->name = parse_text(p, o, place, "name");
		if (strcmp(x->id, "rest") == 0)
			parse_bad(p, place,
				  _("ese nombre es el de la lista que reúne a las pequeñas"),
				  _("ninguna entidad puede llamarse «rest»"));
	}
	p->d->n_districts = (unsigned)json_array_size(list);
	parse_unique(p, "", "districts", p->d->districts, p->d->n_districts,
		     sizeof *p->d->districts);
}

static void read_emblem(struct parse *p, struct party *x, const json_t *emblem, const char *place)
{
	const char *hash = json_string_value(json_object_get(emblem, "sha256"));

	if (emblem == NULL)
		return;
	if (!parse_fields(p, emblem, place, PARSE_FIELDS("file", "sha256")))
		return;
	x->emblem_file = parse_text(p, emblem, place, "file");
	if (hash == NULL || !hex_decode_vartime(x->emblem_sha256, 32, hash, strlen(hash)))
		parse_bad(p, place, _("sha256sum EMBLEMA lo calcula"),
			  _("emblema sin SHA-256 en hexadecimal minúsculo"));
}

static void read_parties(struct parse *p, const json_t *root)
{
	const json_t *list = parse_array(p, root, "", "parties", 0, 256), *o;
	size_t i;
	char place[PARSE_PLACE];

	if (list == NULL ||
	    (p->d->parties = parse_room(p, json_array_size(list), sizeof *p->d->parties)) == NULL)
		return;
	json_array_foreach((json_t *)(uintptr_t)list, i, o)
	{
		struct party *x = &p->d->parties[i];

		parse_at(place, "parties", NULL, i);
		x->id = x->short_name = x->name = x->colour = "";
		if (!parse_fields(p, o, place,
				  PARSE_FIELDS("id", "short", "name", "colour", "emblem")))
			continue;
		x->id = parse_id(p, o, place);
		x->short_name = parse_text(p, o, place, "short");
		x->name = parse_text(p, o, place, "name");
		x->colour = parse_text(p, o, place, "colour");
		if (strlen(x->colour) != 7 || x->colour[0] != '#' ||
		    strspn(x->colour + 1, "0123456789abcdefABCDEF") != 6)
			parse_bad(p, place, _("p. ej. #1B5E20"), _("el color «%s» no es #RRGGBB"),
				  x->colour);
		read_emblem(p, x, json_object_get(o, "emblem"), place);
	}
	p->d->n_parties = (unsigned)json_array_size(list);
	parse_unique(p, "", "parties", p->d->parties, p->d->n_parties, sizeof *p->d->parties);
}

static const char *when(struct parse *p, moment *out, const json_t *root, const char *field)
{
	const char *s = parse_text(p, root, "", field);

	if (s[0] != '\0' && !moment_parse(out, s))
		parse_bad(p, field, _("p. ej. 2027-05-15T20:00:00-06:00"),
			  _("«%s» no es una fecha y hora RFC 3339 con su diferencia de zona"), s);
	return s;
}

static void read_root(struct parse *p, const json_t *root)
{
	struct definition *d = p->d;
	const char *after;
	const json_t *simulation = json_object_get(root, "simulation");

	if (!parse_fields(p, root, "",
			  PARSE_FIELDS("format", "id", "simulation", "title", "timezone", "opens",
				       "closes", "tally_not_before", "max_voters",
				       "national_territory", "session_minutes", "mixes", "min_list",
				       "after_tally", "site", "help_phone", "districts", "parties",
				       "contests")))
		return;
	if (strcmp(parse_text(p, root, "", "format"), "VEMRE-V1") != 0)
		parse_bad(p, "format", _("ponga \"format\": \"VEMRE-V1\""),
			  _("el formato no es VEMRE-V1"));
	d->id = parse_id(p, root, "");
	d->title = parse_text(p, root, "", "title");
	d->zone = parse_text(p, root, "", "timezone");
	d->opens_text = when(p, &d->opens, root, "opens");
	d->closes_text = when(p, &d->closes, root, "closes");
	d->tally_not_before_text = when(p, &d->tally_not_before, root, "tally_not_before");
	if (d->closes <= d->opens)
		parse_bad(p, "closes", _("revise «opens» y «closes», y sus diferencias de zona"),
			  _("el cierre no es posterior a la apertura"));
	d->max_voters = parse_integer(p, root, "", "max_voters", 1, 100000000);
	d->national_territory = parse_text(p, root, "", "national_territory");
	if (strlen(d->national_territory) != 2 ||
	    strspn(d->national_territory, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2)
		parse_bad(p, "national_territory", _("p. ej. MX"),
			  _("no es un código ISO 3166 de dos letras"));
	d->session_minutes = (unsigned)parse_integer(p, root, "", "session_minutes", 1, 1440);
	d->mixes = (unsigned)parse_integer(p, root, "", "mixes", 1, 99);
	d->min_list = (unsigned)parse_integer(p, root, "", "min_list", 2, 1000000);
	after = parse_text(p, root, "", "after_tally");
	d->erase_shares = strcmp(after, "erase") == 0;
	if (!d->erase_shares && strcmp(after, "keep") != 0)
		parse_bad(p, "after_tally",
			  _("erase (se borran las partes de las tarjetas), o keep"),
			  _("es erase o keep, no «%s»"), after);
	d->site = parse_text(p, root, "", "site");
	d->help_phone = parse_text(p, root, "", "help_phone");
	if (simulation != NULL && !json_is_boolean(simulation))
		parse_bad(p, "simulation", _("true en un simulacro, false en una elección"),
			  _("no es true ni false"));
	d->simulation = json_is_true(simulation);
	read_districts(p, root);
	read_parties(p, root);
	contests_read(p, root);
}

/* Faults said and counted; *out is what could be read, whatever the faults. NULL: no JSON, no
 * memory. */
static enum status read_what_can_be(struct definition **out, unsigned *faults, const char *name,
				    const void *data, size_t len)
{
	struct parse p = {.name = name};
	enum status r;

	*out = NULL;
	*faults = 0;
	if ((p.d = calloc(1, sizeof *p.d)) == NULL ||
	    (p.owned = calloc(1, sizeof *p.owned)) == NULL) {
		free(p.d);
		return fault(E_FAILED, NULL, _("%s: no hay memoria"), name);
	}
	p.d->owned = p.owned;
	if ((r = json_parse(&p.owned->json, name, data, len)) == OK) {
		read_root(&p, p.owned->json);
		if (p.out_of_memory)
			r = fault(E_FAILED, NULL, _("%s: no hay memoria"), name);
	}
	*faults = p.faults;
	if (r == OK)
		*out = p.d;
	else
		definition_free(p.d);
	return r;
}

enum status definition_read(struct definition **out, const char *name, const void *data, size_t len)
{
	unsigned faults;
	enum status r = read_what_can_be(out, &faults, name, data, len);

	if (r == OK && faults > 0) {
		definition_free(*out);
		*out = NULL;
		r = E_EVIDENCE;
	}
	return r;
}

enum status definition_check(const char *name, const void *data, size_t len)
{
	struct definition *d = NULL;
	unsigned faults;
	enum status r = read_what_can_be(&d, &faults, name, data, len);

	if (r == OK && (r = definition_advise(d)) == OK && faults > 0)
		r = E_EVIDENCE;
	definition_free(d);
	return r;
}

enum status definition_open(struct definition **out, const char *path)
{
	struct buffer b = BUFFER_INIT;
	enum status r;

	*out = NULL;
	if ((r = file_read(&b, path, DEFINITION_MAX_FILE)) == OK)
		r = definition_read(out, path, b.data, b.len);
	buffer_free(&b);
	return r;
}

void definition_free(struct definition *d)
{
	struct owned *o;

	if (d == NULL)
		return;
	o = d->owned;
	for (size_t i = 0; i < o->n; i++)
		free(o->blocks[i]);
	free(o->blocks);
	json_decref(o->json);
	free(o);
	free(d);
}

int definition_district(const struct definition *d, const char *district, size_t len)
{
	for (unsigned i = 0; i < d->n_districts; i++)
		if (strlen(d->districts[i].id) == len &&
		    memcmp(d->districts[i].id, district, len) == 0)
			return (int)i;
	return -1;
}

const struct contest *definition_contest(const struct definition *d, const char *contest)
{
	for (unsigned i = 0; i < d->n_contests; i++)
		if (strcmp(d->contests[i].id, contest) == 0)
			return &d->contests[i];
	return NULL;
}

void definition_form(struct ballot_form *out, const struct definition *d, unsigned district)
{
	out->n = 0;
	for (unsigned i = 0; i < d->n_contests; i++)
		if (d->contests[i].in_district[district]) {
			out->contests[out->n].name = d->contests[i].id;
			out->contests[out->n++].w = d->contests[i].w;
		}
}
