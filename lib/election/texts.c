/*
 * What no text of a definition may hold, whoever wrote it (for definition_advise): characters that
 * are not seen, or that turn the reading round, by which a screen or an act would show something
 * else than the file says; and texts too long for a ballot or an act.
 */
#include "base/i18n.h"
#include "base/report.h"
#include "election/parse.h"
#include <stdio.h>
#include <string.h>

enum { LONGEST = 200 /* characters */ };

/* The next code point of valid UTF-8 (jansson takes no other). */
static uint32_t next_point(const char **s)
{
	const unsigned char *u = (const unsigned char *)*s;
	int more = u[0] < 0x80 ? 0 : u[0] < 0xe0 ? 1 : u[0] < 0xf0 ? 2 : 3;
	uint32_t c = more == 0 ? u[0] : u[0] & (0x3fu >> more);

	for (int i = 1; i <= more; i++)
		c = c << 6 | (u[i] & 0x3fu);
	*s += 1 + more;
	return c;
}

/* Controls, breaks of lines, marks of direction, zero width, soft hyphen, tags. */
static bool unseen(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x61c ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xe0000 && c <= 0xe0fff);
}

static unsigned text_faults(const char *s, const char *place)
{
	uint32_t found = 0;
	size_t n = 0;
	unsigned faults = 0;

	if (s[0] == ' ' || (s[0] != '\0' && s[strlen(s) - 1] == ' ')) {
		fault(E_EVIDENCE, _("quite los espacios de los extremos"),
		      _("%s: empieza o termina con un espacio"), place);
		faults++;
	}
	for (; *s != '\0'; n++) {
		uint32_t c = next_point(&s);

		if (found == 0 && unseen(c))
			found = c + 1;
	}
	if (found != 0) {
		fault(E_EVIDENCE,
		      _("escriba ese texto otra vez, a mano; suele venir de copiarlo de otro "
			"documento"),
		      _("%s: contiene un carácter que no se ve (U+%04X)"), place,
		      (unsigned)(found - 1));
		faults++;
	}
	if (n > LONGEST) {
		fault(E_EVIDENCE, _("una boleta y un acta deben poder mostrarlo"),
		      _("%s: tiene %zu caracteres; a lo más, %d"), place, n, LONGEST);
		faults++;
	}
	return faults;
}

unsigned texts_faults(const json_t *v, const char *place)
{
	char sub[PARSE_PLACE];
	const char *key;
	json_t *x;
	unsigned n = 0;
	size_t i;

	if (json_is_string(v))
		return text_faults(json_string_value(v), place);
	if (json_is_array(v)) {
		json_array_foreach((json_t *)(uintptr_t)v, i, x)
		{
			parse_at(sub, place, NULL, i);
			n += texts_faults(x, sub);
		}
	} else if (json_is_object(v)) {
		json_object_foreach((json_t *)(uintptr_t)v, key, x)
		{
			parse_at(sub, place, key, 0);
			n += texts_faults(x, sub);
		}
	}
	return n;
}
