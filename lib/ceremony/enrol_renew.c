/*
 * enrol_renew (enrol.h): before the opening nothing is fixed yet, so a lost mail is simply made anew, password, credential
 * and all. Three files change together: each is made beside (".new"), then the spool is renamed, which decides, then the
 * other two; what a cut left is finished or taken away at the next start.
 */
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "ceremony/enrol_parts.h"
#include "ceremony/safe.h"
#include "election/rights.h"
#include "protocol/credential.h"
#include "protocol/hash.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { HEX = 2 * POINT_BYTES, MAX_FILE = 1 << 30 };

struct fresh {
	char *spool, *load, *credentials;
};

static void fresh_free(struct fresh *f)
{
	free(f->spool);
	free(f->load);
	free(f->credentials);
}

static enum status fresh_paths(struct fresh *f, const struct enrolment *e)
{
	f->spool = file_path(e->folder, "spool.new", NULL);
	f->load = file_path(e->folder, "server-load.csv.new", NULL);
	f->credentials = file_path(e->folder, "credentials.csv.new", NULL);
	return f->spool != NULL && f->load != NULL && f->credentials != NULL ? OK : E_FAILED;
}

static enum status move(const char *from, const char *to)
{
	if (rename(from, to) != 0)
		return fault(E_FAILED, NULL, _("%s: no se pudo escribir: %s"), to, strerror(errno));
	return OK;
}

/* From the decision on. */
static enum status put_in_place(const struct enrolment *e, const struct fresh *f)
{
	enum status r = file_exists(f->load) ? move(f->load, e->load) : OK;

	return r == OK ? move(f->credentials, e->credentials) : r;
}

enum status enrol_finish_renewal(const struct enrolment *e)
{
	struct fresh f = {0};
	struct spool *s = NULL;
	uint8_t sha256[32];
	enum status r = fresh_paths(&f, e);

	if (r != OK || !file_exists(f.credentials) || !file_exists(e->spool)) {
		if (r == OK) {
			unlink(f.spool);
			unlink(f.load);
		}
		goto done;
	}
	if ((r = file_sha256(sha256, f.credentials)) != OK || (r = spool_open(&s, e->spool, NULL)) != OK)
		goto done;
	if (memcmp(sha256, spool_credentials_sha256(s), 32) == 0) {
		r = put_in_place(e, &f);
	} else {
		unlink(f.spool);
		unlink(f.load);
		unlink(f.credentials);
	}
done:
	spool_close(s);
	fresh_free(&f);
	return r;
}

/* ---- the three files */

static int by_line(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;
	size_t n = (size_t)(strchr(x, '\n') - x), m = (size_t)(strchr(y, '\n') - y);
	int c = memcmp(x, y, n < m ? n : m);

	return c != 0 ? c : (n > m) - (n < m);
}

/* The file with `old` hex replaced by `fresh` hex, which must be there exactly once. */
static enum status replace_once(struct buffer *b, const char *path, const char *old, const char *fresh)
{
	char *at, *text;

	if (file_read(b, path, MAX_FILE) != OK)
		return E_FAILED;
	if ((text = (char *)(uintptr_t)buffer_str(b)) == NULL || (at = strstr(text, old)) == NULL || strstr(at + 1, old) != NULL)
		return fault(E_EVIDENCE, NULL, _("%s: no tiene lo que el depósito de correos dice"), path);
	memcpy(at, fresh, strlen(fresh));
	return OK;
}

static enum status new_credentials(struct buffer *out, const struct enrolment *e, const char *old, const char *fresh,
                                   const struct definition *d)
{
	struct buffer b = BUFFER_INIT;
	struct rights *rights = NULL;
	const char **lines = NULL;
	size_t n = 0;
	enum status r = replace_once(&b, e->credentials, old, fresh);

	if (r != OK)
		goto done;
	for (size_t i = 0; i < b.len; i++)
		n += b.data[i] == '\n';
	if ((lines = calloc(n + 1, sizeof *lines)) == NULL) {
		r = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	lines[0] = (const char *)b.data;
	for (size_t i = 1; i < n; i++)
		lines[i] = strchr(lines[i - 1], '\n') + 1;
	qsort(lines, n, sizeof *lines, by_line);
	for (size_t i = 0; i < n; i++)
		buffer_put(out, lines[i], (size_t)(strchr(lines[i], '\n') - lines[i]) + 1);
	r = buffer_ok(out) ? rights_read(&rights, e->credentials, out->data, out->len, d) : E_FAILED;
done:
	rights_free(rights);
	free(lines);
	buffer_free(&b);
	return r;
}

/* The voter's line of server-load.csv, found by its user name, has the new hash and the telephone. */
static enum status new_load(struct buffer *out, const struct enrolment *e, const struct spool_person *p,
                            const uint8_t auth_sha256[32], const char *old, const char *fresh)
{
	struct buffer b = BUFFER_INIT;
	char name[USERNAME_MAX + 3], auth[65];
	const char *line, *phone, *rest = NULL;
	enum status r = replace_once(&b, e->load, old, fresh);

	if (r != OK)
		goto done;
	snprintf(name, sizeof name, "\n%s,", p->username);
	hex_encode(auth, auth_sha256, 32);
	if ((line = strstr(buffer_str(&b), name)) != NULL && (phone = strchr(line + strlen(name), ',')) != NULL)
		rest = strchr(phone + 1, ',');
	if (rest == NULL) {
		r = fault(E_EVIDENCE, NULL, _("%s: no tiene lo que el depósito de correos dice"), e->load);
		goto done;
	}
	buffer_put(out, b.data, (size_t)(line + strlen(name) - (const char *)b.data));
	buffer_printf(out, "%s,%s", auth, p->phone);
	buffer_put(out, rest, b.len - (size_t)(rest - (const char *)b.data));
	r = buffer_ok(out) ? OK : fault(E_FAILED, NULL, _("no hay memoria"));
done:
	buffer_free(&b);
	return r;
}

static enum status find(uint32_t *index, struct spool_person *p, const struct spool *s, const char *voter)
{
	enum status r;

	for (*index = 0; *index < spool_entries(s); (*index)++) {
		if (spool_kind(s, *index) != 'v')
			continue;
		if ((r = spool_person(p, s, *index)) != OK)
			return r;
		if (strcmp(p->voter, voter) == 0)
			return OK;
	}
	return fault(E_STATE, _("el identificador es el de la primera columna de la lista nominal"),
	             _("%s no está en la lista nominal cargada"), voter);
}

static enum status write_all(struct enrolment *e, const struct spool *s, uint32_t index, struct spool_person *p,
                             const struct definition *d, uint8_t sha256[32])
{
	struct buffer credentials = BUFFER_INIT, load = BUFFER_INIT;
	struct credential_keys keys = {0};
	struct secret *password = NULL;
	struct fresh f = {0};
	uint8_t auth_sha256[32];
	char old[HEX + 1], fresh[HEX + 1];
	enum status r;

	hex_encode(old, p->credential.octets, POINT_BYTES);
	if ((r = fresh_paths(&f, e)) != OK || (r = credential_new_password(&password)) != OK ||
	    (r = credential_derive(&keys, d->id, p->username, password)) != OK ||
	    (r = hash_sha256(auth_sha256, keys.auth, sizeof keys.auth)) != OK)
		goto done;
	p->credential = keys.credential;
	hex_encode(fresh, p->credential.octets, POINT_BYTES);
	if ((r = new_credentials(&credentials, e, old, fresh, d)) != OK ||
	    (r = new_load(&load, e, p, auth_sha256, old, fresh)) != OK ||
	    (r = hash_sha256(sha256, credentials.data, credentials.len)) != OK ||
	    (r = spool_renew(s, f.spool, index, p, password, sha256)) != OK ||
	    (r = file_replace(f.load, load.data, load.len, 0600)) != OK ||
	    (r = file_replace(f.credentials, credentials.data, credentials.len, 0644)) != OK ||
	    (r = move(f.spool, e->spool)) != OK)
		goto done;
	r = put_in_place(e, &f);
done:
	credential_wipe(&keys);
	secret_free(password);
	buffer_free(&credentials);
	buffer_free(&load);
	fresh_free(&f);
	return r;
}

enum status enrol_renew(struct enrolment *e, const struct secret *passphrase, struct settings *settings,
                        const char *definition, const char *voter, const struct enrol_correction *c)
{
	bool corrected = c->email != NULL || c->phone != NULL;
	char *opening = file_path(e->record, "opening.json", NULL);
	struct definition *d = NULL;
	struct secret *key = NULL;
	struct spool *s = NULL;
	struct spool_person p;
	uint8_t sha256[32];
	uint32_t index;
	enum status r = E_FAILED;

	report_step(_("Contraseña nueva antes de la apertura"));
	if (opening == NULL)
		goto done;
	if (file_exists(opening)) {
		r = fault(E_STATE, _("desde la apertura: enroll-voters reissue"), _("%s: la elección ya se abrió"), opening);
		goto done;
	}
	if (!file_exists(e->spool) || !file_exists(e->credentials)) {
		r = fault(E_STATE, _("haga primero enroll-voters --load"), _("la lista nominal no se ha cargado"));
		goto done;
	}
	if ((r = definition_open(&d, definition)) != OK || (r = safe_open(&key, NULL, NULL, e->safe, passphrase)) != OK ||
	    (r = spool_open(&s, e->spool, key)) != OK || (r = find(&index, &p, s, voter)) != OK)
		goto done;
	if ((r = enrol_correct_person(&p, c, s, index, settings)) != OK)
		goto done;
	if (spool_state(s, index) == SPOOL_WAITING && !corrected) {
		r = fault(E_STATE, _("enroll-voters --send lo envía"), _("el correo de %s todavía no se ha enviado"), voter);
		goto done;
	}
	if ((r = write_all(e, s, index, &p, d, sha256)) != OK)
		goto done;
	report_info(_("lleve otra vez al servidor %s y %s; envíe el correo con --send"), e->credentials, e->load);
	r = journal_write(e->journal, "renewed", NULL, json_pack("{s:o, s:b, s:b}", "credentials_sha256", json_hex(sha256, 32), "email_corrected",
	                            c->email != NULL, "phone_corrected", c->phone != NULL));
done:
	spool_close(s);
	secret_free(key);
	definition_free(d);
	free(opening);
	return r;
}
