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

enum { SPOKEN_MAX = LOTTERY_SPOKEN_MAX, SPOKEN_DIGITS = LOTTERY_SPOKEN_DIGITS };

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
