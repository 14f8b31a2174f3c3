/*
 * enrol_load (enrol.h): from the roll to user names, passwords, credentials (PROTOCOL 4), on several threads. A
 * password exists in a struct secret from its making to its sealing in the spool, a few microseconds later.
 * credentials.csv is written last: with it the roll is loaded, without it nothing is.
 */
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "ceremony/enrol.h"
#include "ceremony/roll.h"
#include "ceremony/safe.h"
#include "ceremony/spool.h"
#include "election/rights.h"
#include "protocol/credential.h"
#include "protocol/hash.h"
#include "record/folder.h"
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS_MAX = 64, LINE_MAX_BYTES = 256, BATCH = 64 };

struct entry {
	const struct roll_line *voter; /* NULL: a spare */
	unsigned district;
	char username[ENROL_USERNAME + 1];
	uint8_t auth_sha256[32];
	struct point credential;
};

struct load {
	const struct definition *definition;
	const struct roll *roll;
	struct entry *entries;
	uint32_t n, voters;
	struct spool_writer *spool;
	_Atomic uint32_t next, done;
	_Atomic int failed; /* the first status that was not OK */
};

/* ---- user names ---- */

static enum status random_username(char out[ENROL_USERNAME + 1])
{
	static const char symbols[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	uint8_t random[ENROL_USERNAME];

	if (RAND_bytes(random, sizeof random) != 1)
		return fault(E_FAILED, NULL, _("el generador de números aleatorios falló"));
	for (int i = 0; i < ENROL_USERNAME; i++)
		out[i] = symbols[random[i] & 31];
	out[ENROL_USERNAME] = '\0';
	return OK;
}

static int by_username(const void *a, const void *b)
{
	return strcmp((*(struct entry *const *)a)->username, (*(struct entry *const *)b)->username);
}

/* Random, drawn again while two are alike. sorted: all entries by user name afterwards. */
static enum status name_all(struct load *l, struct entry **sorted)
{
	bool again = true;
	enum status r;

	for (uint32_t i = 0; i < l->n; i++) {
		sorted[i] = &l->entries[i];
		if ((r = random_username(l->entries[i].username)) != OK)
			return r;
	}
	while (again) {
		again = false;
		qsort(sorted, l->n, sizeof *sorted, by_username);
		for (uint32_t i = 1; i < l->n; i++) {
			if (strcmp(sorted[i - 1]->username, sorted[i]->username) != 0)
				continue;
			if ((r = random_username(sorted[i - 1]->username)) != OK)
				return r;
			again = true;
		}
	}
	return OK;
}

/* ---- entries ---- */

static uint64_t spares_of(uint64_t voters, long percent)
{
	uint64_t n = (voters * (uint64_t)percent + 99) / 100;

	return n > 0 ? n : 1; /* a district's first voters may be enrolled late */
}

/* Who there will be: the roll's voters, then each district's spares. */
static enum status plan(struct load *l, long spare_percent)
{
	unsigned districts = l->definition->n_districts;
	uint64_t *per = calloc(districts, sizeof *per), total = l->roll->n;
	uint32_t k = 0;

	if (per == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	for (size_t i = 0; i < l->roll->n; i++)
		per[l->roll->lines[i].district]++;
	for (unsigned d = 0; d < districts; d++)
		total += spares_of(per[d], spare_percent);
	if (total > UINT32_MAX / 2 || (l->entries = calloc(total, sizeof *l->entries)) == NULL) {
		free(per);
		return fault(E_FAILED, NULL, _("no hay memoria"));
	}
	l->n = (uint32_t)total;
	l->voters = (uint32_t)l->roll->n;
	for (size_t i = 0; i < l->roll->n; i++, k++) {
		l->entries[k].voter = &l->roll->lines[i];
		l->entries[k].district = l->roll->lines[i].district;
	}
	for (unsigned d = 0; d < districts; d++)
		for (uint64_t i = spares_of(per[d], spare_percent); i > 0; i--)
			l->entries[k++].district = d;
	free(per);
	return OK;
}

static void person_of(struct spool_person *p, const struct load *l, const struct entry *e)
{
	memset(p, 0, sizeof *p);
	if (e->voter != NULL) {
		snprintf(p->voter, sizeof p->voter, "%s", e->voter->voter);
		snprintf(p->name, sizeof p->name, "%s", e->voter->name);
		snprintf(p->email, sizeof p->email, "%s", e->voter->email);
		snprintf(p->phone, sizeof p->phone, "%s", e->voter->phone);
	}
	snprintf(p->username, sizeof p->username, "%s", e->username);
	snprintf(p->district, sizeof p->district, "%s", l->definition->districts[e->district].id);
	p->credential = e->credential;
}

static enum status make_one(struct load *l, uint32_t i)
{
	struct entry *e = &l->entries[i];
	struct credential_keys keys = {0};
	struct secret *password = NULL;
	struct spool_person person;
	enum status r;

	if ((r = credential_new_password(&password)) != OK ||
	    (r = credential_derive(&keys, l->definition->id, e->username, password)) != OK ||
	    (r = hash_sha256(e->auth_sha256, keys.auth, sizeof keys.auth)) != OK)
		goto done;
	e->credential = keys.credential;
	person_of(&person, l, e);
	r = spool_writer_put(l->spool, i, e->voter != NULL ? 'v' : 's', &person, password);
done:
	credential_wipe(&keys);
	secret_free(password);
	return r;
}

static void *worker(void *ctx)
{
	struct load *l = ctx;

	for (;;) {
		uint32_t from = atomic_fetch_add(&l->next, BATCH), to;

		if (from >= l->n || l->failed != OK)
			return NULL;
		to = l->n - from < BATCH ? l->n : from + BATCH;
		for (uint32_t i = from; i < to; i++) {
			enum status r = make_one(l, i);

			if (r != OK) {
				l->failed = (int)r;
				return NULL;
			}
		}
		report_progress(_("contraseñas y credenciales"), atomic_fetch_add(&l->done, to - from) + to - from, l->n);
	}
}

static enum status make_all(struct load *l, long threads)
{
	pthread_t t[THREADS_MAX];
	long n = 0;

	if (threads == 0)
		threads = sysconf(_SC_NPROCESSORS_ONLN);
	if (threads < 1 || threads > THREADS_MAX)
		threads = threads < 1 ? 1 : THREADS_MAX;
	while (n < threads - 1 && pthread_create(&t[n], NULL, worker, l) == 0)
		n++;
	worker(l);
	for (long i = 0; i < n; i++)
		pthread_join(t[i], NULL);
	return (enum status)l->failed;
}

/* ---- what is given out ---- */

static int by_bytes(const void *a, const void *b)
{
	return strcmp(a, b);
}

static enum status credentials_file(struct buffer *out, const struct load *l)
{
	char(*lines)[LINE_MAX_BYTES] = calloc(l->n, sizeof *lines);
	char hex[2 * POINT_BYTES + 1];

	if (lines == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	for (uint32_t i = 0; i < l->n; i++) {
		const struct entry *e = &l->entries[i];

		hex_encode(hex, e->credential.octets, POINT_BYTES);
		snprintf(lines[i], sizeof *lines, "%s,%s,%c\n", l->definition->districts[e->district].id, hex,
		         e->voter != NULL ? 'v' : 's');
	}
	qsort(lines, l->n, sizeof *lines, by_bytes);
	for (uint32_t i = 0; i < l->n; i++)
		buffer_text(out, lines[i]);
	free(lines);
	return buffer_ok(out) ? OK : fault(E_FAILED, NULL, _("no hay memoria"));
}

static enum status load_file(struct buffer *out, const struct load *l, struct entry *const *sorted)
{
	buffer_text(out, "username,auth_sha256,phone,district,credential,kind\n");
	for (uint32_t i = 0; i < l->n; i++) {
		const struct entry *e = sorted[i];

		buffer_text(out, e->username);
		buffer_u8(out, ',');
		buffer_hex(out, e->auth_sha256, 32);
		buffer_u8(out, ',');
		buffer_text(out, e->voter != NULL ? e->voter->phone : "");
		buffer_u8(out, ',');
		buffer_text(out, l->definition->districts[e->district].id);
		buffer_u8(out, ',');
		buffer_hex(out, e->credential.octets, POINT_BYTES);
		buffer_text(out, e->voter != NULL ? ",v\n" : ",s\n");
	}
	return buffer_ok(out) ? OK : fault(E_FAILED, NULL, _("no hay memoria"));
}

/* Read back by the reader that everybody else uses. */
static enum status check_credentials(const struct enrolment *e, const struct buffer *file, const struct load *l)
{
	struct rights *rights = NULL;
	enum status r;

	if ((r = rights_read(&rights, e->credentials, file->data, file->len, l->definition)) == OK &&
	    (rights->n != l->n || rights->voters != l->voters))
		r = fault(E_FAILED, NULL, _("las credenciales hechas no son tantas como la lista nominal"));
	rights_free(rights);
	return r;
}

/* In this order: a load cut short leaves no credentials.csv. */
static enum status give_out(struct enrolment *e, struct load *l, struct entry *const *sorted, uint8_t sha256[32])
{
	struct buffer credentials = BUFFER_INIT, load = BUFFER_INIT;
	enum status r;

	if ((r = credentials_file(&credentials, l)) != OK || (r = load_file(&load, l, sorted)) != OK ||
	    (r = check_credentials(e, &credentials, l)) != OK ||
	    (r = hash_sha256(sha256, credentials.data, credentials.len)) != OK)
		goto done;
	if ((r = spool_writer_commit(l->spool, sha256)) != OK)
		goto done;
	if ((r = file_replace(e->load, load.data, load.len, 0600)) == OK)
		r = file_create(e->credentials, credentials.data, credentials.len, 0644);
	if (r != OK) {
		unlink(e->spool);
		unlink(e->load);
	}
done:
	buffer_free(&credentials);
	buffer_free(&load);
	return r;
}

/* ---- the whole ---- */

static enum status check_order(const struct enrolment *e, const struct definition *d)
{
	struct keys_file *keys = NULL;
	enum status r;

	if (!file_exists(e->keys))
		return fault(E_STATE, _("haga primero la sesión de llaves: keygen-ceremony"),
		             _("%s: no existe: faltan las llaves de la elección"), e->keys);
	if ((r = keys_file_open(&keys, e->keys)) != OK)
		return r;
	if (strcmp(keys->election, d->id) != 0)
		r = fault(E_EVIDENCE, NULL, _("%s es de la elección «%s» y la definición de «%s»"), e->keys,
		          keys->election, d->id);
	keys_file_free(keys);
	return r;
}

static enum status check_roll(const struct enrolment *e, const struct roll *roll, const char *path,
                              const struct definition *d, bool leave_out)
{
	enum status r;

	if (roll->n_rejected > 0) {
		if ((r = file_replace(e->rejected, roll->rejected.data, roll->rejected.len, 0600)) != OK)
			return r;
		if (!leave_out)
			return fault(E_EVIDENCE,
			             _("corríjalas, o cargue las demás con --leave-out-bad-lines; nada se ha cargado"),
			             _("%s: %zu líneas no sirven; están, con su motivo, en %s"), path, roll->n_rejected,
			             e->rejected);
		report_warning(NULL, _("quedan fuera %zu líneas, apartadas en %s"), roll->n_rejected, e->rejected);
	}
	if (roll->n == 0)
		return fault(E_EVIDENCE, NULL, _("%s: no hay ninguna línea que sirva"), path);
	if (roll->n > d->max_voters)
		return fault(E_EVIDENCE, NULL, _("%s: %zu votantes, más que max_voters de la definición (%llu)"), path,
		             roll->n, (unsigned long long)d->max_voters);
	return OK;
}

static enum status note(struct enrolment *e, const struct load *l, const uint8_t sha256[32])
{
	report_info(_("%u votantes y %u credenciales de repuesto"), l->voters, l->n - l->voters);
	report_info(_("para el expediente: %s"), e->credentials);
	report_info(_("para el servidor: %s y %s"), e->load, e->registrar);
	return journal_write(e->journal, "roll-loaded", NULL,
	                     json_pack("{s:I, s:I, s:I, s:o}", "voters", (json_int_t)l->voters, "spares",
	                               (json_int_t)(l->n - l->voters), "left_out", (json_int_t)l->roll->n_rejected,
	                               "credentials_sha256", json_hex(sha256, 32)));
}

enum status enrol_load(struct enrolment *e, const struct secret *passphrase, struct settings *s, const char *roll_path,
                       const char *definition_path, bool leave_out)
{
	struct load l = {0};
	struct definition *d = NULL;
	struct roll *roll = NULL;
	struct secret *key = NULL;
	struct entry **sorted = NULL;
	uint8_t sha256[32];
	long percent = 5, threads = 0;
	bool repeated = false;
	enum status r;

	report_step(_("Carga de la lista nominal"));
	if (file_exists(e->credentials))
		return fault(E_STATE, NULL, _("%s: ya existe: la lista nominal ya se cargó"), e->credentials);
	if ((r = settings_int(&percent, s, "enrolment.spare_percent", 5, 0, 100)) != OK ||
	    (r = settings_int(&threads, s, "enrolment.threads", 0, 0, THREADS_MAX)) != OK ||
	    (r = settings_bool(&repeated, s, "enrolment.repeated_mail", false)) != OK ||
	    (r = definition_open(&d, definition_path)) != OK || (r = check_order(e, d)) != OK ||
	    (r = roll_read(&roll, roll_path, d, repeated)) != OK ||
	    (r = check_roll(e, roll, roll_path, d, leave_out)) != OK ||
	    (r = safe_open(&key, NULL, NULL, e->safe, passphrase)) != OK)
		goto done;
	l.definition = d;
	l.roll = roll;
	if ((r = plan(&l, percent)) != OK)
		goto done;
	if ((sorted = calloc(l.n, sizeof *sorted)) == NULL) {
		r = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	if ((r = name_all(&l, sorted)) != OK || (r = spool_writer_open(&l.spool, e->spool, l.n, key)) != OK ||
	    (r = make_all(&l, threads)) != OK || (r = give_out(e, &l, sorted, sha256)) != OK)
		goto done;
	r = note(e, &l, sha256);
done:
	spool_writer_free(l.spool);
	free(l.entries);
	free(sorted);
	secret_free(key);
	roll_free(roll);
	definition_free(d);
	return r;
}
