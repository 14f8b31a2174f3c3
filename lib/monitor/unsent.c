/* See unsent.h. */
#include "monitor/unsent.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum { FILE_MAX = 64 << 20, LINE_BYTES = 2048, AWAY_SECONDS = 10 };

struct unsent {
	const struct settings *s;
	const char *slug;
	char *path;
	int fd;
	struct connection *db;
	bool warned, empty;
	moment away; /* since when the database is not asked again; 0: it is */
};

/* ---- lines */

static json_t *of_entry(const struct entry *e)
{
	json_t *times = json_array();

	for (int i = 0; i < ENTRY_STEPS; i++)
		json_array_append_new(times, json_integer(e->milliseconds[i]));
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:o}", "began", (json_int_t)e->began * 1000 + e->fraction, "prober", e->prober,
	                 "outcome", entry_outcome_words[e->outcome], "step", entry_step_words[e->step], "detail", e->detail, "milliseconds", times);
}

static json_t *of_sample(const struct sample *s)
{
	return json_pack("{s:s, s:s, s:s, s:I, s:I}", "watcher", s->watcher, "component", s->component, "light", s->light, "began",
	                 (json_int_t)s->began, "ended", (json_int_t)s->ended);
}

static bool entry_from(struct entry *out, const json_t *line)
{
	const char *prober, *outcome, *step, *detail;
	json_int_t began;
	json_t *times;

	memset(out, 0, sizeof *out);
	if (json_unpack((json_t *)line, "{s:I, s:s, s:s, s:s, s:s, s:o}", "began", &began, "prober", &prober, "outcome", &outcome, "step",
	                &step, "detail", &detail, "milliseconds", &times) != 0)
		return false;
	out->began = began / 1000;
	out->fraction = (int)(began % 1000);
	snprintf(out->prober, sizeof out->prober, "%s", prober);
	snprintf(out->detail, sizeof out->detail, "%s", detail);
	out->outcome = entry_outcome_of(outcome);
	out->step = entry_step_of(step);
	for (size_t i = 0; i < ENTRY_STEPS; i++)
		out->milliseconds[i] = (int)json_integer_value(json_array_get(times, i));
	return out->outcome < ENTRY_OUTCOMES && out->step < ENTRY_STEPS && json_array_size(times) == ENTRY_STEPS;
}

static bool sample_from(struct sample *out, const json_t *line)
{
	const char *watcher, *component, *light;
	json_int_t began, ended;

	memset(out, 0, sizeof *out);
	if (json_unpack((json_t *)line, "{s:s, s:s, s:s, s:I, s:I}", "watcher", &watcher, "component", &component, "light", &light,
	                "began", &began, "ended", &ended) != 0)
		return false;
	snprintf(out->watcher, sizeof out->watcher, "%s", watcher);
	snprintf(out->component, sizeof out->component, "%s", component);
	snprintf(out->light, sizeof out->light, "%s", light);
	out->began = began;
	out->ended = ended;
	return true;
}

/* ---- the file */

enum status unsent_open(struct unsent **out, const struct settings *s, const char *election, const char *slug,
                        const char *name)
{
	char *folder = file_path(election, "monitor", NULL), file[64];
	struct unsent *u = calloc(1, sizeof *u);
	enum status r = E_FAILED;

	*out = NULL;
	if (folder == NULL || u == NULL)
		goto done;
	snprintf(file, sizeof file, "%s-unsent.jsonl", name);
	*u = (struct unsent){.s = s, .slug = slug, .fd = -1, .path = file_path(folder, file, NULL)};
	if (u->path == NULL || (r = file_mkdirs(folder, 0755)) != OK)
		goto done;
	if ((u->fd = open(u->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644)) < 0)
		r = fault(E_FAILED, NULL, _("%s: no se puede abrir: %s"), u->path, strerror(errno));
	else if (flock(u->fd, LOCK_EX | LOCK_NB) != 0)
		r = fault(E_STATE, NULL, _("%s: otro proceso ya hace este trabajo"), u->path);
	if (r == OK) {
		off_t len = lseek(u->fd, 0, SEEK_END);
		char last = '\n';

		u->empty = len == 0;
		/* A line that a crash cut short stays a line of its own. */
		if (len > 0 && pread(u->fd, &last, 1, len - 1) == 1 && last != '\n')
			(void)!write(u->fd, "\n", 1);
		*out = u;
		u = NULL;
	}
done:
	unsent_close(u);
	free(folder);
	return r;
}

void unsent_close(struct unsent *u)
{
	if (u == NULL)
		return;
	connection_close(u->db);
	if (u->fd >= 0)
		close(u->fd);
	free(u->path);
	free(u);
}

/* A line that a crash cut short was never promised to anybody. */
static enum status bring_in_line(struct unsent *u, const char *text, size_t len)
{
	json_t *line = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	struct sample s;
	struct entry e;
	enum status r = OK;

	if (len == 0)
		return OK;
	if (line == NULL)
		report_warning(NULL, _("%s: un renglón a medias, que no se toma"), u->path);
	else if (sample_from(&s, line))
		r = sample_add(u->db, &s);
	else if (entry_from(&e, line))
		r = entry_add(u->db, &e);
	else
		report_warning(NULL, _("%s: un renglón que no es de este programa"), u->path);
	json_decref(line);
	return r;
}

static enum status bring_in(struct unsent *u)
{
	struct buffer b = BUFFER_INIT;
	const char *at, *end;
	enum status r = OK;

	if (u->db == NULL)
		r = connection_open(&u->db, u->s, CONNECTION_MONITOR, NULL, u->slug);
	if (r != OK || u->empty)
		return r;
	if ((r = file_read(&b, u->path, FILE_MAX)) != OK || (at = buffer_str(&b)) == NULL)
		goto done;
	for (; r == OK && *at != '\0'; at = *end == '\n' ? end + 1 : end) {
		end = at + strcspn(at, "\n");
		r = bring_in_line(u, at, (size_t)(end - at));
	}
	if (r == OK && ftruncate(u->fd, 0) != 0)
		r = fault(E_FAILED, NULL, _("%s: no se puede escribir: %s"), u->path, strerror(errno));
	u->empty = r == OK;
done:
	buffer_free(&b);
	return r;
}

static enum status keep(struct unsent *u, json_t *line)
{
	char *text = line != NULL ? json_dumps(line, JSON_COMPACT) : NULL, out[LINE_BYTES];
	int n = text != NULL ? snprintf(out, sizeof out, "%s\n", text) : -1;
	enum status r = OK;

	if (n < 0 || n >= LINE_BYTES || write(u->fd, out, (size_t)n) != n || fdatasync(u->fd) != 0)
		r = fault(E_FAILED, NULL, _("%s: no se puede escribir: %s"), u->path, strerror(errno));
	else
		u->empty = false;
	free(text);
	return r;
}

/* The database's fault is said once, when it begins. */
static void away(struct unsent *u, const char *said)
{
	if (!u->warned)
		report_warning(NULL, _("%s; mientras, se guarda en %s"), said, u->path);
	u->warned = true;
	u->away = moment_now();
	connection_close(u->db);
	u->db = NULL;
}

/* Asked in vain a moment ago. */
static bool is_away(const struct unsent *u)
{
	return u->away != 0 && moment_now() - u->away < AWAY_SECONDS && moment_now() >= u->away;
}

static enum status tell(struct unsent *u, const struct entry *e, const struct sample *s)
{
	char said[400];
	json_t *line;
	enum status r = E_FAILED;

	/* Many lights at once: one wait for a database that is away, not one for each. */
	if (!is_away(u)) {
		report_capture_begin(said, sizeof said);
		if ((r = bring_in(u)) == OK)
			r = e != NULL ? entry_add(u->db, e) : sample_add(u->db, s);
		report_capture_end();
		if (r == OK) {
			u->warned = false;
			u->away = 0;
			return OK;
		}
		away(u, said);
	}
	line = e != NULL ? of_entry(e) : s != NULL ? of_sample(s) : NULL;
	r = keep(u, line);
	json_decref(line);
	return r;
}

enum status unsent_flush(struct unsent *u)
{
	u->away = 0;
	return bring_in(u);
}

enum status unsent_entry(struct unsent *u, const struct entry *e)
{
	return tell(u, e, NULL);
}

enum status unsent_sample(struct unsent *u, const struct sample *s)
{
	return tell(u, NULL, s);
}

void unsent_last_success(struct unsent *u, moment *good)
{
	struct entry_last last;
	char said[400];
	enum status r;

	if (is_away(u))
		return;
	report_capture_begin(said, sizeof said);
	if ((r = bring_in(u)) == OK)
		r = entry_last(u->db, &last);
	report_capture_end();
	if (r != OK)
		away(u, said);
	else
		*good = last.ok_age >= 0 ? moment_now() - last.ok_age : 0;
}

bool unsent_last_entry(struct entry *out, const char *election)
{
	char *path = file_path(election, "monitor", "probe-unsent.jsonl", NULL), said[200];
	struct buffer b = BUFFER_INIT;
	const char *at, *end;
	bool found = false;

	report_capture_begin(said, sizeof said);
	if (path != NULL && file_exists(path) && file_read(&b, path, FILE_MAX) == OK && (at = buffer_str(&b)) != NULL)
		for (; (end = strchr(at, '\n')) != NULL; at = end + 1) {
			json_t *line = json_loadb(at, (size_t)(end - at), JSON_REJECT_DUPLICATES, NULL);

			found = (line != NULL && entry_from(out, line)) || found;
			json_decref(line);
		}
	report_capture_end();
	buffer_free(&b);
	free(path);
	return found;
}
