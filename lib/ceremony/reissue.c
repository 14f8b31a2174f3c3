/* See reissue.h. */
#include "ceremony/reissue.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/reader.h"
#include "base/report.h"
#include "hsm/signer.h"
#include "protocol/hash.h"
#include "store/reissues.h"
#include "store/voting.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEX = 2 * POINT_BYTES, ACKNOWLEDGEMENT_MAX = 16 << 20, LINES_MAX = 10000 };

/* ---- the line */

void reissue_line_text(struct buffer *out, const struct reissue_line *l)
{
	buffer_hex(out, l->old.octets, POINT_BYTES);
	buffer_u8(out, ',');
	buffer_hex(out, l->fresh.octets, POINT_BYTES);
	buffer_u8(out, ',');
	buffer_hex(out, l->signature, l->signature_len);
	buffer_u8(out, '\n');
}

static bool read_point(struct point *out, const char *hex)
{
	uint8_t octets[POINT_BYTES];

	return hex_decode_vartime(octets, POINT_BYTES, hex, HEX) && point_read(out, octets);
}

enum status reissue_line_read(struct reissue_line *out, const char *name, const uint8_t *data, size_t len)
{
	const char *text = (const char *)data;
	size_t digits = len > 2 * HEX + 3 ? len - 2 * HEX - 3 : 0;

	out->signature_len = digits / 2;
	if (digits == 0 || digits % 2 != 0 || out->signature_len > SIGNATURE_MAX || text[HEX] != ',' ||
	    text[2 * HEX + 1] != ',' || text[len - 1] != '\n' || !read_point(&out->old, text) ||
	    !read_point(&out->fresh, text + HEX + 1) ||
	    !hex_decode_vartime(out->signature, out->signature_len, text + 2 * HEX + 2, digits))
		return fault(E_EVIDENCE, NULL, _("%s: no es la línea de una reposición"), name);
	return OK;
}

static bool line_signed(const struct reissue_line *l, const struct record *r)
{
	struct buffer b = BUFFER_INIT;
	bool good;

	signature_reissue_message(&b, r->eid, &l->old, &l->fresh);
	good = buffer_ok(&b) &&
	       signature_verify(&r->opening.registrar_key, b.data, b.len, l->signature, l->signature_len);
	buffer_free(&b);
	return good;
}

/* ---- on the server */

struct serving {
	struct record *record;
	struct connection *db;
	struct signer *signer;
	struct reissue_line line;
};

static enum status open_all(struct serving *v, struct settings *s, const char *election)
{
	const char *socket = settings_path(s, "signer.socket", "/run/vemre/signer/signer.sock");
	char *folder = file_path(election, "record", NULL), *opening = file_path(election, "record", "opening.json", NULL);
	struct voting_status status;
	enum status r = E_FAILED;

	if (socket == NULL || folder == NULL || opening == NULL)
		goto done;
	if (!file_exists(opening)) {
		r = fault(E_STATE, _("primero open-election"), _("falta %s"), opening);
		goto done;
	}
	if ((r = record_open(&v->record, folder)) != OK || (r = signer_connect(&v->signer, socket)) != OK ||
	    (r = connection_open(&v->db, s, CONNECTION_ADMIN, NULL, v->record->definition->id)) != OK ||
	    (r = voting_status(v->db, &status)) != OK)
		goto done;
	if (!status.opened || memcmp(status.eid, v->record->eid, 32) != 0)
		r = fault(E_STATE, _("primero open-election"),
		          _("la base de datos no es la de esta elección, o no se ha abierto"));
done:
	free(folder);
	free(opening);
	return r;
}

static enum status read_line(struct serving *v, const char *path)
{
	struct buffer b = BUFFER_INIT;
	enum status r = file_read(&b, path, 4096);

	if (r == OK && (r = reissue_line_read(&v->line, path, b.data, b.len)) == OK && !line_signed(&v->line, v->record))
		r = fault(E_EVIDENCE, _("la hace enroll-voters reissue con la clave que está en opening.json"),
		          _("%s: la firma no es de la oficina de registro de esta elección"), path);
	buffer_free(&b);
	return r;
}

static enum status take_line(void *ctx, const char *line)
{
	return json_array_append_new(ctx, json_string(line)) == 0 ? OK : fault(E_FAILED, NULL, _("no hay memoria"));
}

static enum status acknowledge(struct serving *v, long long journal, const char *path)
{
	struct buffer text = BUFFER_INIT;
	uint8_t last[32], der[SIGNATURE_MAX];
	json_t *lines = json_array(), *json = NULL;
	uint64_t number = 0;
	size_t len;
	enum status r;

	if ((r = reissues_lines(v->db, journal, &number, last, take_line, lines)) != OK ||
	    (r = signer_journal(v->signer, der, &len, v->record->eid, number, last)) != OK)
		goto done;
	json = json_pack("{s:s, s:o, s:o, s:o, s:O, s:I, s:o}", "format", "VEMRE-V1", "eid", json_hex(v->record->eid, 32),
	                 "old", json_hex(v->line.old.octets, POINT_BYTES), "new",
	                 json_hex(v->line.fresh.octets, POINT_BYTES), "lines", lines, "number", (json_int_t)number,
	                 "signature", json_hex(der, len));
	r = json == NULL ? fault(E_FAILED, NULL, _("no hay memoria")) : json_write(&text, json);
	if (r == OK)
		r = file_replace(path, text.data, text.len, 0644);
done:
	json_decref(json);
	json_decref(lines);
	buffer_free(&text);
	return r;
}

static void say_hash(const char *path)
{
	uint8_t sha256[32];
	char hex[65];

	if (file_sha256(sha256, path) == OK) {
		hex_encode(hex, sha256, 32);
		report_info(_("%s, SHA-256 %s"), path, hex);
	}
}

enum status reissue_serve(struct settings *s, const char *election, const char *line, const char *out)
{
	struct serving v = {0};
	long long journal = 0;
	bool again = false;
	enum status r;

	if ((r = open_all(&v, s, election)) != OK || (r = read_line(&v, line)) != OK)
		goto done;
	say_hash(line);
	if ((r = reissues_give(v.db, &v.line.old, &v.line.fresh, v.line.signature, v.line.signature_len, &journal,
	                       &again)) != OK ||
	    (r = acknowledge(&v, journal, out)) != OK)
		goto done;
	report_step(again ? _("la credencial ya estaba repuesta; el acuse se hizo otra vez")
	                  : _("credencial repuesta; la anterior ya no sirve"));
	say_hash(out);
done:
	connection_close(v.db);
	signer_free(v.signer);
	record_free(v.record);
	return r;
}

/* ---- on the enrolment machine */

/* The first line tells of this reissue, each has the hash of the one before, the signature is over the last. */
static enum status check_lines(const json_t *lines, const struct reissue_line *l, const char *path, uint8_t last[32])
{
	char expected[2 * HEX + 2], hex[65];
	const char *previous;
	size_t i;
	json_t *v, *line = NULL;
	enum status r = OK;

	hex_encode(expected, l->old.octets, POINT_BYTES);
	expected[HEX] = ' ';
	hex_encode(expected + HEX + 1, l->fresh.octets, POINT_BYTES);
	json_array_foreach((json_t *)(uintptr_t)lines, i, v) {
		const char *text = json_string_value(v);
		const char *detail, *event;

		if (text == NULL)
			return fault(E_EVIDENCE, NULL, _("%s: no es el acuse de una reposición"), path);
		if ((r = json_parse(&line, path, text, strlen(text))) != OK)
			return r;
		event = json_string_value(json_object_get(line, "event"));
		detail = json_string_value(json_object_get(json_object_get(line, "detail"), "text"));
		previous = json_string_value(json_object_get(line, "previous"));
		if (i == 0 && (event == NULL || strcmp(event, "reissued") != 0 || detail == NULL || strcmp(detail, expected) != 0))
			r = fault(E_EVIDENCE, NULL, _("%s: la bitácora del servidor no dice que se repuso esta credencial"), path);
		else if (i > 0 && (previous == NULL || strcmp(previous, hex) != 0))
			r = fault(E_EVIDENCE, NULL, _("%s: la cadena de la bitácora está rota"), path);
		json_decref(line);
		if (r != OK || (r = hash_sha256(last, text, strlen(text))) != OK)
			return r;
		hex_encode(hex, last, 32);
	}
	return OK;
}

static bool head_signed(const struct record *r, uint64_t number, const uint8_t last[32], const uint8_t *der, size_t len)
{
	struct buffer b = BUFFER_INIT;
	bool good = false;

	signature_journal_message(&b, r->eid, number, last);
	for (unsigned i = 0; buffer_ok(&b) && i < r->opening.n_system_keys && !good; i++)
		good = signature_verify(&r->opening.system_keys[i], b.data, b.len, der, len);
	buffer_free(&b);
	return good;
}

static enum status point_of(struct point *out, const json_t *json, const char *path, const char *field)
{
	uint8_t octets[POINT_BYTES];
	enum status r = json_hex_of(octets, POINT_BYTES, json, path, field);

	if (r == OK && !point_read(out, octets))
		r = fault(E_EVIDENCE, NULL, _("%s: «%s» no es un punto de la curva"), path, field);
	return r;
}

enum status reissue_acknowledged(struct reissue_line *out, const struct record *r, const char *path)
{
	uint8_t eid[32], last[32], der[SIGNATURE_MAX];
	const json_t *lines;
	const char *signature;
	json_t *json = NULL;
	int64_t number;
	size_t len;
	enum status s;

	if ((s = json_read(&json, path, ACKNOWLEDGEMENT_MAX)) != OK ||
	    (s = json_fields(json, path, "format", "eid", "old", "new", "lines", "number", "signature", NULL)) != OK ||
	    (s = json_format_of(json, path)) != OK || (s = json_hex_of(eid, 32, json, path, "eid")) != OK ||
	    (s = point_of(&out->old, json, path, "old")) != OK || (s = point_of(&out->fresh, json, path, "new")) != OK ||
	    (s = json_int_of(&number, 1, INT64_MAX, json, path, "number")) != OK ||
	    (s = json_string_of(&signature, json, path, "signature")) != OK)
		goto done;
	lines = json_object_get(json, "lines");
	len = strlen(signature) / 2;
	if (memcmp(eid, r->eid, 32) != 0)
		s = fault(E_EVIDENCE, NULL, _("%s: es de otra elección"), path);
	else if (json_array_size(lines) == 0 || json_array_size(lines) > LINES_MAX || len > SIGNATURE_MAX ||
	         !hex_decode_vartime(der, len, signature, strlen(signature)))
		s = fault(E_EVIDENCE, NULL, _("%s: no es el acuse de una reposición"), path);
	else if ((s = check_lines(lines, out, path, last)) == OK && !head_signed(r, (uint64_t)number, last, der, len))
		s = fault(E_EVIDENCE, NULL, _("%s: la firma no es de ninguna llave del sistema de opening.json"), path);
done:
	json_decref(json);
	return s;
}
