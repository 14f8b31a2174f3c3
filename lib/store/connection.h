/*
 * A connection to the election's database, by libpq: constant SQL text with parameters, prepared at first use, and
 * reconnected when it was lost. Not thread-safe: one per thread. Nothing here is secret but what callers pass.
 *
 * Settings: database.connection, a libpq connection string without user and dbname (default "": the local server), in
 * which {account} stands for the name of the account that runs the program,
 * database.name (default "vemre-" and the election's id).
 */
#ifndef STORE_CONNECTION_H
#define STORE_CONNECTION_H

#include "base/buffer.h"
#include "base/settings.h"
#include "base/status.h"
#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which of the four roles (sql/roles.sql) a program is. */
enum connection_role { CONNECTION_OWNER, CONNECTION_WEB, CONNECTION_ADMIN, CONNECTION_MONITOR };

struct connection;

/* database: its name, or NULL for the setting's. slug: the election's id, for the default name. E_FAILED, said. */
MUST_USE enum status connection_open(struct connection **out, const struct settings *s, enum connection_role role,
                                     const char *database, const char *slug);
void connection_close(struct connection *c);
/* database.name, or vemre-SLUG. out holds at least 64 bytes. */
MUST_USE enum status connection_database(char *out, size_t size, const struct settings *s, const char *slug);

/*
 * database.connection with the account's name in the place of each {account}; out is empty where nothing is set. The name is
 * asked of the system at the first call and kept: a process that confines itself calls this (connection_reach does) before.
 * E_USAGE, said: longer than size, or no text; E_FAILED, said: the account has no name.
 */
enum { CONNECTION_STRING_MAX = 1024 };
MUST_USE enum status connection_string(char *out, size_t size, const struct settings *s);

/* What connecting (again) takes besides a socket, for a process that confines itself. */
enum { CONNECTION_FILES_MAX = 8 };
struct connection_reach {
	bool internet; /* a host that is not a Unix socket's folder */
	const char *files[CONNECTION_FILES_MAX + 1]; /* of certificates, keys, passwords; NULL at the end */
	char *home[2];                               /* libpq's own places for them, in the account's home */
	PQconninfoOption *named, *defaults;
};
/* Of connection_string. E_USAGE, said: database.connection is no connection string. Release with connection_reach_free. */
MUST_USE enum status connection_reach(struct connection_reach *out, const struct settings *s);
void connection_reach_free(struct connection_reach *reach); /* safe on a zeroed one */

/* A parameter of a statement. */
struct connection_value {
	const char *data; /* NULL: SQL null */
	int len;
	int binary; /* 1: bytea as its bytes; 0: text, zero-terminated */
};
#define CONNECTION_TEXT(t) ((struct connection_value){(t), 0, 0})
#define CONNECTION_BYTES(p, n) ((struct connection_value){(const char *)(p), (int)(n), 1})
#define CONNECTION_NULL ((struct connection_value){NULL, 0, 0})

enum { CONNECTION_PARAMS_MAX = 8 };
/*
 * Runs one statement with its parameters; sql must be a constant (its address is the key of the prepared one).
 * *out: the rows, freed by PQclear. A lost connection is opened again and the statement tried once more: so only what
 * may run twice. Errors are said with the database's own words (no parameter values in them). E_FAILED.
 */
MUST_USE enum status connection_run(struct connection *c, PGresult **out, const char *sql, unsigned n,
                                    const struct connection_value *values);
/* Several statements as one text without parameters: migrations, BEGIN, COMMIT. Not tried again. */
MUST_USE enum status connection_script(struct connection *c, const char *name, const char *sql);

/* Appends a name quoted as an SQL identifier, for the few statements that take no parameters (CREATE DATABASE). */
void connection_quote(struct connection *c, struct buffer *out, const char *name);

/* COPY ... FROM STDIN: begin, put, end. connection_copy_end(c, false) abandons what was put. */
MUST_USE enum status connection_copy_begin(struct connection *c, const char *sql);
MUST_USE enum status connection_copy_put(struct connection *c, const void *data, size_t len);
MUST_USE enum status connection_copy_end(struct connection *c, bool good);
/* COPY ... TO STDOUT: each row to `row` until it returns other than OK or there are no more. */
MUST_USE enum status connection_copy_out(struct connection *c, const char *sql,
                                         enum status (*row)(void *ctx, const char *data, size_t len), void *ctx);

/* A field of the first row. */
const char *connection_text(const PGresult *r, int column); /* "" where null */
bool connection_null(const PGresult *r, int column);
int connection_int(const PGresult *r, int column); /* -1 where null */
/* A bytea of at most max bytes; *len 0 where null. False: longer or not bytea. */
bool connection_bytes(const PGresult *r, int column, uint8_t *out, size_t max, size_t *len);

#endif
