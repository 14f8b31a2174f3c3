/* See incident.h: the register, computed from the journal. Writing is incident_write.c's. */
#include "monitor/incident.h"
#include "base/buffer.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include <stdlib.h>
#include <string.h>

#define AT(f) offsetof(struct report_incident, f)
enum { N = 1 << INCIDENT_NEW, C = 1 << INCIDENT_CLOSE };

const struct incident_field incident_fields[INCIDENT_FIELDS] = {
        {"title", N_("Qué ocurrió"), INCIDENT_TEXT, AT(title), N},
        {"component", N_("Componente"), INCIDENT_TEXT, AT(component), N},
        {"detected", N_("Detectado el"), INCIDENT_MOMENT, AT(detected), 0},
        {"detected_by", N_("Detectado por"), INCIDENT_TEXT, AT(detected_by), 0},
        {"impact", N_("Impacto"), INCIDENT_TEXT, AT(impact), N | C},
        {"reported_to", N_("Informado a"), INCIDENT_TEXT, AT(reported_to), C},
        {"reported", N_("Informado el"), INCIDENT_MOMENT, AT(reported), 0},
        {"mitigation", N_("Mitigación"), INCIDENT_TEXT, AT(mitigation), C},
        {"mitigated", N_("Mitigado el"), INCIDENT_MOMENT, AT(mitigated), 0},
        {"votes_affected", N_("Votos afectados"), INCIDENT_COUNT, AT(votes_affected), C},
        {"outage_from", N_("Sin servicio desde"), INCIDENT_MOMENT, AT(outage_from), 0},
        {"outage_to", N_("Sin servicio hasta"), INCIDENT_MOMENT, AT(outage_to), 0},
        {"note", N_("Nota"), INCIDENT_TEXT, SIZE_MAX, 0}, /* of the event alone */
};

static enum status no_memory(void)
{
	return fault(E_FAILED, NULL, _("no hay memoria"));
}

static bool one_field(struct report_incident *i, const char *id, const char *text)
{
	for (int k = 0; k < INCIDENT_FIELDS; k++) {
		const struct incident_field *f = &incident_fields[k];

		if (strcmp(f->id, id) != 0)
			continue;
		if (f->kind == INCIDENT_MOMENT)
			return moment_parse((moment *)((char *)i + f->offset), text);
		if (f->kind == INCIDENT_COUNT && strcmp(text, "?") != 0 &&
		    (text[0] == '\0' || strlen(text) > 9 || strspn(text, "0123456789") != strlen(text)))
			return false;
		if (f->offset != SIZE_MAX)
			memcpy((char *)i + f->offset, &text, sizeof text);
		return true;
	}
	return false;
}

/* Room for one more event; its text is kept in the line itself, so that it lives as long. */
static enum status add_event(struct report_incident *i, uint64_t number, json_t *line, const char *action)
{
	static const char *const words[][2] = {{"new", "Alta"}, {"update", "Seguimiento"}, {"close", "Cierre"}};
	struct report_incident_event *more = realloc(i->events, (i->n_events + 1) * sizeof *more), *e;
	const json_t *set = json_object_get(json_object_get(line, "detail"), "set"), *v;
	struct buffer text = BUFFER_INIT;
	const char *key;
	json_t *kept;

	if (more == NULL)
		return no_memory();
	i->events = more;
	e = &i->events[i->n_events];
	*e = (struct report_incident_event){.who = json_string_value(json_object_get(line, "who")), .line = number};
	moment_parse(&e->when, json_string_value(json_object_get(line, "time")));
	for (size_t k = 0; k < sizeof words / sizeof *words; k++)
		if (strcmp(words[k][0], action) == 0)
			e->action = words[k][1];
	json_object_foreach((json_t *)(uintptr_t)set, key, v)
		for (int k = 0; k < INCIDENT_FIELDS; k++)
			if (strcmp(incident_fields[k].id, key) == 0)
				buffer_printf(&text, "%s%s: %s", text.len > 0 ? "\n" : "", incident_fields[k].label, json_string_value(v));
	kept = buffer_str(&text) != NULL ? json_string(buffer_str(&text)) : NULL;
	buffer_free(&text);
	if (kept == NULL || json_object_set_new(line, "told", kept) != 0)
		return no_memory();
	e->text = json_string_value(kept);
	i->n_events++;
	return OK;
}

/* The incident that the event speaks of, made where it is new. */
static enum status incident_of(struct report_incident **out, struct report_incidents *all, json_int_t number, bool is_new)
{
	struct report_incident *more;

	*out = NULL;
	if (!is_new && number >= 1 && (size_t)number <= all->n)
		*out = &all->list[number - 1];
	if (*out != NULL && (*out)->closed != 0)
		*out = NULL;
	if (!is_new || number != (json_int_t)all->n + 1)
		return OK;
	if ((more = realloc(all->list, (all->n + 1) * sizeof *more)) == NULL)
		return no_memory();
	all->list = more;
	*out = &more[all->n];
	**out = (struct report_incident){.number = (unsigned)++all->n};
	return OK;
}

static enum status take(void *ctx, uint64_t number, const json_t *borrowed, const uint8_t sha256[32])
{
	struct incidents *all = ctx;
	struct report_incident *i = NULL;
	const json_t *detail = json_object_get(borrowed, "detail"), *set = json_object_get(detail, "set"), *v;
	const char *action = json_string_value(json_object_get(detail, "action")), *key;
	json_t *line;
	bool good = json_is_object(set) && action != NULL;
	enum status r;

	all->view.lines = number;
	memcpy(all->view.last, sha256, 32);
	moment_parse(&all->view.when, json_string_value(json_object_get(borrowed, "time")));
	if (strcmp(json_string_value(json_object_get(borrowed, "event")), "incident") != 0)
		return OK;
	if ((line = json_deep_copy(borrowed)) == NULL || json_array_append_new(all->lines, line) != 0)
		return no_memory();
	if (good && (r = incident_of(&i, &all->view, json_integer_value(json_object_get(detail, "incident")),
	                             strcmp(action, "new") == 0)) != OK)
		return r;
	if (i == NULL)
		goto bad;
	set = json_object_get(json_object_get(line, "detail"), "set");
	json_object_foreach((json_t *)(uintptr_t)set, key, v)
		if (!json_is_string(v) || !one_field(i, key, json_string_value(v)))
			goto bad;
	memcpy(i->sha256, sha256, 32);
	if ((r = add_event(i, number, line, action)) != OK)
		return r;
	if (strcmp(action, "close") == 0)
		i->closed = i->events[i->n_events - 1].when;
	return i->events[i->n_events - 1].action != NULL ? OK : E_EVIDENCE;
bad:
	return fault(E_EVIDENCE, NULL, _("bitácora %s, línea %llu: el suceso de un incidente no es lo que debe ser"),
	             all->view.journal, (unsigned long long)number);
}

enum status incident_read(struct incidents **out, const struct operation *o)
{
	struct incidents *all = calloc(1, sizeof *all);
	enum status r;

	*out = NULL;
	if (all == NULL || (all->lines = json_array()) == NULL) {
		free(all);
		return no_memory();
	}
	all->view.definition = o->definition;
	all->view.journal = "journal/monitor-election.jsonl";
	all->view.when = moment_now();
	if ((r = journal_read(o->journal_path, take, all)) == OK)
		*out = all;
	else
		incident_free(all);
	return r;
}

void incident_free(struct incidents *all)
{
	if (all == NULL)
		return;
	for (size_t i = 0; i < all->view.n; i++)
		free(all->view.list[i].events);
	free(all->view.list);
	json_decref(all->lines);
	free(all);
}
