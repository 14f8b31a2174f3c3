/* See opening.h. */
#include "ceremony/opening.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/report.h"
#include "ceremony/emblems.h"
#include "ceremony/opening_parts.h"
#include "store/setup.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum status no_memory(void)
{
	return fault(E_FAILED, NULL, _("no hay memoria"));
}

enum status opening_check(const char *path)
{
	struct buffer b = BUFFER_INIT;
	struct definition *d = NULL;
	enum status r;

	if ((r = file_read(&b, path, DEFINITION_MAX_FILE)) == OK && (r = definition_check(path, b.data, b.len)) == OK &&
	    (r = definition_open(&d, path)) == OK && (r = emblems_check(d, path)) == OK) {
		if (moment_now() >= d->closes)
			report_warning(_("revise «opens» y «closes»"), _("closes: la votación de esta definición cerró el %s"),
			               d->closes_text);
		report_info(_("%s: la definición de «%s» no tiene faltas"), path, d->title);
	}
	definition_free(d);
	buffer_free(&b);
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

static enum status paths(struct opening_work *w)
{
	const struct opening_request *q = w->q;

	w->record = file_path(q->election, "record", NULL);
	w->documents = file_path(q->election, "documents", NULL);
	w->definition = file_path(q->election, "record", "election.json", NULL);
	w->keys = file_path(q->election, "record", "keys.json", NULL);
	w->credentials = file_path(q->election, "record", "credentials.csv", NULL);
	w->opening = file_path(q->election, "record", "opening.json", NULL);
	w->pending = file_path(q->election, "opening.json.new", NULL);
	w->source = q->definition != NULL ? q->definition : w->definition;
	w->load = q->load != NULL ? strdup(q->load) : file_path(q->election, "enrolment", "server-load.csv", NULL);
	w->registrar = q->registrar_key != NULL ? strdup(q->registrar_key)
	                                        : file_path(q->election, "enrolment", "registrar.pub", NULL);
	return w->record != NULL && w->documents != NULL && w->definition != NULL && w->keys != NULL &&
	                       w->credentials != NULL && w->opening != NULL && w->pending != NULL && w->load != NULL && w->registrar != NULL
	               ? OK
	               : no_memory();
}

static enum status wanted(const char *path, const char *step)
{
	return file_exists(path) ? OK : fault(E_STATE, step, _("falta %s"), path);
}

static enum status predecessors(const struct opening_work *w)
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

/* A definition that the record has already must be the given one, byte by byte. */
static enum status same_definition(const struct opening_work *w)
{
	struct buffer given = BUFFER_INIT, there = BUFFER_INIT;
	enum status r = OK;

	if (w->q->definition == NULL || !file_exists(w->definition))
		return OK;
	if ((r = file_read(&given, w->q->definition, DEFINITION_MAX_FILE)) == OK &&
	    (r = file_read(&there, w->definition, DEFINITION_MAX_FILE)) == OK &&
	    (there.len != given.len || memcmp(there.data, given.data, given.len) != 0))
		r = fault(E_EVIDENCE, NULL, _("%s y %s no son la misma definición"), w->q->definition, w->definition);
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

static enum status write_opening(struct opening_work *w, const struct definition *d)
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
	    (r = opening_certified(w, o->system_hash, NULL)) == OK) {
		r = opening_file_write(o, w->pending);
		w->made_pending = r == OK;
	}
	free(o);
	return r;
}

/* A list by Entidad with fewer ballots than min_list is joined into "rest" (PROTOCOL 9): who has few voters is told. */
static void warn_small_lists(const struct opening_work *w)
{
	const struct definition *d = w->opened->definition;

	for (unsigned k = 0; k < d->n_districts; k++) {
		uint64_t voters = 0;

		for (size_t i = 0; i < w->rights->n; i++)
			voters += w->rights->rights[i].district == k && !w->rights->rights[i].spare;
		for (unsigned c = 0; c < d->n_contests; c++)
			if (d->contests[c].by_district && (d->contests[c].everywhere || d->contests[c].in_district[k]) &&
			    voters < 2 * (uint64_t)d->min_list)
				report_warning(_("sus votos se contarán junto con los de otras Entidades pequeñas"),
				               _("%s, %s: %llu votantes; es probable que no lleguen a %u votos (min_list)"),
				               d->contests[c].office, d->districts[k].name, (unsigned long long)voters,
				               d->min_list);
	}
}

/* The files among themselves, before anything is made of them. */
static enum status compare(struct opening_work *w)
{
	struct definition *d = NULL;
	enum status r;

	if ((r = definition_open(&d, w->source)) != OK || (r = definition_advise(d)) != OK ||
	    (r = opening_check_web(w->s, d)) != OK || (r = opening_databases(w, d)) != OK)
		goto done;
	if (w->q->certified == NULL && !d->simulation) {
		r = fault(E_STATE, _("--certified MANIFIESTO: el del dictamen (numeral 14)"),
		          _("falta el manifiesto certificado: solo un simulacro se abre sin él"));
		goto done;
	}
	if (moment_now() >= d->closes) {
		r = fault(E_REFUSED, NULL, _("la votación de esta definición cerró el %s"), d->closes_text);
		goto done;
	}
	if ((r = setup_absent(w->s, w->database)) != OK || (r = write_opening(w, d)) != OK ||
	    (r = record_open_with(&w->opened, w->record, w->source, w->pending)) != OK || (r = record_rights(&w->rights, w->opened, false)) != OK)
		goto done;
	if (w->rights->voters > d->max_voters)
		r = fault(E_EVIDENCE, NULL, _("%s: %llu votantes; la definición admite %llu"), w->credentials,
		          (unsigned long long)w->rights->voters, (unsigned long long)d->max_voters);
	else
		warn_small_lists(w);
done:
	definition_free(d);
	return r;
}

static enum status fill_database(struct opening_work *w)
{
	const struct definition *d = w->opened->definition;
	const char *sql = settings_path(w->s, "system.sql", "/usr/share/vemre/sql");
	uint8_t again[32];
	enum status r;

	if (sql == NULL)
		return E_USAGE;
	if ((r = setup_create(w->s, w->work_database, sql)) != OK)
		return r;
	w->made_database = true;
	/* Right after it was made, and once more before the initial report: what PostgreSQL holds is what was certified. */
	if ((r = connection_open(&w->db, w->s, CONNECTION_ADMIN, w->work_database, NULL)) != OK ||
	    (r = opening_certified(w, again, w->db)) != OK || (r = connection_script(w->db, "BEGIN", "BEGIN")) != OK ||
	    (r = setup_load(w->db, d, w->load, w->credentials)) != OK ||
	    (r = setup_open_election(w->db, d, w->opened->eid, w->opened->credentials_sha256)) != OK)
		return r;
	if ((r = connection_script(w->db, "COMMIT", "COMMIT")) != OK)
		return r;
	return opening_certified(w, again, w->db);
}

/* ---- the whole */

static enum status open_journal(struct opening_work *w, struct journal **own)
{
	char *folder = file_path(w->q->election, "journal", NULL), *path = file_path(w->q->election, "journal",
	                                                                             "open-election.jsonl", NULL);
	enum status r = folder == NULL || path == NULL ? no_memory() : OK;

	if (r == OK && w->q->journal == NULL && (r = file_mkdirs(folder, 0755)) == OK)
		r = journal_open(own, path, "open-election");
	w->journal = w->q->journal != NULL ? w->q->journal : *own;
	free(folder);
	free(path);
	return r;
}

static enum status begin(struct opening_work *w)
{
	char hash[65];

	hex_encode(hash, w->opened->opening.system_hash, 32);
	return journal_write(w->journal, "opening-begun", w->q->admin,
	                     json_pack("{s:s, s:s}", "database", w->database, "system_hash", hash));
}

static enum status everything(struct opening_work *w)
{
	enum status r;

	report_step(_("se cotejan definición, llaves, credenciales y sistema"));
	if ((r = same_definition(w)) != OK || (r = compare(w)) != OK ||
	    (r = emblems_take(w->source, w->source, w->q->election)) != OK || (r = begin(w)) != OK)
		return r;
	report_step(_("se crea la base de datos «%s» y se cargan los votantes"), w->database);
	if ((r = fill_database(w)) != OK || (r = opening_initial_report(w)) != OK ||
	    (r = opening_hash_report(w, w->opened->definition, w->q->certified != NULL)) != OK ||
	    (r = opening_configuration(w->q, w->opened->definition, w->source, w->documents)) != OK ||
	    (w->q->confirm != NULL && (r = w->q->confirm(w->q->confirm_ctx)) != OK))
		return r;
	return opening_commit(w);
}

enum status opening_run(struct settings *s, const struct opening_request *q)
{
	struct opening_work w = {.s = s, .q = q, .manifest = BUFFER_INIT, .lock = -1};
	struct journal *own = NULL;
	bool finished = false;
	enum status r;

	if ((r = paths(&w)) != OK || (r = predecessors(&w)) != OK || (r = opening_lock(&w)) != OK ||
	    (r = open_journal(&w, &own)) != OK || (r = opening_take_up(&w, &finished)) != OK)
		goto done;
	if (!finished && (r = everything(&w)) != OK)
		goto done;
	report_step(_("elección abierta; recibe votos del %s al %s"), w.opened->definition->opens_text,
	            w.opened->definition->closes_text);
done:
	connection_close(w.db);
	if (r != OK) /* nothing half open */
		opening_undo(&w);
	journal_close(own);
	if (w.lock >= 0)
		close(w.lock);
	rights_free(w.rights);
	record_free(w.opened);
	buffer_free(&w.manifest);
	for (size_t i = 0; i < w.n_hosts; i++)
		host_report_free(&w.hosts[i]);
	free(w.record);
	free(w.documents);
	free(w.definition);
	free(w.keys);
	free(w.credentials);
	free(w.opening);
	free(w.pending);
	free(w.load);
	free(w.registrar);
	return r;
}
