/* See parse.h. */
#include "election/parse.h"
#include "base/i18n.h"
#include "base/report.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void parse_bad(struct parse *p, const char *place, const char *hint, const char *fmt, ...)
{
	char text[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	fault(E_EVIDENCE, hint, "%s: %s%s%s", p->name, place, place[0] != '\0' ? ": " : "", text);
	p->faults++;
}

/* Zeroed room that lives as long as the definition; never NULL for count 0. */
void *parse_room(struct parse *p, size_t count, size_t size)
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
void parse_at(char place[PARSE_PLACE], const char *parent, const char *field, size_t i)
{
	if (field != NULL)
		snprintf(place, 128, "%.80s%s%.40s", parent, parent[0] != '\0' ? "." : "", field);
	else
		snprintf(place, 128, "%.100s[%zu]", parent, i);
}

const char *parse_text(struct parse *p, const json_t *o, const char *parent, const char *field)
{
	const char *s = json_string_value(json_object_get(o, field));
	char place[PARSE_PLACE];

	if (s != NULL && s[0] != '\0')
		return s;
	parse_at(place, parent, field, 0);
	parse_bad(p, place, _("escriba el texto entre comillas"), _("falta, o no es un texto"));
	return "";
}

const char *parse_id(struct parse *p, const json_t *o, const char *parent)
{
	const char *s = parse_text(p, o, parent, "id");
	char place[PARSE_PLACE];

	if (s[0] != '\0' && !id_ok(s)) {
		parse_at(place, parent, "id", 0);
		parse_bad(
		    p, place,
		    _("p. ej. presidencia, senadurias-2; el nombre para las personas va en su "
		      "propio campo"),
		    _("«%s»: de 1 a 40 letras minúsculas sin acento, cifras y guiones"), s);
	}
	return s;
}

uint64_t parse_integer(struct parse *p, const json_t *o, const char *parent, const char *field,
		       json_int_t min, json_int_t max)
{
	const json_t *v = json_object_get(o, field);
	char place[PARSE_PLACE];

	if (json_is_integer(v) && json_integer_value(v) >= min && json_integer_value(v) <= max)
		return (uint64_t)json_integer_value(v);
	parse_at(place, parent, field, 0);
	parse_bad(p, place, _("un número sin comillas ni decimales"),
		  _("falta, o no es un entero entre %lld y %lld"), (long long)min, (long long)max);
	return (uint64_t)min;
}

const json_t *parse_array(struct parse *p, const json_t *o, const char *parent, const char *field,
			  size_t min, size_t max)
{
	const json_t *v = json_object_get(o, field);
	char place[PARSE_PLACE];

	if (json_is_array(v) && json_array_size(v) >= min && json_array_size(v) <= max)
		return v;
	parse_at(place, parent, field, 0);
	if (json_is_array(v))
		parse_bad(p, place, _("quite o agregue elementos"),
			  _("la lista tiene %zu elementos; debe tener de %zu a %zu"),
			  json_array_size(v), min, max);
	else
		parse_bad(p, place, _("una lista va entre corchetes"),
			  _("falta, o no es una lista de %zu a %zu elementos"), min, max);
	return NULL;
}

/* Only these fields ('?': may be absent); whether each has its kind is asked elsewhere. */
bool parse_fields(struct parse *p, const json_t *o, const char *place, const char *const *known)
{
	const char *key;
	json_t *value;

	if (!json_is_object(o)) {
		parse_bad(p, place, _("un objeto va entre llaves"), _("no es un objeto"));
		return false;
	}
	json_object_foreach((json_t *)(uintptr_t)o, key, value)
	{
		const char *const *k;

		for (k = known; *k != NULL && strcmp(*k, key) != 0; k++)
			;
		if (*k == NULL)
			parse_bad(p, place,
				  _("quítelo, o corrija su nombre: ningún programa lo leería"),
				  _("campo desconocido «%s»"), key);
	}
	return true;
}

/* No id twice among n structs of `size` bytes that begin with their id. */
void parse_unique(struct parse *p, const char *parent, const char *field, const void *items,
		  size_t n, size_t size)
{
	char place[PARSE_PLACE];

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++) {
			const char *a = *(const char *const *)((const char *)items + i * size);
			const char *b = *(const char *const *)((const char *)items + j * size);

			if (a[0] != '\0' && strcmp(a, b) == 0) {
				parse_at(place, parent, field, 0);
				parse_bad(
				    p, place,
				    _("cada identificador nombra una sola cosa; cambie uno de los "
				      "dos"),
				    _("«%s» está dos veces"), a);
			}
		}
}
