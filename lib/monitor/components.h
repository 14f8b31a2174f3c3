/*
 * What is watched of a running election (numerals 23 to 26): one component per thing that can fail, each with a light, the
 * reason and the first thing to do. Public, all of it; never anything of a vote. Settings: the group "monitor" and those
 * of the parts themselves (doc/vemre.conf).
 *
 * A probe (probe_*.c) looks at one component. It never fails: what it cannot find out is a reason.
 */
#ifndef MONITOR_COMPONENTS_H
#define MONITOR_COMPONENTS_H

#include "base/settings.h"
#include "base/status.h"
#include "election/definition.h"
#include "store/connection.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* OFF: no setting asks for it, or there is nothing to watch while the voting is not open. */
enum component_level { COMPONENT_OFF, COMPONENT_GREEN, COMPONENT_AMBER, COMPONENT_RED };
enum { COMPONENT_TEXT = 512 };

struct components;
struct component {
	const char *id;   /* "database": stable, for scripts */
	const char *name; /* what people read; a msgid */
	int every;        /* seconds between two looks */
	void (*look)(struct components *all, struct component *c);

	enum component_level level;
	char problem[COMPONENT_TEXT]; /* of the worst light; "" where green */
	char facts[COMPONENT_TEXT];   /* what it found, joined by "; " */
	char advice[COMPONENT_TEXT];  /* the first thing to do; "" where green */
	json_t *figures;              /* an object: the facts as numbers */
	double looked;                /* CLOCK_MONOTONIC seconds; 0: never */
};

enum { COMPONENTS_MAX = 20 };
struct components {
	struct settings *s; /* borrowed */
	const char *election;
	struct definition *definition;
	struct connection *db; /* as vemre_monitor; NULL until it could be opened */
	struct scrape_history *history;
	char *kept;   /* the file that history is handed on in */
	bool single;  /* one look: what wants two takes them */
	struct component list[COMPONENTS_MAX];
	unsigned n;
};

/* election: the folder, or NULL for the setting election.folder. E_STATE, said: no election was opened there. */
MUST_USE enum status components_open(struct components **out, struct settings *s, const char *election);
void components_free(struct components *all);
/* Looks at those whose time has come; with `now`, at all. */
void components_look(struct components *all, bool now);
/* Looks at one component of none of the above, now: id and look are set (vemre.conf's check, monitor/check.c). */
void component_look(struct components *all, struct component *c);
/* The name (a msgid) of the component with this id; NULL: none. */
const char *components_name(const char *id);
/* Hands on what the next process wants to know. */
void components_keep(const struct components *all);
enum component_level components_worst(const struct components *all);
/* CLOCK_MONOTONIC seconds. */
double components_clock(void);

/* ---- for the probes. Each starts GREEN with no texts. */

/* A fact, good or bad. */
void component_fact(struct component *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Raises the light; the first problem of the worst light is the one that is told, with its advice. */
void component_problem(struct component *c, enum component_level level, const char *advice, const char *fmt, ...)
        __attribute__((format(printf, 4, 5)));
/* No setting asks for it. */
void component_off(struct component *c, const char *setting);
/* A setting is not what it must be. said: what the settings' reader said (report_capture). */
void component_bad_setting(struct component *c, const char *said);
void component_number(struct component *c, const char *name, double value); /* a figure; whole ones without point */
void component_text(struct component *c, const char *name, const char *value);
/* The lower threshold is amber's, the upper red's. */
enum component_level component_over(double value, double amber, double red);

/* An integer of the settings; where it is not one the component says so and `fallback` stands. */
long components_int(struct components *all, struct component *c, const char *name, long fallback, long min, long max);
/* all->db, opened where it can be; NULL: c says that the database does not answer, its own line with the reason. */
struct connection *components_database(struct components *all, struct component *c);
/* What c wants to know cannot be known: the database did not answer. */
void component_no_database(struct component *c);

#endif
