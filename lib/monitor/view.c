/* See view.h. */
#include "monitor/view.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/moment.h"
#include "base/report.h"
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { NAME_WIDTH = 22, LIGHT_WIDTH = 7, INDENT = 4 + LIGHT_WIDTH + NAME_WIDTH };

static const struct {
	const char *id, *word, *colour;
} levels[] = {
        [COMPONENT_OFF] = {"off", N_("—"), "\033[90m"},
        [COMPONENT_GREEN] = {"green", N_("VERDE"), "\033[32m"},
        [COMPONENT_AMBER] = {"amber", N_("ÁMBAR"), "\033[33m"},
        [COMPONENT_RED] = {"red", N_("ROJO"), "\033[1;31m"},
};

const char *view_level(enum component_level level)
{
	return levels[level].id;
}

const char *view_word(enum component_level level)
{
	return _(levels[level].word);
}

/* Columns of a UTF-8 text: none of ours is wide or combining. */
static unsigned columns(const char *text, size_t len)
{
	unsigned n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xc0) != 0x80;
	return n;
}

static void pad(struct buffer *out, const char *text, unsigned width)
{
	buffer_text(out, text);
	for (unsigned n = columns(text, strlen(text)); n < width; n++)
		buffer_text(out, " ");
}

/* Words, broken before `width`, the next lines under the first. */
static void wrapped(struct buffer *out, const char *text, unsigned indent, unsigned width)
{
	unsigned at = indent;

	while (*text != '\0') {
		size_t len = strcspn(text, " ");
		unsigned n = columns(text, len);

		if (width > 0 && at > indent && at + 1 + n > width) {
			buffer_printf(out, "\n%*s", (int)indent, "");
			at = indent;
		} else if (at > indent) {
			buffer_text(out, " ");
			at++;
		}
		buffer_put(out, text, len);
		at += n;
		text += len + strspn(text + len, " ");
	}
	buffer_text(out, "\n");
}

static void heading(struct buffer *out, const struct components *all, bool colour)
{
	enum component_level worst = components_worst(all);
	char now[96];

	moment_text(now, sizeof now, moment_now(), all->definition->zone);
	buffer_printf(out, "%s%s%s\n  %s\n  ", colour ? "\033[1m" : "", all->definition->title, colour ? "\033[0m" : "", now);
	if (all->definition->simulation)
		buffer_text(out, _("SIMULACRO, sin validez oficial · "));
	buffer_printf(out, "%s%s%s\n\n", colour ? levels[worst].colour : "", _(levels[worst].word), colour ? "\033[0m" : "");
}

static void line(struct buffer *out, const struct component *c, bool colour, unsigned width)
{
	const char *mark = c->level == COMPONENT_OFF ? "○" : "●";
	char text[2 * COMPONENT_TEXT + 4];

	buffer_printf(out, "%s%s ", colour ? levels[c->level].colour : "", mark);
	pad(out, _(levels[c->level].word), LIGHT_WIDTH);
	buffer_text(out, colour ? "\033[0m" : "");
	buffer_text(out, "  ");
	pad(out, _(c->name), NAME_WIDTH);
	snprintf(text, sizeof text, "%s%s%s", c->problem, c->problem[0] != '\0' && c->facts[0] != '\0' ? "; " : "", c->facts);
	wrapped(out, text, INDENT, width);
	if (c->advice[0] == '\0')
		return;
	buffer_printf(out, "%*s", INDENT, "");
	snprintf(text, sizeof text, _("→ primero: %s"), c->advice);
	wrapped(out, text, INDENT, width);
}

void view_text(struct buffer *out, const struct components *all, bool colour, unsigned width)
{
	heading(out, all, colour);
	for (unsigned i = 0; i < all->n; i++)
		line(out, &all->list[i], colour, width);
}

static json_t *text_or_null(const char *text)
{
	return text[0] != '\0' ? json_string(text) : json_null();
}

enum status view_json(struct buffer *out, const struct components *all)
{
	json_t *list = json_array(), *root;
	char now[32];
	enum status r;

	moment_rfc3339(now, sizeof now, moment_now(), "UTC");
	for (unsigned i = 0; i < all->n; i++) {
		const struct component *c = &all->list[i];

		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:O}", "id", c->id, "name", _(c->name), "level",
		                                      levels[c->level].id, "problem", text_or_null(c->problem), "advice",
		                                      text_or_null(c->advice), "facts", text_or_null(c->facts), "figures", c->figures));
	}
	root = json_pack("{s:s, s:s, s:s, s:s, s:o}", "format", "VEMRE-V1", "time", now, "election", all->definition->id, "level",
	                 levels[components_worst(all)].id, "components", list);
	r = root != NULL ? json_write(out, root) : fault(E_FAILED, NULL, _("no hay memoria"));
	json_decref(root);
	return r;
}

/* ---- on a terminal */

static unsigned terminal_width(void)
{
	struct winsize w;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &w) == 0 && w.ws_col >= 60 ? w.ws_col : 0;
}

/* In place: each line clears what was longer before, the last one what was below. */
static void show(struct buffer *text, bool terminal)
{
	const char *at = buffer_str(text);

	if (at == NULL)
		return;
	if (terminal)
		fputs("\033[H", stdout);
	while (*at != '\0') {
		size_t len = strcspn(at, "\n");

		fwrite(at, 1, len, stdout);
		fputs(terminal ? "\033[K\n" : "\n", stdout);
		at += len + (at[len] == '\n');
	}
	fputs(terminal ? "\033[J" : "\n", stdout);
	fflush(stdout);
}

/* False: told to end. */
static bool wait_for(long seconds)
{
	struct timespec t = {.tv_sec = seconds};
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	return sigtimedwait(&ends, NULL, &t) < 0;
}

enum status view_live(struct components *all, long refresh)
{
	bool terminal = isatty(STDOUT_FILENO) != 0;
	sigset_t ends;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigprocmask(SIG_BLOCK, &ends, NULL);
	if (terminal)
		fputs("\033[?1049h\033[?25l", stdout); /* a screen of its own, no cursor */
	do {
		struct buffer text = BUFFER_INIT;

		components_look(all, false);
		view_text(&text, all, terminal, terminal ? terminal_width() : 0);
		show(&text, terminal);
		buffer_free(&text);
	} while (wait_for(refresh));
	components_keep(all);
	if (terminal)
		fputs("\033[?25h\033[?1049l", stdout);
	return OK;
}

enum status view_once(struct components *all, bool json)
{
	bool terminal = isatty(STDOUT_FILENO) != 0;
	struct buffer text = BUFFER_INIT;
	enum status r = OK;

	all->single = true;
	components_look(all, true);
	components_keep(all);
	if (json)
		r = view_json(&text, all);
	else
		view_text(&text, all, terminal, terminal ? terminal_width() : 0);
	if (r == OK && buffer_str(&text) == NULL)
		r = fault(E_FAILED, NULL, _("no hay memoria"));
	if (r == OK)
		fputs(buffer_str(&text), stdout);
	buffer_free(&text);
	return r != OK ? r : components_worst(all) == COMPONENT_RED ? E_STATE : OK;
}
