/* See availability.h. */
#include "monitor/availability.h"
#include "base/i18n.h"
#include "base/report.h"
#include "monitor/components.h"
#include "store/entry.h"
#include <stdio.h>
#include <string.h>

/* ---- lights: by component and beginning; where two watchers saw the same while, the first one's word stands */

struct lights {
	struct availability *out;
	moment from, to, covered;
	char component[ENTRY_COMPONENT + 1];
	int64_t amber;
	bool red;     /* the last one */
	bool entries; /* the log-ins are told of already */
};

static void how_lights(struct lights *l)
{
	const struct report_component *c = l->out->n > 0 ? &l->out->list[l->out->n - 1] : NULL;
	int64_t whole = l->to - l->from;

	if (c == NULL || l->component[0] == '\0')
		return;
	snprintf(l->out->how[l->out->n - 1], AVAILABILITY_HOW, "medido: la vista, %lld.%lld %% del periodo; en ámbar, %lld min",
	         (long long)(c->observed * 100 / whole), (long long)(c->observed * 1000 / whole % 10), (long long)(l->amber / 60));
}

static bool next_component(struct lights *l, const char *id)
{
	/* The log-ins themselves say more than the light that was made of them. */
	const char *name = strcmp(id, "entry") == 0 && l->entries ? NULL : components_name(id);

	how_lights(l);
	snprintf(l->component, sizeof l->component, "%s", id);
	l->covered = l->from;
	l->amber = 0;
	l->red = false;
	if (name == NULL || l->out->n == AVAILABILITY_MAX) {
		l->component[0] = '\0';
		return false;
	}
	l->out->list[l->out->n] = (struct report_component){.name = name, .how = l->out->how[l->out->n]};
	l->out->n++;
	return true;
}

static enum status one_light(void *ctx, const struct sample *s)
{
	struct lights *l = ctx;
	moment from = s->began > l->from ? s->began : l->from, to = s->ended < l->to ? s->ended : l->to;
	struct report_component *c;
	bool red = strcmp(s->light, "red") == 0;

	if (strcmp(s->component, l->component) != 0 && !next_component(l, s->component))
		return OK;
	c = &l->out->list[l->out->n - 1];
	from = from > l->covered ? from : l->covered;
	if (to <= from)
		return OK;
	c->observed += to - from;
	c->down += red ? to - from : 0;
	c->interruptions += red && !l->red;
	l->amber += strcmp(s->light, "amber") == 0 ? to - from : 0;
	l->red = red;
	l->covered = to;
	return OK;
}

/* ---- log-ins: each speaks for the time to the next one, two periods at the most */

struct entries {
	struct report_component c;
	moment to, last;
	bool any, failed;
	long every;
	unsigned n, bad;
};

static void until(struct entries *e, moment when)
{
	int64_t while_ = when - e->last < 2 * e->every ? when - e->last : 2 * e->every;

	if (!e->any || while_ <= 0)
		return;
	e->c.observed += while_;
	e->c.down += e->failed ? while_ : 0;
}

static void one_entry(void *ctx, const struct entry *entry)
{
	struct entries *e = ctx;
	bool failed = entry->outcome == ENTRY_FAILED;

	until(e, entry->began);
	e->c.interruptions += failed && !(e->any && e->failed);
	e->n++;
	e->bad += failed;
	e->any = true;
	e->failed = failed;
	e->last = entry->began;
}

static enum status from_entries(struct availability *out, struct connection *db, moment from, moment to, long every)
{
	struct entries e = {.to = to, .every = every};
	enum status r = entry_tell(db, from, to, one_entry, &e);

	if (r != OK || e.n == 0 || out->n == AVAILABILITY_MAX)
		return r;
	until(&e, to);
	snprintf(out->how[out->n], AVAILABILITY_HOW, "medido: la entrada de prueba, desde fuera: %u veces, %u sin lograrlo", e.n, e.bad);
	e.c.name = components_name("entry");
	e.c.how = out->how[out->n];
	out->list[out->n++] = e.c;
	return OK;
}

enum status availability_read(struct availability *out, struct connection *db, moment from, moment to, long every)
{
	struct lights l = {.out = out, .from = from, .to = to};
	enum status r;

	memset(out, 0, sizeof *out);
	if (to <= from)
		return OK;
	r = from_entries(out, db, from, to, every);
	l.entries = out->n > 0;
	if (r == OK && (r = sample_tell(db, from, to, one_light, &l)) == OK)
		how_lights(&l);
	return r;
}
