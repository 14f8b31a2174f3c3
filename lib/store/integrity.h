/*
 * What the database itself holds that decides who may do what: functions, tables and their constraints, triggers, views,
 * rights, the four roles, each as PostgreSQL gives it back (pg_get_functiondef, ACLs), not as sql/ says it. Whoever
 * replaced a function or granted a right after the migrations shows here (numeral 14; also asked by the monitor).
 * Public. Any role may ask.
 */
#ifndef STORE_INTEGRITY_H
#define STORE_INTEGRITY_H

#include "store/connection.h"

/* name: "function vemre.in_box(p_tracker bytea)", unique; in the order of bytes. What tell returns other than OK ends it.
 * Nothing of it depends on the database's name or its rows. */
typedef enum status (*integrity_listener)(void *ctx, const char *name, const char *text);
MUST_USE enum status integrity_tell(struct connection *c, integrity_listener tell, void *ctx);

#endif
