/*
 * enrol_reissue and enrol_acknowledged (enrol.h): a voter who lost the mail after the opening is given a spare of the same
 * entidad (PROTOCOL 4). Which spare is whose stands in enrolment/reissues.json; names and addresses stay in the spool.
 */
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "ceremony/enrol_parts.h"
#include "ceremony/reissue.h"
#include "ceremony/safe.h"
#include "protocol/hash.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct work {
	struct enrolment *e;
	struct record *record;
	struct secret *key, *registrar;
	struct point registrar_key;
	struct spool *spool;
	json_t *ledger, *rows; /* rows: borrowed */
};

static enum status no_memory(void)
{
	return fault(E_FAILED, NULL, _("no hay memoria"));
}

/* ---- the ledger */

static enum status read_ledger(struct work *w)
{
	enum status r;

	if (!file_exists(w->e->reissues)) {
		w->ledger = json_pack("{s:s, s:[]}", "format", "VEMRE-V1", "reissues");
	} else if ((r = json_read(&w->ledger, w->e->reissues, JSON_MAX_FILE)) != OK ||
	           (r = json_fields(w->ledger, w->e->reissues, "format", "reissues", NULL)) != OK ||
	           (r = json_format_of(w->ledger, w->e->reissues)) != OK) {
		return r;
	}
	w->rows = json_object_get(w->ledger, "reissues");
	return json_is_array(w->rows) ? OK : fault(E_EVIDENCE, NULL, _("%s: no tiene la forma debida"), w->e->reissues);
}

static enum status write_ledger(const struct work *w)
{
	struct buffer b = BUFFER_INIT;
	enum status r = json_write(&b, w->ledger);

	if (r == OK)
		r = file_replace(w->e->reissues, b.data, b.len, 0600);
	buffer_free(&b);
	return r;
}

static const char *text_of(const json_t *row, const char *field)
{
	const char *text = json_string_value(json_object_get(row, field));

	return text != NULL ? text : "";
}

static json_t *row_of(const struct work *w, const char *field, const char *value)
{
	size_t i;
	json_t *row, *found = NULL;

	json_array_foreach(w->rows, i, row)
		if (strcmp(text_of(row, field), value) == 0)
			found = row; /* the last: a chain grows at its end */
	return found;
}

static bool acknowledged(const json_t *row)
{
	return json_is_true(json_object_get(row, "acknowledged"));
}

/* ---- the spool */

static enum status find_voter(struct spool_person *p, const struct work *w, const char *voter, uint32_t *index)
{
	enum status r;

	for (uint32_t i = 0; i < spool_entries(w->spool); i++) {
		if (spool_kind(w->spool, i) != 'v')
			continue;
		if ((r = spool_person(p, w->spool, i)) != OK)
			return r;
		*index = i;
		if (strcmp(p->voter, voter) == 0)
			return OK;
	}
	return fault(E_STATE, _("el identificador es el de la primera columna de la lista nominal"),
	             _("%s no está en la lista nominal cargada"), voter);
}

/* A spare of that district that nobody has; or, with `credential`, the one of that credential. */
static enum status find_spare(struct spool_person *p, const struct work *w, const char *district, const char *credential,
                              uint32_t *index)
{
	char hex[2 * POINT_BYTES + 1];
	enum status r;

	for (uint32_t i = 0; i < spool_entries(w->spool); i++) {
		if (spool_kind(w->spool, i) != 's')
			continue;
		if ((r = spool_person(p, w->spool, i)) != OK)
			return r;
		hex_encode(hex, p->credential.octets, POINT_BYTES);
		*index = i;
		if (credential != NULL ? strcmp(hex, credential) == 0
		                       : strcmp(p->district, district) == 0 && row_of(w, "new", hex) == NULL)
			return OK;
	}
	return credential != NULL ? fault(E_EVIDENCE, NULL, _("la credencial nueva no es ninguna reserva de este depósito"))
	                          : fault(E_REFUSED, _("más reservas: ajuste enrolment.spare_percent, en otra elección"),
	                                  _("ya no quedan credenciales de reserva de la Entidad %s"), district);
}

/* The voter's new address, where there is one. */
static enum status correct(struct work *w, uint32_t index, struct spool_person *p, struct settings *s, const char *email)
{
	const struct enrol_correction c = {.email = email};
	enum status r;

	if (email == NULL)
		return OK;
	if ((r = enrol_correct_person(p, &c, w->spool, index, s)) == OK)
		r = enrol_correct_spool(w->e, &w->spool, w->key, index, p);
	return r;
}

/* ---- both halves */

static enum status open_all(struct work *w, struct enrolment *e, const struct secret *passphrase)
{
	char *opening = file_path(e->record, "opening.json", NULL);
	uint8_t sha256[32];
	enum status r = E_FAILED;

	w->e = e;
	if (opening == NULL)
		return r;
	if (!file_exists(opening))
		r = fault(E_STATE, _("antes de la apertura: enroll-voters --renew; después, traiga opening.json y election.json "
		                     "del servidor"),
		          _("falta %s"), opening);
	else if ((r = record_open(&w->record, e->record)) == OK &&
	         (r = safe_open(&w->key, &w->registrar, &w->registrar_key, e->safe, passphrase)) == OK &&
	         (r = spool_open(&w->spool, e->spool, w->key)) == OK && (r = file_sha256(sha256, e->credentials)) == OK)
		r = memcmp(sha256, spool_credentials_sha256(w->spool), 32) == 0
		            ? read_ledger(w)
		            : fault(E_EVIDENCE, NULL, _("%s y %s no son de la misma carga"), e->credentials, e->spool);
	free(opening);
	if (r == OK && memcmp(w->record->opening.registrar_key.octets, w->registrar_key.octets, POINT_BYTES) != 0)
		r = fault(E_EVIDENCE, NULL, _("la clave de este depósito no es la de opening.json"));
	return r;
}

static void close_all(struct work *w)
{
	json_decref(w->ledger);
	spool_close(w->spool);
	secret_free(w->registrar);
	secret_free(w->key);
	record_free(w->record);
}

static enum status sign(struct reissue_line *l, const struct work *w)
{
	struct buffer b = BUFFER_INIT;
	enum status r = E_FAILED;

	signature_reissue_message(&b, w->record->eid, &l->old, &l->fresh);
	if (buffer_ok(&b))
		r = safe_sign(l->signature, &l->signature_len, w->registrar, &w->registrar_key, b.data, b.len);
	buffer_free(&b);
	return r;
}

static json_t *row_new(const char *voter, const struct reissue_line *l)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:b}", "voter", voter, "old", json_hex(l->old.octets, POINT_BYTES), "new",
	                 json_hex(l->fresh.octets, POINT_BYTES), "signature", json_hex(l->signature, l->signature_len),
	                 "acknowledged", 0);
}

/* Written again from the ledger: a medium may be lost. */
static enum status write_line(const struct work *w, const json_t *row)
{
	struct buffer b = BUFFER_INIT;
	uint8_t sha256[32];
	char name[40], hex[65], *path;
	enum status r;

	buffer_printf(&b, "%s,%s,%s\n", text_of(row, "old"), text_of(row, "new"), text_of(row, "signature"));
	if (!buffer_ok(&b) || (r = hash_sha256(sha256, b.data, b.len)) != OK) {
		buffer_free(&b);
		return E_FAILED;
	}
	hex_encode(hex, sha256, 32);
	snprintf(name, sizeof name, "reissue-%.8s.csv", hex);
	if ((path = file_path(w->e->folder, name, NULL)) == NULL)
		r = E_FAILED;
	else if ((r = file_replace(path, b.data, b.len, 0600)) == OK)
		report_info(_("llévelo al servidor (open-election --reissue): %s, SHA-256 %s"), path, hex);
	free(path);
	buffer_free(&b);
	return r;
}

enum status enrol_reissue(struct enrolment *e, const struct secret *passphrase, struct settings *s, const char *voter,
                          const char *email)
{
	struct work w = {0};
	struct spool_person p, spare;
	struct reissue_line line;
	uint32_t index;
	json_t *row;
	enum status r;

	report_step(_("Reposición de una contraseña"));
	if ((r = open_all(&w, e, passphrase)) != OK)
		goto done;
	if (moment_now() >= w.record->definition->closes) {
		r = fault(E_STATE, NULL, _("la votación cerró el %s"), w.record->definition->closes_text);
		goto done;
	}
	if ((r = find_voter(&p, &w, voter, &index)) != OK || (r = correct(&w, index, &p, s, email)) != OK)
		goto done;
	row = row_of(&w, "voter", voter);
	if (row == NULL || acknowledged(row)) {
		if (row == NULL) {
			line.old = p.credential;
		} else if ((r = find_spare(&spare, &w, NULL, text_of(row, "new"), &index)) == OK) {
			line.old = spare.credential;
		}
		if (r != OK || (r = find_spare(&spare, &w, p.district, NULL, &index)) != OK)
			goto done;
		line.fresh = spare.credential;
		if ((r = sign(&line, &w)) != OK)
			goto done;
		if ((row = row_new(voter, &line)) == NULL || json_array_append_new(w.rows, row) != 0) {
			r = no_memory();
			goto done;
		}
		if ((r = write_ledger(&w)) != OK ||
		    (r = journal_write(e->journal, "reissue-signed", NULL,
		                       json_pack("{s:o, s:o}", "old", json_hex(line.old.octets, POINT_BYTES), "new",
		                                 json_hex(line.fresh.octets, POINT_BYTES)))) != OK)
			goto done;
	} else {
		report_info(_("ya se había firmado y el servidor no ha acusado: es la misma línea"));
	}
	r = write_line(&w, row);
done:
	close_all(&w);
	return r;
}

enum status enrol_acknowledged(struct enrolment *e, const struct secret *passphrase, struct settings *s,
                               const char *acknowledgement, const char *email)
{
	char old[2 * POINT_BYTES + 1], fresh[2 * POINT_BYTES + 1];
	struct work w = {0};
	struct spool_person p, spare;
	struct reissue_line line;
	uint32_t index, own;
	json_t *row;
	enum status r;

	report_step(_("Acuse del servidor; envío de la contraseña de reserva"));
	if ((r = open_all(&w, e, passphrase)) != OK ||
	    (r = reissue_acknowledged(&line, w.record, acknowledgement)) != OK)
		goto done;
	hex_encode(old, line.old.octets, POINT_BYTES);
	hex_encode(fresh, line.fresh.octets, POINT_BYTES);
	if ((row = row_of(&w, "new", fresh)) == NULL || strcmp(text_of(row, "old"), old) != 0) {
		r = fault(E_EVIDENCE, NULL, _("%s: no es de ninguna reposición firmada aquí"), acknowledgement);
		goto done;
	}
	if ((r = find_voter(&p, &w, text_of(row, "voter"), &own)) != OK || (r = correct(&w, own, &p, s, email)) != OK ||
	    (r = find_spare(&spare, &w, NULL, fresh, &index)) != OK)
		goto done;
	if (!acknowledged(row)) {
		json_object_set_new(row, "acknowledged", json_true());
		if ((r = write_ledger(&w)) != OK ||
		    (r = journal_write(e->journal, "reissue-acknowledged", NULL,
		                       json_pack("{s:s, s:s}", "old", old, "new", fresh))) != OK)
			goto done;
	}
	if ((r = enrol_mail_spare(e, s, w.record->definition, w.spool, index, &p)) == OK)
		report_info(_("correo con la contraseña de reserva, enviado a %s"), p.email);
done:
	close_all(&w);
	return r;
}
