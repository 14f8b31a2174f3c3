/*
 * The database of one election, made from sql/ and loaded, for open-election. The owner makes and migrates; the admin
 * loads and opens, all in one transaction.
 */
#ifndef STORE_SETUP_H
#define STORE_SETUP_H

#include "base/settings.h"
#include "base/status.h"
#include "election/definition.h"
#include "store/connection.h"
#include <stdbool.h>
#include <stdint.h>

/* Waits, 10 s at most, until no other session of the owner is at PostgreSQL's own database: what a killed program had asked
 * (CREATE DATABASE, RENAME) goes on without it. */
MUST_USE enum status setup_settle(const struct settings *s);
MUST_USE enum status setup_exists(bool *out, const struct settings *s, const char *database);
/* E_STATE, said, if there is a database of that name. */
MUST_USE enum status setup_absent(const struct settings *s, const char *database);
/* Makes the database and runs every numbered file of the folder in order. On a fault the database is gone again. */
MUST_USE enum status setup_create(const struct settings *s, const char *database, const char *sql_folder);
/* Only for what setup_create made and nobody has used. */
void setup_drop(const struct settings *s, const char *database);
/* Drops every database whose name is `prefix` and a number that no process of this host has: what a program that was killed
 * has left. prefix names the host. */
MUST_USE enum status setup_drop_left(const struct settings *s, const char *prefix);
/* In one step. Nobody may be connected to it: one that is just going away is waited for (5 s). */
MUST_USE enum status setup_rename(const struct settings *s, const char *from, const char *to);

/*
 * Within a transaction of c (admin): the districts, the load file's and credentials.csv's lines. The load file
 * (enrolment/server-load.csv, ceremony/enrol.h) has a header line and "username,auth_sha256,phone,district,
 * credential,kind" per line. Form is checked here line by line, what the two files say of each other by the database
 * (vemre.load_faults): each disagreement is said. E_EVIDENCE.
 */
MUST_USE enum status setup_load(struct connection *c, const struct definition *d, const char *load_path,
                                const char *credentials_path);
MUST_USE enum status setup_open_election(struct connection *c, const struct definition *d, const uint8_t eid[32],
                                         const uint8_t credentials_sha256[32]);

struct setup_counters {
	long long voters, spares, ballots, participation, sessions, codes;
	char now[32]; /* database's clock, RFC 3339 in UTC */
};
MUST_USE enum status setup_counters(struct connection *c, struct setup_counters *out);
/* vemre.district_counters(), to a listener. */
typedef void (*setup_district_listener)(void *ctx, const char *district, long long voters, long long ballots);
MUST_USE enum status setup_districts(struct connection *c, setup_district_listener listener, void *ctx);
/* vemre.initial_counters(): what must be zero before any vote (numeral 16). */
typedef void (*setup_counter_listener)(void *ctx, const char *name, long long rows);
MUST_USE enum status setup_initial(struct connection *c, setup_counter_listener listener, void *ctx);

#endif
