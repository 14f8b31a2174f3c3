/* See opening.h. */
#include "ceremony/opening.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "ceremony/manifest.h"
#include "election/rights.h"
#include "protocol/hash.h"
#include "record/folder.h"
#include "store/setup.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Everything of one opening, freed in one place. */
struct work {
	struct settings *s;
	const struct opening_request *q;
	char *definition, *keys, *credentials, *opening, *load, *registrar, *record, *documents;
	bool made_definition, made_opening, made_database;
	char database[128];
	struct record *opened;
	struct rights *rights;
	struct connection *db;
	struct buffer manifest;
};

static enum status no_memory(void)
{
	return fault(E_FAILED, NULL, _("no hay memoria"));
}

enum status opening_check(const char *path)
{
	struct definition *d = NULL;
	enum status r = definition_open(&d, path);

	if (r == OK)
		r = definition_advise(d);
	if (r == OK)
		report_info(_("%s: la definición de «%s» no tiene faltas"), path, d->title);
	definition_free(d);
	return r;
}

/* ---- what is installed */

static enum status system_hash(uint8_t out[32], struct buffer *manifest, struct settings *s, const char *certified)
{
	struct buffer other = BUFFER_INIT;
	enum status r = manifest_installed(manifest, s);

	if (r == OK && certified != NULL && (r = file_read(&other, certified, 16 << 20)) == OK &&
	    (r = manifest_compare(manifest, &other)) != OK)
		fault(r, _("no se abre con un sistema que no es el dictaminado"),
		      _("lo instalado no es lo certificado en %s"), certified);
	buffer_free(&other);
	return r == OK ? hash_sha256(out, manifest->data, manifest->len) : r;
}

enum status opening_system_hash(struct settings *s, const char *certified)
{
	struct buffer manifest = BUFFER_INIT;
	uint8_t hash[32];
	char hex[65];
	enum status r = system_hash(hash, &manifest, s, certified);

	if (r == OK) {
		hex_encode(hex, hash, 32);
		printf("%s%s\n", buffer_str(&manifest), hex);
	}
	buffer_free(&manifest);
	return r;
}

enum status opening_check_web(struct settings *s, const struct definition *d)
{
	struct buffer text = BUFFER_INIT;
	const char *path;
	enum status r = OK;

	for (unsigned i = 0; r == OK && (path = settings_item(s, "web.configurations", i)) != NULL; i++) {
		buffer_free(&text);
		if (!file_exists(path)) { /* nobody can be serving by it */
			report_warning(NULL, _("web.configurations: todavía no existe %s"), path);
			continue;
		}
		if ((r = file_read(&text, path, 1 << 20)) != OK)
			break;
		if (buffer_str(&text) == NULL)
			r = no_memory();
		else if (strstr(buffer_str(&text), OPENING_BALANCER_MARK) != NULL && !d->simulation)
			r = fault(E_REFUSED, _("ponga el balanceador de la institución (web.configurations)"),
			          _("%s inventa las direcciones de los votantes: solo sirve en un simulacro"), path);
	}
	buffer_free(&text);
	return r;
}

/* ---- the steps */

static enum status paths(struct work *w)
{
	const struct opening_request *q = w->q;

	w->record = file_path(q->election, "record", NULL);
	w->documents = file_path(q->election, "documents", NULL);
	w->definition = file_path(q->election, "record", "election.json", NULL);
	w->keys = file_path(q->election, "record", "keys.json", NULL);
	w->credentials = file_path(q->election, "record", "credentials.csv", NULL);
	w->opening = file_path(q->election, "record", "opening.json", NULL);
	w->load = q->load != NULL ? strdup(q->load) : file_path(q->election, "enrolment", "server-load.csv", NULL);
	w->registrar = q->registrar_key != NULL ? strdup(q->registrar_key)
	                                        : file_path(q->election, "enrolment", "registrar.pub", NULL);
	return w->record != NULL && w->documents != NULL && w->definition != NULL && w->keys != NULL &&
	                       w->credentials != NULL && w->opening != NULL && w->load != NULL && w->registrar != NULL
	               ? OK
	               : no_memory();
}

static enum status wanted(const char *path, const char *step)
{
	return file_exists(path) ? OK : fault(E_STATE, step, _("falta %s"), path);
}

static enum status predecessors(const struct work *w)
{
	enum status r;

	if (file_exists(w->opening))
		return fault(E_STATE, NULL, _("%s: esta elección ya se abrió"), w->opening);
	if (w->q->definition == NULL && (r = wanted(w->definition, _("indique la definición con --definition"))) != OK)
		return r;
	if ((r = wanted(w->keys, _("primero la sesión de llaves: keygen-ceremony"))) != OK ||
	    (r = wanted(w->credentials, _("primero el registro de votantes: enroll-voters"))) != OK ||
	    (r = wanted(w->load, _("lo hace enroll-voters en la máquina de registro"))) != OK ||
	    (r = wanted(w->registrar, _("la llave pública del registro: enroll-voters --init"))) != OK)
		return r;
	if (w->q->n_system_keys == 0)
		return fault(E_STATE, _("system-signer --init la hace en cada servidor"), _("falta --system-keys ARCHIVO"));
	return OK;
}

/* The definition becomes record/election.json, byte by byte; one that is there already must be the same. */
static enum status take_definition(struct work *w)
{
	struct buffer given = BUFFER_INIT, there = BUFFER_INIT;
	enum status r = OK;

	if (w->q->definition == NULL)
		return OK;
	if ((r = file_read(&given, w->q->definition, DEFINITION_MAX_FILE)) != OK)
		goto done;
	if (!file_exists(w->definition)) {
		r = file_create(w->definition, given.data, given.len, 0644);
		w->made_definition = r == OK;
	} else if ((r = file_read(&there, w->definition, DEFINITION_MAX_FILE)) == OK &&
	           (there.len != given.len || memcmp(there.data, given.data, given.len) != 0)) {
		r = fault(E_EVIDENCE, NULL, _("%s y %s no son la misma definición"), w->q->definition, w->definition);
	}
done:
	buffer_free(&given);
	buffer_free(&there);
	return r;
}

static enum status read_key(struct point *out, const char *path)
{
	struct buffer b = BUFFER_INIT;
	uint8_t octets[POINT_BYTES];
	enum status r = file_read(&b, path, 4096);

	if (r == OK) {
		size_t len = b.len;

		while (len > 0 && (b.data[len - 1] == '\n' || b.data[len - 1] == '\r'))
			len--;
		if (!hex_decode_vartime(octets, POINT_BYTES, (const char *)b.data, len) || !point_read(out, octets))
			r = fault(E_EVIDENCE, NULL, _("%s: no es una llave pública (130 cifras hexadecimales)"), path);
	}
	buffer_free(&b);
	return r;
}

static enum status write_opening(struct work *w, const struct definition *d)
{
	struct opening_file *o = calloc(1, sizeof *o);
	enum status r = OK;

	if (o == NULL)
		return no_memory();
	snprintf(o->election, sizeof o->election, "%s", d->id);
	moment_rfc3339(o->opened, sizeof o->opened, moment_now(), d->zone);
	o->n_system_keys = w->q->n_system_keys;
	if (o->n_system_keys > SYSTEM_KEYS_MAX)
		r = fault(E_USAGE, NULL, _("más de %d llaves de sistema"), SYSTEM_KEYS_MAX);
	for (unsigned i = 0; r == OK && i < o->n_system_keys; i++)
		r = read_key(&o->system_keys[i], w->q->system_keys[i]);
	if (r == OK && (r = read_key(&o->registrar_key, w->registrar)) == OK &&
	    (r = system_hash(o->system_hash, &w->manifest, w->s, w->q->certified)) == OK) {
		r = opening_file_write(o, w->opening);
		w->made_opening = r == OK;
	}
	free(o);
	return r;
}

/* The files among themselves, before anything is made of them. */
static enum status compare(struct work *w)
{
	struct definition *d = NULL;
	enum status r;

	if ((r = definition_open(&d, w->definition)) != OK || (r = definition_advise(d)) != OK ||
	    (r = opening_check_web(w->s, d)) != OK ||
	    (r = connection_database(w->database, sizeof w->database, w->s, d->id)) != OK)
		goto done;
	if (moment_now() >= d->closes) {
		r = fault(E_REFUSED, NULL, _("la votación de esta definición cerró el %s"), d->closes_text);
		goto done;
	}
	if ((r = setup_absent(w->s, w->database)) != OK || (r = write_opening(w, d)) != OK ||
	    (r = record_open(&w->opened, w->record)) != OK || (r = record_rights(&w->rights, w->opened, false)) != OK)
		goto done;
	if (w->rights->voters > d->max_voters)
		r = fault(E_EVIDENCE, NULL, _("%s: %llu votantes; la definición admite %llu"), w->credentials,
		          (unsigned long long)w->rights->voters, (unsigned long long)d->max_voters);
done:
	definition_free(d);
	return r;
}

static enum status fill_database(struct work *w)
{
	const struct definition *d = w->opened->definition;
	const char *sql = settings_path(w->s, "system.sql", "/usr/share/vemre/sql");
	enum status r;

	if (sql == NULL)
		return E_USAGE;
	if ((r = setup_create(w->s, w->database, sql)) != OK)
		return r;
	w->made_database = true;
	if ((r = connection_open(&w->db, w->s, CONNECTION_ADMIN, w->database, NULL)) != OK ||
	    (r = connection_script(w->db, "BEGIN", "BEGIN")) != OK ||
	    (r = setup_load(w->db, d, w->load, w->credentials)) != OK ||
	    (r = setup_open_election(w->db, d, w->opened->eid, w->opened->credentials_sha256)) != OK)
		return r;
	return connection_script(w->db, "COMMIT", "COMMIT");
}

/* ---- the initial report (numeral 16) */

struct district_report {
	const struct definition *d;
	struct buffer *text;
	json_t *list;
	long long ballots;
};

static void district_line(void *ctx, const char *district, long long voters, long long ballots)
{
	struct district_report *t = ctx;
	int i = definition_district(t->d, district, strlen(district));

	buffer_printf(t->text, _("  %s %s: %lld votantes, %lld votos\n"), district,
	              i >= 0 ? t->d->districts[i].name : "", voters, ballots);
	json_array_append_new(t->list, json_pack("{s:s, s:I, s:I}", "district", district, "voters", (json_int_t)voters,
	                                         "ballots", (json_int_t)ballots));
	t->ballots += ballots;
}

static enum status write_report(const struct work *w, const struct buffer *text, const json_t *json)
{
	struct buffer b = BUFFER_INIT;
	char *txt = file_path(w->documents, "initial-report.txt", NULL);
	char *js = file_path(w->documents, "initial-report.json", NULL);
	char *manifest = file_path(w->documents, "manifest.txt", NULL);
	enum status r = E_FAILED;

	if (txt != NULL && js != NULL && manifest != NULL && (r = file_mkdirs(w->documents, 0755)) == OK &&
	    (r = json_write(&b, json)) == OK && (r = file_replace(txt, text->data, text->len, 0644)) == OK &&
	    (r = file_replace(js, b.data, b.len, 0644)) == OK)
		r = file_replace(manifest, w->manifest.data, w->manifest.len, 0644);
	buffer_free(&b);
	free(txt);
	free(js);
	free(manifest);
	return r;
}

static void say_lines(const char *text)
{
	for (size_t len; *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		report_info("%.*s", (int)len, text);
	}
}

static enum status initial_report(struct work *w)
{
	const struct definition *d = w->opened->definition;
	struct buffer text = BUFFER_INIT;
	struct district_report districts = {d, &text, NULL, 0};
	struct setup_counters n;
	json_t *json = NULL;
	char eid[65], hash[65];
	enum status r;

	if ((r = setup_counters(w->db, &n)) != OK)
		return r;
	hex_encode(eid, w->opened->eid, 32);
	hex_encode(hash, w->opened->opening.system_hash, 32);
	if (d->simulation)
		buffer_text(&text, _("SIMULACRO, sin validez oficial\n"));
	buffer_printf(&text, _("Reporte inicial: %s\n"), d->title);
	buffer_printf(&text, _("Elección (eid): %s\nHuella del sistema: %s\nReloj de la base de datos: %s\n"), eid, hash,
	              n.now);
	buffer_printf(&text, _("Abre: %s\nCierra: %s\n"), d->opens_text, d->closes_text);
	buffer_printf(&text, _("Votantes: %lld\nCredenciales de reserva: %lld\nVotos en la urna: %lld\n"), n.voters,
	              n.spares, n.ballots);
	buffer_printf(&text, _("Participación por hora: %lld\nSesiones: %lld\nCódigos enviados: %lld\n"), n.participation,
	              n.sessions, n.codes);
	if ((districts.list = json_array()) == NULL || (r = setup_districts(w->db, district_line, &districts)) != OK)
		goto done;
	json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:O}", "format", "VEMRE-V1", "election",
	                 d->id, "eid", eid, "system_hash", hash, "now", n.now, "voters", (json_int_t)n.voters, "spares",
	                 (json_int_t)n.spares, "ballots", (json_int_t)n.ballots, "participation",
	                 (json_int_t)n.participation, "sessions", (json_int_t)n.sessions, "codes", (json_int_t)n.codes,
	                 "districts", districts.list);
	if (json == NULL || buffer_str(&text) == NULL) {
		r = no_memory();
		goto done;
	}
	if (n.ballots != 0 || n.participation != 0 || n.sessions != 0 || n.codes != 0 || districts.ballots != 0 ||
	    n.voters != (long long)w->rights->voters) {
		r = fault(E_REFUSED, NULL, _("la base de datos no está en ceros: la elección no se abre"));
		goto done;
	}
	if ((r = write_report(w, &text, json)) == OK)
		say_lines((const char *)text.data);
done:
	json_decref(json);
	json_decref(districts.list);
	buffer_free(&text);
	return r;
}

enum status opening_run(struct settings *s, const struct opening_request *q)
{
	struct work w = {.s = s, .q = q, .manifest = BUFFER_INIT};
	enum status r;

	if ((r = paths(&w)) != OK || (r = predecessors(&w)) != OK)
		goto done;
	report_step(_("se cotejan definición, llaves, credenciales y sistema"));
	if ((r = take_definition(&w)) != OK || (r = compare(&w)) != OK)
		goto done;
	report_step(_("se crea la base de datos «%s» y se cargan los votantes"), w.database);
	if ((r = fill_database(&w)) != OK || (r = initial_report(&w)) != OK)
		goto done;
	report_step(_("elección abierta; recibe votos del %s al %s"), w.opened->definition->opens_text,
	            w.opened->definition->closes_text);
done:
	connection_close(w.db);
	if (r != OK) { /* nothing half open */
		if (w.made_database)
			setup_drop(s, w.database);
		if (w.made_opening)
			unlink(w.opening);
		if (w.made_definition)
			unlink(w.definition);
	}
	rights_free(w.rights);
	record_free(w.opened);
	buffer_free(&w.manifest);
	free(w.record);
	free(w.documents);
	free(w.definition);
	free(w.keys);
	free(w.credentials);
	free(w.opening);
	free(w.load);
	free(w.registrar);
	return r;
}
