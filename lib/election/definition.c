/* See definition.h. Reading collects faults: each is said with its place, and reading goes on where
 * it can. */
#include "election/definition.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* What a definition's texts and arrays live in. */
struct owned {
	json_t *json;
	void **blocks;
	size_t n;
};

struct parse {
	struct definition *d;
	struct owned *owned;
	const char *name; /* of the file */
	unsigned faults;
	bool out_of_memory;
};

/* hint: what to do about it. */
__attribute__((format(printf, 4, 5))) static void bad(struct parse *p, const char *place,
						      const char *hint, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	fault(E_EVIDENCE, hint, "%s: %s: %s", p->name, place, text);
	p->faults++;
}

/* Zeroed room that lives as long as the definition; never NULL for count 0. */
static void *room(struct parse *p, size_t count, size_t size)
{
	void **more = realloc(p->owned->blocks, (p->owned->n + 1) * sizeof *more), *block = NULL;

	if (more != NULL) {
		p->owned->blocks = more;
		if ((block = calloc(count > 0 ? count : 1, size)) != NULL)
			more[p->owned->n++] = block;
	}
	if (block == NULL)
		p->out_of_memory = true;
	return block;
}

static bool id_ok(const char *id)
{
	size_t n = strlen(id);

	return n >= 1 && n <= DEFINITION_ID_MAX &&
	       strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

/* "%s.%s" or "%s[%zu]" into place. */
static void at(char place[128], const char *parent, const char *field, size_t i)
{
	if (field != NULL)
		snprintf(place, 128, "%.80s%s%.40s", parent, parent[0] != '\0' ? "." : "", field);
	else
		snprintf(place, 128, "%.100s[%zu]", parent, i);
}

static const char *text(struct parse *p, const json_t *o, const char *parent, const char *field)
{
	const char *s = json_string_value(json_object_get(o, field));
	char place[128];

	if (s != NULL && s[0] != '\0')
		return s;
	at(place, parent, field, 0);
	bad(p, place, _("escriba el texto entre comillas"), _("falta, o no es un texto"));
	return "";
}

static const char *id(struct parse *p, const json_t *o, const char *parent)
{
	const char *s = text(p, o, parent, "id");
	char place[128];

	if (s[0] != '\0' && !id_ok(s)) {
		at(place, parent, "id", 0);
		bad(p, place,
		    _("p. ej. presidencia, senadurias-2; el nombre para las personas va en su "
		      "propio campo"),
		    _("«%s»: de 1 a 40 letras minúsculas sin acento, cifras y guiones"), s);
	}
	return s;
}

static uint64_t integer(struct parse *p, const json_t *o, const char *parent, const char *field,
			json_int_t min, json_int_t max)
{
	const json_t *v = json_object_get(o, field);
	char place[128];

	if (json_is_integer(v) && json_integer_value(v) >= min && json_integer_value(v) <= max)
		return (uint64_t)json_integer_value(v);
	at(place, parent, field, 0);
	bad(p, place, _("un número sin comillas ni decimales"),
	    _("no es un entero entre %lld y %lld"), (long long)min, (long long)max);
	return (uint64_t)min;
}

static const json_t *array(struct parse *p, const json_t *o, const char *parent, const char *field,
			   size_t min, size_t max)
{
	const json_t *v = json_object_get(o, field);
	char place[128];

	if (json_is_array(v) && json_array_size(v) >= min && json_array_size(v) <= max)
		return v;
	at(place, parent, field, 0);
	bad(p, place, _("una lista va entre corchetes"),
	    _("no es una lista de %zu a %zu elementos"), min, max);
	return NULL;
}

/* Only these fields ('?': may be absent); whether each has its kind is asked elsewhere. */
static bool fields(struct parse *p, const json_t *o, const char *place, const char *const *known)
{
	const char *key;
	json_t *value;

	if (!json_is_object(o)) {
		bad(p, place, _("un objeto va entre llaves"), _("no es un objeto"));
		return false;
	}
	json_object_foreach((json_t *)(uintptr_t)o, key, value)
	{
		const char *const *k;

		for (k = known; *k != NULL && strcmp(*k, key) != 0; k++)
			;
		if (*k == NULL)
			bad(p, place, _("quítelo, o corrija su nombre: ningún programa lo leería"),
			    _("campo desconocido «%s»"), key);
	}
	return true;
}
#define FIELDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* No id twice among n structs of `size` bytes that begin with their id. */
static void unique(struct parse *p, const char *parent, const char *field, const void *items,
		   size_t n, size_t size)
{
	char place[128];

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++) {
			const char *a = *(const char *const *)((const char *)items + i * size);
			const char *b = *(const char *const *)((const char *)items + j * size);

			if (a[0] != '\0' && strcmp(a, b) == 0) {
				at(place, parent, field, 0);
				bad(p, place,
				    _("cada identificador nombra una sola cosa; cambie uno de los "
				      "dos"),
				    _("«%s» está dos veces"), a);
			}
		}
}

static void read_districts(struct parse *p, const json_t *root)
{
	const json_t *list = array(p, root, "", "districts", 1, 256), *o;
	size_t i;
	char place[128];

	if (list == NULL ||
	    (p->d->districts = room(p, json_array_size(list), sizeof *p->d->districts)) == NULL)
		return;
	json_array_foreach((json_t *)(uintptr_t)list, i, o)
	{
		struct district *x = &p->d->districts[i];

		at(place, "districts", NULL, i);
		x->id = x->name = "";
		if (!fields(p, o, place, FIELDS("id", "name")))
			continue;
		x->id = id(p, o, place);
		x->name = text(p, o, place, "name");
		if (strcmp(x->id, "rest") == 0)
			bad(p, place, _("ese nombre es el de la lista que reúne a las pequeñas"),
			    _("ninguna entidad puede llamarse «rest»"));
	}
	p->d->n_districts = (unsigned)json_array_size(list);
	unique(p, "", "districts", p->d->districts, p->d->n_districts, sizeof *p->d->districts);
}

static void read_emblem(struct parse *p, struct party *x, const json_t *emblem, const char *place)
{
	const char *hash = json_string_value(json_object_get(emblem, "sha256"));

	if (emblem == NULL)
		return;
	if (!fields(p, emblem, place, FIELDS("file", "sha256")))
		return;
	x->emblem_file = text(p, emblem, place, "file");
	if (hash == NULL || !hex_decode_vartime(x->emblem_sha256, 32, hash, strlen(hash)))
		bad(p, place, _("sha256sum EMBLEMA lo calcula"),
		    _("emblema sin SHA-256 en hexadecimal minúsculo"));
}

static void read_parties(struct parse *p, const json_t *root)
{
	const json_t *list = array(p, root, "", "parties", 0, 256), *o;
	size_t i;
	char place[128];

	if (list == NULL ||
	    (p->d->parties = room(p, json_array_size(list), sizeof *p->d->parties)) == NULL)
		return;
	json_array_foreach((json_t *)(uintptr_t)list, i, o)
	{
		struct party *x = &p->d->parties[i];

		at(place, "parties", NULL, i);
		x->id = x->short_name = x->name = x->colour = "";
		if (!fields(p, o, place, FIELDS("id", "short", "name", "colour", "emblem")))
			continue;
		x->id = id(p, o, place);
		x->short_name = text(p, o, place, "short");
		x->name = text(p, o, place, "name");
		x->colour = text(p, o, place, "colour");
		if (strlen(x->colour) != 7 || x->colour[0] != '#' ||
		    strspn(x->colour + 1, "0123456789abcdefABCDEF") != 6)
			bad(p, place, _("p. ej. #1B5E20"), _("el color «%s» no es #RRGGBB"),
			    x->colour);
		read_emblem(p, x, json_object_get(o, "emblem"), place);
	}
	p->d->n_parties = (unsigned)json_array_size(list);
	unique(p, "", "parties", p->d->parties, p->d->n_parties, sizeof *p->d->parties);
}

static void read_candidates(struct parse *p, struct contest *c, const json_t *o, const char *parent)
{
	const json_t *list = array(p, o, parent, "candidates", 1, DEFINITION_OPTIONS_MAX), *x;
	size_t i;
	char place[128], sub[128];

	if (list == NULL ||
	    (c->candidates = room(p, json_array_size(list), sizeof *c->candidates)) == NULL)
		return;
	at(sub, parent, "candidates", 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, x)
	{
		at(place, sub, NULL, i);
		c->candidates[i].id = c->candidates[i].name = "";
		if (!fields(p, x, place, FIELDS("id", "name")))
			continue;
		c->candidates[i].id = id(p, x, place);
		c->candidates[i].name = text(p, x, place, "name");
	}
	c->n_candidates = (unsigned)json_array_size(list);
	unique(p, parent, "candidates", c->candidates, c->n_candidates, sizeof *c->candidates);
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
	const json_t *list = array(p, o, place, "parties", 0, 64), *v;
	size_t i;

	if (list == NULL ||
	    (x->parties = room(p, json_array_size(list), sizeof *x->parties)) == NULL)
		return;
	json_array_foreach((json_t *)(uintptr_t)list, i, v)
	{
		const struct party *party = party_of(p->d, json_string_value(v));

		if (party == NULL) {
			bad(p, place, _("los partidos se declaran en «parties», por su «id»"),
			    _("partido desconocido «%s»"),
			    json_is_string(v) ? json_string_value(v) : "?");
			return;
		}
		for (unsigned j = 0; j < x->n_parties; j++)
			if (x->parties[j] == party)
				bad(p, place, _("nombre cada partido una vez"),
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
			bad(p, place, _("quite «shares», o ponga \"kind\": \"common\""),
			    _("«shares» es sólo de una candidatura común"));
		return;
	}
	if (!json_is_array(shares) || json_array_size(shares) != x->n_parties ||
	    (x->shares = room(p, x->n_parties, sizeof *x->shares)) == NULL) {
		bad(p, place, _("tantos porcentajes como partidos, en el mismo orden"),
		    _("«shares» no tiene un porcentaje por partido"));
		return;
	}
	json_array_foreach((json_t *)(uintptr_t)shares, i, v)
	{
		if (!json_is_integer(v) || json_integer_value(v) < 0 ||
		    json_integer_value(v) > 100) {
			bad(p, place,
			    _("los decimales del convenio no se admiten: redondéelos como el "
			      "convenio diga"),
			    _("un porcentaje no es un entero de 0 a 100"));
			return;
		}
		x->shares[i] = (unsigned)json_integer_value(v);
		sum += x->shares[i];
	}
	if (sum != 100)
		bad(p, place, _("corrija los porcentajes del convenio"),
		    _("los porcentajes suman %u, no 100"), sum);
}

static void read_option(struct parse *p, struct contest *c, struct option *x, const json_t *o,
			const char *place)
{
	const char *kind, *candidate;

	x->id = "";
	if (!fields(p, o, place, FIELDS("id", "kind", "parties", "shares", "candidate")))
		return;
	x->id = id(p, o, place);
	kind = text(p, o, place, "kind");
	read_option_parties(p, x, o, place);
	if (strcmp(kind, "party") == 0) {
		x->kind = OPTION_PARTY;
		if (x->n_parties != 1)
			bad(p, place,
			    _("con varios partidos es una candidatura común (\"kind\": \"common\") "
			      "o una coalición"),
			    _("una opción de partido nombra un partido, no %u"), x->n_parties);
	} else if (strcmp(kind, "common") == 0) {
		x->kind = OPTION_COMMON;
		if (x->n_parties < 2)
			bad(p, place, _("con uno solo es \"kind\": \"party\""),
			    _("una candidatura común nombra dos partidos o más"));
	} else if (strcmp(kind, "independent") == 0) {
		x->kind = OPTION_INDEPENDENT;
		if (x->n_parties != 0)
			bad(p, place, _("deje \"parties\": []"),
			    _("una candidatura independiente no nombra partidos"));
	} else {
		bad(p, place, _("party, common o independent"),
		    _("«%s» no es party, common ni independent"), kind);
	}
	read_shares(p, x, o, place);
	candidate = text(p, o, place, "candidate");
	for (x->candidate = 0; x->candidate < c->n_candidates; x->candidate++)
		if (strcmp(c->candidates[x->candidate].id, candidate) == 0)
			return;
	x->candidate = 0;
	bad(p, place,
	    _("las candidaturas se declaran en «candidates» del mismo cargo, por su «id»"),
	    _("candidatura desconocida «%s»"), candidate);
}

static void read_options(struct parse *p, struct contest *c, const json_t *o, const char *parent)
{
	const json_t *list = array(p, o, parent, "options", 1, DEFINITION_OPTIONS_MAX), *x;
	size_t i;
	char place[128], sub[128];

	if (list == NULL ||
	    (c->options = room(p, json_array_size(list), sizeof *c->options)) == NULL)
		return;
	at(sub, parent, "options", 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, x)
	{
		at(place, sub, NULL, i);
		read_option(p, c, &c->options[i], x, place);
	}
	c->n_options = (unsigned)json_array_size(list);
	unique(p, parent, "options", c->options, c->n_options, sizeof *c->options);
}

static void read_coalition(struct parse *p, struct contest *c, struct coalition *x, const json_t *o,
			   const char *place)
{
	const json_t *list, *v;
	int first = -1;
	size_t i;

	x->id = x->name = "";
	if (!fields(p, o, place, FIELDS("id", "name", "options")))
		return;
	x->id = id(p, o, place);
	x->name = text(p, o, place, "name");
	if ((list = array(p, o, place, "options", 2, DEFINITION_OPTIONS_MAX)) == NULL)
		return;
	json_array_foreach((json_t *)(uintptr_t)list, i, v)
	{
		const char *name = json_is_string(v) ? json_string_value(v) : "";
		unsigned k;

		for (k = 0; k < c->n_options && strcmp(c->options[k].id, name) != 0; k++)
			;
		if (k == c->n_options) {
			bad(p, place,
			    _("las opciones se declaran en «options» del mismo cargo, por su «id»"),
			    _("opción desconocida «%s»"), name);
			continue;
		}
		for (const struct coalition *other = c->coalitions; other <= x; other++)
			if (other->options >> k & 1)
				bad(p, place,
				    _("cada opción está a lo más en una coalición de su cargo"),
				    _("la opción «%s» está en dos coaliciones o dos veces en una"),
				    name);
		x->options |= (uint64_t)1 << k;
		if (first < 0)
			first = (int)k;
		else if (c->options[k].candidate != c->options[first].candidate)
			bad(p, place,
			    _("las opciones de una coalición llevan el mismo «candidate»"),
			    _("las opciones «%s» y «%s» no postulan la misma candidatura"),
			    c->options[first].id, name);
	}
}

static void read_coalitions(struct parse *p, struct contest *c, const json_t *o, const char *parent)
{
	const json_t *list = array(p, o, parent, "coalitions", 0, DEFINITION_OPTIONS_MAX), *x;
	size_t i;
	char place[128], sub[128];

	if (list == NULL ||
	    (c->coalitions = room(p, json_array_size(list), sizeof *c->coalitions)) == NULL)
		return;
	at(sub, parent, "coalitions", 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, x)
	{
		at(place, sub, NULL, i);
		read_coalition(p, c, &c->coalitions[i], x, place);
	}
	c->n_coalitions = (unsigned)json_array_size(list);
	unique(p, parent, "coalitions", c->coalitions, c->n_coalitions, sizeof *c->coalitions);
}

static void read_contest_districts(struct parse *p, struct contest *c, const json_t *o,
				   const char *place)
{
	const json_t *list = array(p, o, place, "districts", 1, 256), *v;
	size_t i;

	if (list == NULL ||
	    (c->in_district = room(p, p->d->n_districts, sizeof *c->in_district)) == NULL)
		return;
	if (json_array_size(list) == 1 && json_is_string(json_array_get(list, 0)) &&
	    strcmp(json_string_value(json_array_get(list, 0)), "*") == 0) {
		c->everywhere = true;
		for (unsigned d = 0; d < p->d->n_districts; d++)
			c->in_district[d] = true;
		return;
	}
	json_array_foreach((json_t *)(uintptr_t)list, i, v)
	{
		int d = json_is_string(v)
			    ? definition_district(p->d, json_string_value(v), json_string_length(v))
			    : -1;

		if (d < 0)
			bad(p, place,
			    _("las entidades se declaran en «districts» de la definición, por su "
			      "«id»"),
			    _("entidad desconocida «%s»"),
			    json_is_string(v) ? json_string_value(v) : "?");
		else if (c->in_district[d])
			bad(p, place, _("nómbrela una vez"), _("la entidad «%s» está dos veces"),
			    json_string_value(v));
		else
			c->in_district[d] = true;
	}
}

static void read_contest(struct parse *p, struct contest *c, const json_t *o, const char *place)
{
	const char *level, *by;

	c->id = c->office = "";
	if (!fields(p, o, place,
		    FIELDS("id", "office", "level", "districts", "count_by", "write_in_bytes",
			   "candidates", "coalitions", "options")))
		return;
	c->id = id(p, o, place);
	c->office = text(p, o, place, "office");
	level = text(p, o, place, "level");
	c->federal = strcmp(level, "federal") == 0;
	if (!c->federal && strcmp(level, "local") != 0)
		bad(p, place, _("federal, o local"), _("«level» es federal o local, no «%s»"),
		    level);
	by = text(p, o, place, "count_by");
	c->by_district = strcmp(by, "district") == 0;
	if (!c->by_district && strcmp(by, "contest") != 0)
		bad(p, place, _("contest (en conjunto), o district (por Entidad)"),
		    _("«count_by» es contest o district, no «%s»"), by);
	/* A width over 4 has no committee key: 64 bytes of text at most. */
	c->write_in_bytes = (unsigned)integer(p, o, place, "write_in_bytes", 0, 64);
	c->w = envelope_width(c->write_in_bytes);
	read_contest_districts(p, c, o, place);
	read_candidates(p, c, o, place);
	read_options(p, c, o, place);
	read_coalitions(p, c, o, place);
}

static void read_contests(struct parse *p, const json_t *root)
{
	const json_t *list = array(p, root, "", "contests", 1, BALLOT_CONTESTS_MAX), *o;
	size_t i;
	char place[128];

	if (list == NULL ||
	    (p->d->contests = room(p, json_array_size(list), sizeof *p->d->contests)) == NULL)
		return;
	json_array_foreach((json_t *)(uintptr_t)list, i, o)
	{
		at(place, "contests", NULL, i);
		read_contest(p, &p->d->contests[i], o, place);
	}
	p->d->n_contests = (unsigned)json_array_size(list);
	unique(p, "", "contests", p->d->contests, p->d->n_contests, sizeof *p->d->contests);
}

static const char *when(struct parse *p, moment *out, const json_t *root, const char *field)
{
	const char *s = text(p, root, "", field);

	if (s[0] != '\0' && !moment_parse(out, s))
		bad(p, field, _("p. ej. 2027-05-15T20:00:00-06:00"),
		    _("«%s» no es una fecha y hora RFC 3339 con su diferencia de zona"), s);
	return s;
}

static void read_root(struct parse *p, const json_t *root)
{
	struct definition *d = p->d;
	const char *after;
	const json_t *simulation = json_object_get(root, "simulation");

	if (!fields(p, root, "",
		    FIELDS("format", "id", "simulation", "title", "timezone", "opens", "closes",
			   "tally_not_before", "max_voters", "national_territory",
			   "session_minutes", "mixes", "min_list", "after_tally", "site",
			   "help_phone", "districts", "parties", "contests")))
		return;
	if (strcmp(text(p, root, "", "format"), "VEMRE-V1") != 0)
		bad(p, "format", _("ponga \"format\": \"VEMRE-V1\""),
		    _("el formato no es VEMRE-V1"));
	d->id = id(p, root, "");
	d->title = text(p, root, "", "title");
	d->zone = text(p, root, "", "timezone");
	d->opens_text = when(p, &d->opens, root, "opens");
	d->closes_text = when(p, &d->closes, root, "closes");
	d->tally_not_before_text = when(p, &d->tally_not_before, root, "tally_not_before");
	if (d->closes <= d->opens)
		bad(p, "closes", _("revise «opens» y «closes», y sus diferencias de zona"),
		    _("el cierre no es posterior a la apertura"));
	d->max_voters = integer(p, root, "", "max_voters", 1, 100000000);
	d->national_territory = text(p, root, "", "national_territory");
	if (strlen(d->national_territory) != 2 ||
	    strspn(d->national_territory, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2)
		bad(p, "national_territory", _("p. ej. MX"),
		    _("no es un código ISO 3166 de dos letras"));
	d->session_minutes = (unsigned)integer(p, root, "", "session_minutes", 1, 1440);
	d->mixes = (unsigned)integer(p, root, "", "mixes", 1, 99);
	d->min_list = (unsigned)integer(p, root, "", "min_list", 2, 1000000);
	after = text(p, root, "", "after_tally");
	d->erase_shares = strcmp(after, "erase") == 0;
	if (!d->erase_shares && strcmp(after, "keep") != 0)
		bad(p, "after_tally", _("erase (se borran las partes de las tarjetas), o keep"),
		    _("es erase o keep, no «%s»"), after);
	d->site = text(p, root, "", "site");
	d->help_phone = text(p, root, "", "help_phone");
	if (simulation != NULL && !json_is_boolean(simulation))
		bad(p, "simulation", _("true en un simulacro, false en una elección"),
		    _("no es true ni false"));
	d->simulation = json_is_true(simulation);
	read_districts(p, root);
	read_parties(p, root);
	read_contests(p, root);
}

enum status definition_read(struct definition **out, const char *name, const void *data, size_t len)
{
	struct parse p = {.name = name};
	enum status r = E_FAILED;

	*out = NULL;
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
		else if (p.faults > 0)
			r = E_EVIDENCE;
	}
	if (r == OK)
		*out = p.d;
	else
		definition_free(p.d);
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
