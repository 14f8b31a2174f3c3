/* See operation_events.h. */
#include "monitor/operation_events.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "protocol/hash.h"
#include "store/journal_rows.h"
#include <dirent.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { JOURNALS_MAX = 32, CHANGES_MAX = 256, CHECKS_MAX = 400 };

struct operation_events {
	struct report_change changes[CHANGES_MAX];
	size_t n_changes;
	struct report_check checks[CHECKS_MAX];
	size_t n_checks;
	struct report_journal_head journals[JOURNALS_MAX];
	uint8_t heads[JOURNALS_MAX][32];
	size_t n_journals;
	json_t *kept; /* what the texts live in */
};

/* In Spanish always: a document tells them. What is not here is told by its own name. */
static const char *const words[][2] = {
        {"opened", "apertura"},
        {"closed", "cierre"},
        {"refused", "peticiones rechazadas"},
        {"reissued", "credenciales repuestas"},
        {"journal-head", "cabeza de otra bitácora"},
        {"incident", "incidentes: altas, seguimientos, cierres"},
        {"integrity", "revisiones de integridad"},
        {"seal-failed", "el sello no se pudo hacer"},
        {"seal-again", "el sello se hizo de nuevo"},
        {"seal-contradicted", "la bitácora no era la sellada"},
        {"report", "informes de operación"},
        {"synthetic-voter", "cuenta de la entrada de prueba"},
        {"synthetic-entry", "entradas de prueba"},
        {"session-begun", "sesiones comenzadas"},
        {"session-taken-up", "sesiones retomadas"},
        {"session-ended", "sesiones terminadas"},
        {"step-begun", "pasos comenzados"},
        {"step-done", "pasos hechos"},
        {"step-confirmed", "pasos confirmados por el Fedatario"},
        {"step-failed", "pasos que fallaron"},
        {"fact", "hechos asentados"},
        {"exception", "casos no previstos"},
        {"journal-repaired", "línea a medias, terminada"},
};

static const char *keep(struct operation_events *e, const char *text)
{
	json_t *copy = json_string(text);

	json_array_append_new(e->kept, copy);
	return json_string_value(copy);
}

static const char *word(const char *event)
{
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(words[i][0], event) == 0)
			return words[i][1];
	return event;
}

/* journal: the same pointer for the same journal. */
static void count(struct operation_events *e, const char *journal, const json_t *line)
{
	const char *event = json_string_value(json_object_get(line, "event")),
	           *time = json_string_value(json_object_get(line, "time"));
	struct report_change *c = NULL;
	const char *what;
	moment when;

	if (event == NULL || time == NULL || !moment_parse(&when, time))
		return;
	what = word(event);
	for (size_t i = 0; i < e->n_changes && c == NULL; i++)
		if (e->changes[i].journal == journal && strcmp(e->changes[i].what, what) == 0)
			c = &e->changes[i];
	if (c == NULL && e->n_changes < CHANGES_MAX) {
		c = &e->changes[e->n_changes++];
		*c = (struct report_change){.first = when, .journal = journal, .what = keep(e, what)};
	}
	if (c != NULL) {
		c->last = when;
		c->times++;
	}
}

static void check(struct operation_events *e, const json_t *line)
{
	const json_t *detail = json_object_get(line, "detail");
	const char *host = json_string_value(json_object_get(detail, "host")),
	           *who = json_string_value(json_object_get(line, "who"));
	struct report_check *c = &e->checks[e->n_checks];

	if (strcmp(json_string_value(json_object_get(line, "event")), "integrity") != 0 || e->n_checks == CHECKS_MAX)
		return;
	*c = (struct report_check){.host = keep(e, host != NULL ? host : "?"),
	                           .who = keep(e, who != NULL ? who : "—"),
	                           .pieces = (uint64_t)json_integer_value(json_object_get(detail, "pieces")),
	                           .differences = json_array_size(json_object_get(detail, "differences")),
	                           .database = json_is_true(json_object_get(detail, "database"))};
	moment_parse(&c->when, json_string_value(json_object_get(line, "time")));
	e->n_checks++;
}

/* ---- the server's, in the database */

struct reading {
	struct operation_events *e;
	const char *journal;
	struct report_journal_head *head;
	uint8_t *sha256;
};

static enum status server_line(void *ctx, uint64_t number, const char *text)
{
	struct reading *g = ctx;
	json_t *line = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	g->head->lines = number;
	count(g->e, g->journal, line);
	json_decref(line);
	return hash_sha256(g->sha256, text, strlen(text));
}

static enum status file_line(void *ctx, uint64_t number, const json_t *line, const uint8_t sha256[32])
{
	struct reading *g = ctx;

	g->head->lines = number;
	memcpy(g->sha256, sha256, 32);
	count(g->e, g->journal, line);
	check(g->e, line);
	return OK;
}

static struct reading next(struct operation_events *e, const char *name)
{
	struct report_journal_head *h = &e->journals[e->n_journals];
	struct reading g = {.e = e, .journal = keep(e, name), .head = h, .sha256 = e->heads[e->n_journals]};

	*h = (struct report_journal_head){.name = g.journal, .head = g.sha256};
	e->n_journals++;
	return g;
}

static int journals(const struct dirent *d)
{
	size_t len = strlen(d->d_name);

	return len > 6 && strcmp(d->d_name + len - 6, ".jsonl") == 0 && strcmp(d->d_name, "server.jsonl") != 0;
}

static enum status read_files(struct operation_events *e, const char *election)
{
	char *folder = file_path(election, "journal", NULL), *path;
	struct dirent **names = NULL;
	int n = folder != NULL ? scandir(folder, &names, journals, alphasort) : -1;
	enum status r = folder == NULL ? E_FAILED : OK;

	for (int i = 0; i < n; i++) {
		if (r == OK && e->n_journals < JOURNALS_MAX && (path = file_path(folder, names[i]->d_name, NULL)) != NULL) {
			struct reading g = next(e, names[i]->d_name);

			r = journal_read(path, file_line, &g);
			free(path);
		}
		free(names[i]);
	}
	free(names);
	free(folder);
	return r;
}

enum status operation_events_read(struct operation_events **out, const struct operation *o, struct connection *db)
{
	struct operation_events *e = calloc(1, sizeof *e);
	struct reading server;
	enum status r;

	*out = NULL;
	if (e == NULL || (e->kept = json_array()) == NULL) {
		free(e);
		return fault(E_FAILED, NULL, _("no hay memoria"));
	}
	server = next(e, "servidor (base de datos)");
	if ((r = journal_rows_tell(db, 1, server_line, &server)) == OK && (r = read_files(e, o->election)) == OK)
		*out = e;
	else
		operation_events_free(e);
	return r;
}

void operation_events_free(struct operation_events *e)
{
	if (e == NULL)
		return;
	json_decref(e->kept);
	free(e);
}

void operation_events_view(const struct operation_events *e, struct report_operation *out)
{
	out->checks = e->checks;
	out->n_checks = e->n_checks;
	out->changes = e->changes;
	out->n_changes = e->n_changes;
	out->journals = e->journals;
	out->n_journals = e->n_journals;
}
