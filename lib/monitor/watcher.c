/* See watcher.h. */
#include "monitor/watcher.h"
#include "base/i18n.h"
#include "base/moment.h"
#include "base/report.h"
#include "monitor/unsent.h"
#include "monitor/view.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct watched {
	enum component_level level;
	double looked; /* of the component, when it was last taken */
	moment began, seen;
};

struct watcher {
	struct components *all;
	struct unsent *u;
	struct watched list[COMPONENTS_MAX];
	char host[ENTRY_HOST + 1];
};

static enum status put(struct watcher *w, unsigned i)
{
	struct watched *s = &w->list[i];
	struct sample out = {.began = s->began, .ended = s->seen};

	if (s->level == COMPONENT_OFF || s->seen <= s->began)
		return OK;
	snprintf(out.watcher, sizeof out.watcher, "%s", w->host);
	snprintf(out.component, sizeof out.component, "%s", w->all->list[i].id);
	snprintf(out.light, sizeof out.light, "%s", view_level(s->level));
	s->began = s->seen;
	return unsent_sample(w->u, &out);
}

static void say(const struct component *c)
{
	if (c->level == COMPONENT_RED || c->level == COMPONENT_AMBER)
		report_warning(c->advice, "%s: %s: %s", _(c->name), view_word(c->level), c->problem);
	else
		report_info("%s: %s", _(c->name), view_word(c->level));
}

/* Between two looks the light was the earlier one's. */
static enum status take(struct watcher *w)
{
	moment now = moment_now();
	enum status r = OK;

	for (unsigned i = 0; i < w->all->n; i++) {
		const struct component *c = &w->all->list[i];
		struct watched *s = &w->list[i];
		bool first = s->looked <= 0, changed = c->level != s->level;

		if (c->looked == s->looked || strcmp(c->id, "participation") == 0)
			continue;
		s->looked = c->looked;
		s->seen = now > s->seen ? now : s->seen;
		if (first)
			s->began = now;
		else if ((changed || s->seen - s->began >= WATCHER_SECONDS) && put(w, i) != OK)
			r = E_FAILED;
		if (changed || first) {
			s->level = c->level;
			s->began = s->seen;
			if (!first || c->level > COMPONENT_GREEN)
				say(c);
		}
	}
	return r;
}

/* What has waited, where the database answers by now; where not, it waits on. */
static void flush(struct watcher *w)
{
	char unheard[2];

	report_capture_begin(unheard, sizeof unheard);
	(void)!unsent_flush(w->u);
	report_capture_end();
}

static enum status watch(struct watcher *w, long refresh)
{
	struct timespec wait = {.tv_sec = refresh};
	enum status r;
	sigset_t stop;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	do {
		components_look(w->all, false);
		r = take(w);
	} while (sigtimedwait(&stop, NULL, &wait) < 0);
	flush(w);
	for (unsigned i = 0; i < w->all->n; i++)
		if (put(w, i) != OK)
			r = E_FAILED;
	components_keep(w->all);
	return r;
}

enum status watcher_run(struct components *all, long refresh)
{
	struct watcher w = {.all = all};
	enum status r;

	if (gethostname(w.host, sizeof w.host - 1) != 0 || w.host[0] == '\0')
		strcpy(w.host, "?");
	if ((r = unsent_open(&w.u, all->s, all->election, all->definition->id, "watch")) == OK) {
		report_step(_("se vigila la elección %s; lo visto se guarda para el informe de operación"), all->definition->id);
		r = watch(&w, refresh);
	}
	unsent_close(w.u);
	return r;
}
