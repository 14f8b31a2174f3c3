/* See lottery.h. The entropy is secret until it is shown. */
#include "ceremony/lottery.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/prompt.h"
#include "base/report.h"
#include "hsm/vault.h"
#include "protocol/lottery.h"
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <string.h>

enum { SPOKEN_MAX = 64, SPOKEN_DIGITS = 40 };

struct spoken {
	char text[SPOKEN_MAX][SPOKEN_DIGITS + 1];
	const char *list[SPOKEN_MAX];
	unsigned n;
};

static enum status take_entropy(uint8_t out[32], struct settings *settings)
{
	uint8_t own[32];
	enum status s;

	if ((s = vault_random_closed(out, 32, settings)) != OK)
		return s;
	if (RAND_priv_bytes(own, sizeof own) != 1)
		return fault(E_FAILED, NULL, _("el generador de números aleatorios del sistema no responde"));
	for (int i = 0; i < 32; i++)
		out[i] ^= own[i];
	OPENSSL_cleanse(own, sizeof own);
	return OK;
}

static enum status ask_numbers(struct spoken *s)
{
	char line[SPOKEN_DIGITS + 2];
	enum status r;

	s->n = 0;
	for (;;) {
		if ((r = prompt_line(line, sizeof line, _("Número dicho en voz alta (Enter para terminar):"))) != OK)
			return r;
		if (line[0] == '\0' && s->n > 0)
			return OK;
		if (line[0] == '\0' || strspn(line, "0123456789") != strlen(line) || s->n == SPOKEN_MAX) {
			report_warning(NULL, _("se espera un número en cifras; hace falta al menos uno"));
			continue;
		}
		strcpy(s->text[s->n], line);
		s->list[s->n] = s->text[s->n];
		s->n++;
	}
}

static enum status write_transcript(const struct lottery *l, const struct spoken *s, const uint8_t eid[32],
                                    const char *path)
{
	json_t *spoken = json_array(), *order = json_array(), *root;
	struct buffer b = BUFFER_INIT;
	enum status r;

	for (unsigned i = 0; i < s->n; i++)
		json_array_append_new(spoken, json_string(s->list[i]));
	for (unsigned i = 0; i < l->n; i++)
		json_array_append_new(order, json_integer(l->order[i]));
	root = json_pack("{s:s, s:o, s:o, s:o, s:o, s:i, s:i, s:o}", "format", "VEMRE-V1", "eid", json_hex(eid, 32),
	                 "commitment", json_hex(l->commitment, 32), "entropy", json_hex(l->entropy, 32), "spoken", spoken,
	                 "n", (int)l->n, "m", (int)l->m, "order", order);
	if (root == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	if ((r = json_write(&b, root)) == OK)
		r = file_create(path, b.data, b.len, 0644);
	json_decref(root);
	buffer_free(&b);
	return r;
}

enum status lottery_draw(struct lottery *out, struct settings *settings, struct journal *journal,
                         const uint8_t eid[32], unsigned n, unsigned m, const char *path)
{
	struct spoken *s = calloc(1, sizeof *s);
	char hex[65];
	enum status r;

	if (s == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	out->n = n;
	out->m = m;
	if ((r = take_entropy(out->entropy, settings)) != OK ||
	    (r = lottery_commitment(out->commitment, eid, out->entropy)) != OK)
		goto done;
	hex_encode(hex, out->commitment, 32);
	if ((r = journal_write(journal, "lottery-commitment", NULL, json_pack("{s:s}", "commitment", hex))) != OK)
		goto done;
	report_info(_("Compromiso del equipo, que los presentes anotan: %s"), hex);
	if ((r = ask_numbers(s)) != OK || (r = lottery_order(out->order, n, eid, out->entropy, s->list, s->n)) != OK ||
	    (r = write_transcript(out, s, eid, path)) != OK)
		goto done;
	hex_encode(hex, out->entropy, 32);
	report_info(_("Entropía que el compromiso guardaba: %s"), hex);
done:
	if (r != OK)
		OPENSSL_cleanse(out, sizeof *out);
	free(s);
	return r;
}

static enum status read_fields(struct lottery *out, struct spoken *s, const json_t *root, const uint8_t eid[32],
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
	if (memcmp(file_eid, eid, 32) != 0)
		return fault(E_EVIDENCE, NULL, _("%s: el sorteo es de otra elección"), path);
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

enum status lottery_read(struct lottery *out, const uint8_t eid[32], const char *path)
{
	struct spoken *s = calloc(1, sizeof *s);
	unsigned order[SHARES_MAX];
	uint8_t commitment[32];
	json_t *root = NULL;
	enum status r;

	memset(out, 0, sizeof *out);
	if (s == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	if ((r = json_read(&root, path, 1 << 20)) != OK || (r = read_fields(out, s, root, eid, path)) != OK ||
	    (r = lottery_commitment(commitment, eid, out->entropy)) != OK ||
	    (r = lottery_order(order, out->n, eid, out->entropy, s->list, s->n)) != OK)
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
