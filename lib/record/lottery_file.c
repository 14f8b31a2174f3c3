/* See lottery_file.h. Public. */
#include "record/lottery_file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "protocol/lottery.h"
#include <stdlib.h>
#include <string.h>

enum { SPOKEN_MAX = LOTTERY_SPOKEN_MAX, SPOKEN_DIGITS = LOTTERY_SPOKEN_DIGITS };

struct spoken {
	char text[SPOKEN_MAX][SPOKEN_DIGITS + 1];
	const char *list[SPOKEN_MAX];
	unsigned n;
};

static enum status read_fields(struct lottery *out, struct spoken *s, const json_t *root, const struct record *record,
                               const char *path)
{
	const json_t *spoken = json_object_get(root, "spoken"), *order = json_object_get(root, "order"), *v;
	uint8_t file_eid[32];
	int64_t n, m;
	enum status r;
	size_t i;

	if ((r = json_fields(root, path, "format", "eid", "commitment", "entropy", "spoken", "n", "m", "order", NULL)) !=
	        OK ||
	    (r = json_format_of(root, path)) != OK || (r = json_hex_of(file_eid, 32, root, path, "eid")) != OK ||
	    (r = json_hex_of(out->commitment, 32, root, path, "commitment")) != OK ||
	    (r = json_hex_of(out->entropy, 32, root, path, "entropy")) != OK ||
	    (r = json_int_of(&n, 1, SHARES_MAX, root, path, "n")) != OK ||
	    (r = json_int_of(&m, 1, n, root, path, "m")) != OK)
		return r;
	out->n = (unsigned)n;
	out->m = (unsigned)m;
	if (memcmp(file_eid, record->eid, 32) != 0)
		return fault(E_EVIDENCE, NULL, _("%s: el sorteo es de otra elección"), path);
	if (out->n != record->keys->cards || out->m != record->keys->threshold)
		return fault(E_EVIDENCE, NULL, _("%s: no es el sorteo de %u entre %u"), path, record->keys->threshold,
		             record->keys->cards);
	if (!json_is_array(spoken) || json_array_size(spoken) < 1 || json_array_size(spoken) > SPOKEN_MAX ||
	    !json_is_array(order) || json_array_size(order) != out->n)
		return fault(E_EVIDENCE, NULL, _("%s: faltan los números dichos o el orden"), path);
	json_array_foreach((json_t *)(uintptr_t)spoken, i, v) {
		const char *text = json_string_value(v);

		if (text == NULL || text[0] == '\0' || strlen(text) > SPOKEN_DIGITS ||
		    strspn(text, "0123456789") != strlen(text))
			return fault(E_EVIDENCE, NULL, _("%s: un número dicho no está en cifras"), path);
		strcpy(s->text[i], text);
		s->list[i] = s->text[i];
		s->n++;
	}
	json_array_foreach((json_t *)(uintptr_t)order, i, v)
		out->order[i] = json_is_integer(v) && json_integer_value(v) > 0 && json_integer_value(v) <= SHARES_MAX
		                    ? (unsigned)json_integer_value(v)
		                    : 0;
	return OK;
}

enum status lottery_read(struct lottery *out, const struct record *record, const char *path)
{
	struct spoken *s = calloc(1, sizeof *s);
	unsigned order[SHARES_MAX];
	uint8_t commitment[32];
	json_t *root = NULL;
	enum status r;

	memset(out, 0, sizeof *out);
	if (s == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	if ((r = json_read(&root, path, 1 << 20)) != OK || (r = read_fields(out, s, root, record, path)) != OK ||
	    (r = lottery_commitment(commitment, record->eid, out->entropy)) != OK ||
	    (r = lottery_order(order, out->n, record->eid, out->entropy, s->list, s->n)) != OK)
		goto done;
	if (memcmp(commitment, out->commitment, 32) != 0)
		r = fault(E_EVIDENCE, NULL, _("%s: la entropía no es la del compromiso"), path);
	else if (memcmp(order, out->order, out->n * sizeof *order) != 0)
		r = fault(E_EVIDENCE, NULL, _("%s: el orden no es el que dan la entropía y los números dichos"), path);
done:
	json_decref(root);
	free(s);
	return r;
}
