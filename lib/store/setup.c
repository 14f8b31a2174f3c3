/* See setup.h. */
#include "store/setup.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/reader.h"
#include "base/report.h"
#include "group/point.h"
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LOAD_FAULTS_MAX = 10, LOAD_LINE_MAX = 512, FIELDS = 6 };

static const char sql_exists[] = "SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1";
static const char sql_begin_with[] = "SELECT datname FROM pg_catalog.pg_database WHERE pg_catalog.starts_with(datname::text, $1)";
static const char sql_district[] = "INSERT INTO vemre.district (id) VALUES ($1)";
static const char sql_faults[] = "SELECT * FROM vemre.load_faults()";
static const char sql_open[] = "SELECT vemre.open_election($1, $2, $3, to_timestamp($4), to_timestamp($5), "
                               "$6::integer, $7::boolean)";
static const char sql_counters[] = "SELECT * FROM vemre.counters()";
static const char sql_districts[] = "SELECT * FROM vemre.district_counters()";
static const char sql_initial[] = "SELECT * FROM vemre.initial_counters()";
/* FORCE_NOT_NULL: a spare's empty phone is an empty text, no null. */
static const char sql_copy_voters[] = "COPY vemre.load_voter (username, auth_sha256, phone, district, "
                                      "credential, kind) FROM STDIN (FORMAT csv, FORCE_NOT_NULL (phone))";
static const char load_header[] = "username,auth_sha256,phone,district,credential,kind";
static const char sql_copy_credentials[] = "COPY vemre.load_credential (district, credential, kind) "
                                           "FROM STDIN (FORMAT csv)";

static const char sql_others[] = "SELECT count(*)::int FROM pg_catalog.pg_stat_activity WHERE usename = current_user "
                                 "AND datname = 'postgres' AND pid <> pg_catalog.pg_backend_pid()";

enum status setup_settle(const struct settings *s)
{
	const struct timespec pause = {.tv_nsec = 50000000};
	struct connection *c = NULL;
	PGresult *rows;
	enum status r;
	int others = 1;

	if ((r = connection_open(&c, s, CONNECTION_OWNER, "postgres", NULL)) != OK)
		return r;
	for (int i = 0; i < 200 && others > 0 && (r = connection_run(c, &rows, sql_others, 0, NULL)) == OK; i++) {
		others = connection_int(rows, 0);
		PQclear(rows);
		if (others > 0)
			nanosleep(&pause, NULL);
	}
	connection_close(c);
	return r;
}

enum status setup_exists(bool *out, const struct settings *s, const char *database)
{
	struct connection_value values[] = {CONNECTION_TEXT(database)};
	struct connection *c = NULL;
	PGresult *rows;
	enum status r;

	if ((r = connection_open(&c, s, CONNECTION_OWNER, "postgres", NULL)) != OK)
		return r;
	if ((r = connection_run(c, &rows, sql_exists, 1, values)) == OK) {
		*out = PQntuples(rows) > 0;
		PQclear(rows);
	}
	connection_close(c);
	return r;
}

enum status setup_absent(const struct settings *s, const char *database)
{
	bool there = false;
	enum status r = setup_exists(&there, s, database);

	return r == OK && there ? fault(E_STATE, _("con ella ya se abrió una elección: no la borra ningún programa"),
	                                _("la base de datos «%s» ya existe"), database)
	                        : r;
}

/* A database's name cannot be a parameter; libpq quotes it. second: NULL, or another name at the end. */
static enum status with_name(const struct settings *s, const char *database, const char *before, const char *after,
                             const char *second)
{
	struct connection *c = NULL;
	struct buffer b = BUFFER_INIT;
	enum status r;

	if ((r = connection_open(&c, s, CONNECTION_OWNER, "postgres", NULL)) != OK)
		return r;
	buffer_text(&b, before);
	connection_quote(c, &b, database);
	buffer_text(&b, after);
	if (second != NULL)
		connection_quote(c, &b, second);
	r = buffer_str(&b) == NULL ? fault(E_FAILED, NULL, _("no hay memoria"))
	                           : connection_script(c, database, buffer_str(&b));
	buffer_free(&b);
	connection_close(c);
	return r;
}

static bool of_nobody(const char *number)
{
	char *end;
	long pid = strtol(number, &end, 10);

	return pid > 0 && *end == '\0' && kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

enum status setup_drop_left(const struct settings *s, const char *prefix)
{
	struct connection_value values[] = {CONNECTION_TEXT(prefix)};
	struct connection *c = NULL;
	PGresult *rows;
	enum status r;

	if ((r = connection_open(&c, s, CONNECTION_OWNER, "postgres", NULL)) != OK)
		return r;
	if ((r = connection_run(c, &rows, sql_begin_with, 1, values)) == OK) {
		for (int i = 0; i < PQntuples(rows); i++)
			if (of_nobody(PQgetvalue(rows, i, 0) + strlen(prefix)))
				setup_drop(s, PQgetvalue(rows, i, 0));
		PQclear(rows);
	}
	connection_close(c);
	return r;
}

enum status setup_rename(const struct settings *s, const char *from, const char *to)
{
	return with_name(s, from, "ALTER DATABASE ", " RENAME TO ", to);
}

void setup_drop(const struct settings *s, const char *database)
{
	/* Not WITH (FORCE): the owner may not end another role's session, and one of ours that is just going away is waited
	 * for (5 s) without it. */
	if (with_name(s, database, "DROP DATABASE ", "", NULL) != OK)
		report_warning(NULL, _("no se pudo borrar la base de datos «%s», que quedó a medias"), database);
}

static int numbered(const struct dirent *e)
{
	size_t len = strlen(e->d_name);

	return len > 8 && strspn(e->d_name, "0123456789") == 3 && strcmp(e->d_name + len - 4, ".sql") == 0;
}

static enum status migrate(struct connection *c, const char *folder)
{
	struct dirent **names = NULL;
	int n = scandir(folder, &names, numbered, alphasort);
	enum status r = OK;

	if (n <= 0)
		r = fault(E_USAGE, _("ajuste system.sql"), _("%s: no hay archivos SQL numerados"), folder);
	for (int i = 0; i < n; i++) {
		struct buffer b = BUFFER_INIT;
		char *path = file_path(folder, names[i]->d_name, NULL);

		if (r == OK)
			r = path == NULL ? E_FAILED : file_read(&b, path, 1 << 20);
		if (r == OK)
			r = buffer_str(&b) == NULL ? E_FAILED : connection_script(c, names[i]->d_name, buffer_str(&b));
		buffer_free(&b);
		free(path);
		free(names[i]);
	}
	free(names);
	return r;
}

enum status setup_create(const struct settings *s, const char *database, const char *sql_folder)
{
	struct connection *c = NULL;
	enum status r;

	if ((r = setup_absent(s, database)) != OK ||
	    (r = with_name(s, database, "CREATE DATABASE ", " TEMPLATE template_vemre", NULL)) != OK)
		return r;
	if ((r = with_name(s, database, "REVOKE ALL ON DATABASE ", " FROM PUBLIC", NULL)) != OK ||
	    (r = with_name(s, database, "GRANT CONNECT ON DATABASE ", " TO vemre_web, vemre_monitor, vemre_admin", NULL)) !=
	            OK ||
	    (r = connection_open(&c, s, CONNECTION_OWNER, database, NULL)) != OK || (r = migrate(c, sql_folder)) != OK) {
		connection_close(c);
		setup_drop(s, database);
		return r;
	}
	connection_close(c);
	return OK;
}

/* ---- loading */

static bool username_form(const char *text, size_t len)
{
	return len >= 1 && len <= 40 &&
	       strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ._-") >= len;
}

static bool hex_form(const char *text, size_t len, size_t bytes)
{
	return len == 2 * bytes && strspn(text, "0123456789abcdef") >= len;
}

static bool phone_form(const char *text, size_t len)
{
	return len == 0 || (len >= 8 && len <= 16 && text[0] == '+' && strspn(text + 1, "0123456789") >= len - 1);
}

/* The form of each field, and the credential on the curve. */
static const char *line_fault(const char *line, size_t len)
{
	const char *field[FIELDS], *at = line;
	size_t field_len[FIELDS];
	uint8_t octets[POINT_BYTES];
	struct point point;

	for (int i = 0; i < FIELDS; i++) {
		const char *comma = memchr(at, ',', (size_t)(line + len - at));

		field[i] = at;
		field_len[i] = (size_t)((comma != NULL ? comma : line + len) - at);
		if ((comma == NULL) != (i == FIELDS - 1))
			return N_("no tiene seis campos");
		at = comma != NULL ? comma + 1 : at;
	}
	if (!username_form(field[0], field_len[0]))
		return N_("el nombre de usuario no tiene la forma debida");
	if (!hex_form(field[1], field_len[1], 32))
		return N_("el segundo campo no es un SHA-256 en hexadecimal");
	if (!phone_form(field[2], field_len[2]))
		return N_("el teléfono no es de la forma +521234567890");
	if (field_len[3] < 1 || field_len[3] > DEFINITION_ID_MAX ||
	    strspn(field[3], "0123456789abcdefghijklmnopqrstuvwxyz-") < field_len[3])
		return N_("la entidad no tiene la forma debida");
	if (!hex_form(field[4], field_len[4], POINT_BYTES) ||
	    !hex_decode_vartime(octets, POINT_BYTES, field[4], field_len[4]) || !point_read(&point, octets))
		return N_("la credencial no es un punto de la curva");
	if (field_len[5] != 1 || (field[5][0] != 'v' && field[5][0] != 's'))
		return N_("la clase no es v ni s");
	return NULL;
}

static enum status copy_voters(struct connection *c, const uint8_t *data, size_t len, const char *path)
{
	struct reader in = reader_of(data, len);
	unsigned faults = 0;
	uint64_t line_no = 0;
	const char *line;
	size_t line_len;
	enum status r;

	if ((r = connection_copy_begin(c, sql_copy_voters)) != OK)
		return r;
	while (r == OK && !reader_end(&in) && faults < LOAD_FAULTS_MAX) {
		const char *what;
		char text[LOAD_LINE_MAX];

		line_no++;
		if (!reader_until(&in, '\n', &line, &line_len) || line_len >= sizeof text) {
			fault(E_EVIDENCE, NULL, _("%s: línea %llu: sin fin de línea, o demasiado larga"), path,
			      (unsigned long long)line_no);
			faults++;
			break;
		}
		memcpy(text, line, line_len);
		text[line_len] = '\0';
		if (line_no == 1) {
			if (strcmp(text, load_header) == 0)
				continue;
			fault(E_EVIDENCE, NULL, _("%s: no empieza con la línea «%s»"), path, load_header);
			faults++;
			break;
		}
		if (strlen(text) != line_len || (what = line_fault(text, line_len)) != NULL) {
			fault(E_EVIDENCE, NULL, _("%s: línea %llu: %s"), path, (unsigned long long)line_no,
			      strlen(text) != line_len ? _("contiene un byte cero") : _(what));
			faults++;
			continue;
		}
		text[line_len] = '\n';
		r = connection_copy_put(c, text, line_len + 1);
	}
	if (faults > 0 || r != OK) {
		enum status ended = connection_copy_end(c, false);

		return faults > 0 ? E_EVIDENCE : r != OK ? r : ended;
	}
	return connection_copy_end(c, true);
}

static enum status copy_file(struct connection *c, const char *path)
{
	const uint8_t *data = NULL;
	size_t len = 0;
	enum status r, ended;

	if ((r = file_map(&data, &len, path)) != OK)
		return r;
	if ((r = connection_copy_begin(c, sql_copy_credentials)) == OK) {
		for (size_t at = 0; r == OK && at < len; at += 1 << 16)
			r = connection_copy_put(c, data + at, len - at < 1 << 16 ? len - at : 1 << 16);
		ended = connection_copy_end(c, r == OK);
		if (r == OK)
			r = ended;
	}
	file_unmap(data, len);
	return r;
}

static enum status say_faults(struct connection *c)
{
	PGresult *rows;
	enum status r;

	if ((r = connection_run(c, &rows, sql_faults, 0, NULL)) != OK)
		return r;
	for (int i = 0; i < PQntuples(rows); i++)
		r = fault(E_EVIDENCE, NULL, "%s", PQgetvalue(rows, i, 0));
	PQclear(rows);
	return r;
}

enum status setup_load(struct connection *c, const struct definition *d, const char *load_path,
                       const char *credentials_path)
{
	const uint8_t *data = NULL;
	size_t len = 0;
	PGresult *rows;
	enum status r;

	for (unsigned i = 0; i < d->n_districts; i++) {
		struct connection_value values[] = {CONNECTION_TEXT(d->districts[i].id)};

		if ((r = connection_run(c, &rows, sql_district, 1, values)) != OK)
			return r;
		PQclear(rows);
	}
	if ((r = file_map(&data, &len, load_path)) != OK)
		return r;
	r = copy_voters(c, data, len, load_path);
	file_unmap(data, len);
	if (r == OK && (r = copy_file(c, credentials_path)) == OK)
		r = say_faults(c);
	return r;
}

enum status setup_open_election(struct connection *c, const struct definition *d, const uint8_t eid[32],
                                const uint8_t credentials_sha256[32])
{
	char opens[24], closes[24], minutes[12];
	struct connection_value values[] = {CONNECTION_TEXT(d->id),    CONNECTION_BYTES(eid, 32),
	                                    CONNECTION_BYTES(credentials_sha256, 32), CONNECTION_TEXT(opens),
	                                    CONNECTION_TEXT(closes),   CONNECTION_TEXT(minutes),
	                                    CONNECTION_TEXT(d->simulation ? "true" : "false")};
	PGresult *rows;
	enum status r;

	snprintf(opens, sizeof opens, "%lld", (long long)d->opens);
	snprintf(closes, sizeof closes, "%lld", (long long)d->closes);
	snprintf(minutes, sizeof minutes, "%u", d->session_minutes);
	if ((r = connection_run(c, &rows, sql_open, sizeof values / sizeof *values, values)) == OK)
		PQclear(rows);
	return r;
}

enum status setup_counters(struct connection *c, struct setup_counters *out)
{
	PGresult *rows;
	long long *fields[] = {&out->voters, &out->spares, &out->ballots, &out->participation, &out->sessions,
	                       &out->codes};
	enum status r;

	if ((r = connection_run(c, &rows, sql_counters, 0, NULL)) != OK)
		return r;
	for (int i = 0; i < 6; i++)
		*fields[i] = strtoll(connection_text(rows, i), NULL, 10);
	snprintf(out->now, sizeof out->now, "%s", connection_text(rows, 6));
	PQclear(rows);
	return OK;
}

enum status setup_districts(struct connection *c, setup_district_listener listener, void *ctx)
{
	PGresult *rows;
	enum status r;

	if ((r = connection_run(c, &rows, sql_districts, 0, NULL)) != OK)
		return r;
	for (int i = 0; i < PQntuples(rows); i++)
		listener(ctx, PQgetvalue(rows, i, 0), strtoll(PQgetvalue(rows, i, 1), NULL, 10),
		         strtoll(PQgetvalue(rows, i, 2), NULL, 10));
	PQclear(rows);
	return OK;
}

enum status setup_initial(struct connection *c, setup_counter_listener listener, void *ctx)
{
	PGresult *rows;
	enum status r;

	if ((r = connection_run(c, &rows, sql_initial, 0, NULL)) != OK)
		return r;
	for (int i = 0; i < PQntuples(rows); i++)
		listener(ctx, PQgetvalue(rows, i, 0), strtoll(PQgetvalue(rows, i, 1), NULL, 10));
	PQclear(rows);
	return OK;
}
