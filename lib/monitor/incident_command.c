/*
 * monitor-election incident new|update|close|list: options for scripts; where one that is needed is missing and there is a
 * terminal, it is asked for.
 */
#include "base/file.h"
#include "base/i18n.h"
#include "base/program.h"
#include "base/prompt.h"
#include "base/report.h"
#include "monitor/incident.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char USAGE[] =
        N_("monitor-election incident: los incidentes de la operación (numerales 24 y 25)\n"
           "\n"
           "Uso: monitor-election incident new [--config ARCHIVO] [--election CARPETA] [--by NOMBRE] [datos]\n"
           "     monitor-election incident update NÚMERO […]\n"
           "     monitor-election incident close NÚMERO […]\n"
           "     monitor-election incident list [--json] [--register]\n"
           "\n"
           "Lo que falta se pregunta, si hay una terminal. Nada se corrige ni se borra: lo nuevo se asienta\n"
           "después. Deja documents/incidente-NNN.pdf y el registro.\n"
           "\n"
           "  --title, --component, --impact, --mitigation, --note TEXTO\n"
           "                        qué se asienta\n"
           "  --detected, --reported, --mitigated, --outage-from, --outage-to HORA\n"
           "                        «ahora», «HH:MM», «AAAA-MM-DD HH:MM» (en la zona de la elección) o RFC 3339\n"
           "  --detected-by, --reported-to NOMBRE\n"
           "                        quién lo vio, a quién se dijo\n"
           "  --votes-affected N    cuántos votos; «?» si no se puede saber\n"
           "  --by NOMBRE           quién lo asienta (por omisión, la cuenta que lo ejecuta)\n"
           "  --register            hace de nuevo documents/registro-de-incidentes.pdf\n"
           "\n"
           "Salida: 0 hecho; 1 falla del equipo; 2 mandato o ajustes; 3 la bitácora no es lo que debe; 5 no hay\n"
           "tal incidente, o ya está cerrado; 6 falta un dato.\n"
           "\n"
           "Ejemplo: monitor-election incident new --title 'Sin SMS' --component sms --detected ahora\n");

struct request {
	const char *config, *election, *who, *values[INCIDENT_FIELDS];
	bool json, remake;
	enum incident_action action;
	unsigned number;
	struct operation o;
};

/* ---- what is asked for */

static const char *known(const struct incidents *all, unsigned number, const struct incident_field *f)
{
	if (f->kind == INCIDENT_MOMENT || f->offset == SIZE_MAX || number == 0 || number > all->view.n)
		return NULL;
	return *(const char *const *)((const char *)&all->view.list[number - 1] + f->offset);
}

/* One value into set: checked, a moment as UTC. */
static enum status put(json_t *set, const struct request *q, const struct incident_field *f, const char *text)
{
	char utc[40];
	moment when;

	if (f->kind == INCIDENT_MOMENT) {
		if (!incident_moment(&when, text, q->o.definition->zone, moment_now()))
			return fault(E_USAGE, _("«ahora», «HH:MM», «AAAA-MM-DD HH:MM» o RFC 3339"), _("«%s»: no es una hora"), text);
		incident_utc(utc, when);
		text = utc;
	}
	if (f->kind == INCIDENT_COUNT && strcmp(text, "?") != 0 &&
	    (text[0] == '\0' || strlen(text) > 9 || strspn(text, "0123456789") != strlen(text)))
		return fault(E_USAGE, _("un número, o «?» si no se puede saber"), _("«%s»: no son votos afectados"), text);
	if (text[0] == '\0')
		return OK;
	return json_object_set_new(set, f->id, json_string(text)) == 0
	               ? OK
	               : fault(E_USAGE, NULL, _("«%s»: no es un texto que se pueda asentar"), f->id);
}

static enum status ask(json_t *set, const struct request *q, const struct incident_field *f)
{
	char answer[INCIDENT_TEXT_MAX + 1], question[160];
	enum status r;

	snprintf(question, sizeof question, f->kind == INCIDENT_COUNT ? _("%s (número; ? si no se puede saber):") : "%s:",
	         _(f->label));
	do
		if ((r = prompt_line(answer, sizeof answer, question)) != OK)
			return r;
	while (answer[0] == '\0' || put(set, q, f, answer) != OK);
	return OK;
}

static int field(const char *id)
{
	int k = 0;

	while (strcmp(incident_fields[k].id, id) != 0)
		k++;
	return k;
}

/* Where the text is new and its moment was not given, it is now. */
static enum status with_moment(json_t *set, const struct request *q, const char *text, const char *when, bool always)
{
	if (json_object_get(set, when) != NULL || (!always && json_object_get(set, text) == NULL))
		return OK;
	return put(set, q, &incident_fields[field(when)], "");
}

static enum status collect(json_t *set, const struct request *q, const struct incidents *all)
{
	bool terminal = isatty(0) != 0;
	enum status r = OK;

	for (int k = 0; r == OK && k < INCIDENT_FIELDS; k++) {
		const struct incident_field *f = &incident_fields[k];

		if (q->values[k] != NULL)
			r = put(set, q, f, q->values[k]);
		else if ((f->needed & 1u << q->action) == 0 || known(all, q->number, f) != NULL)
			continue;
		else if (terminal)
			r = ask(set, q, f);
	}
	if (r == OK && q->action == INCIDENT_NEW && json_object_get(set, "detected_by") == NULL)
		r = put(set, q, &incident_fields[field("detected_by")], operation_who(q->who));
	if (r == OK && (r = with_moment(set, q, "title", "detected", q->action == INCIDENT_NEW)) == OK &&
	    (r = with_moment(set, q, "reported_to", "reported", false)) == OK)
		r = with_moment(set, q, "mitigation", "mitigated", false);
	if (r == OK && q->action == INCIDENT_UPDATE && json_object_size(set) == 0)
		r = fault(E_USAGE, _("--help muestra las opciones"), _("no hay nada que asentar"));
	return r;
}

static enum status write_event(struct request *q)
{
	struct incidents *all = NULL;
	json_t *set = json_object();
	enum status r;

	if (set == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	if ((r = incident_read(&all, &q->o)) == OK)
		r = collect(set, q, all);
	incident_free(all);
	if (r != OK) {
		json_decref(set);
		return r;
	}
	if ((r = incident_write(&q->o, q->action, q->number, q->who, set, &q->number)) != OK)
		return r;
	report_step(_("incidente %u, asentado en la bitácora"), q->number);
	return incident_print(&q->o, q->number);
}

/* ---- the list */

static enum status print_json(const struct incidents *all)
{
	json_t *list = json_array(), *root = json_pack("{s:s, s:I, s:o}", "format", "VEMRE-V1", "lines",
	                                               (json_int_t)all->view.lines, "incidents", list);
	char utc[40];

	for (size_t i = 0; root != NULL && i < all->view.n; i++) {
		const struct report_incident *one = &all->view.list[i];
		json_t *o = json_pack("{s:i, s:b}", "incident", (int)one->number, "open", one->closed == 0);

		for (int k = 0; o != NULL && k < INCIDENT_FIELDS; k++) {
			const struct incident_field *f = &incident_fields[k];
			const char *text = known(all, one->number, f);

			if (f->kind == INCIDENT_MOMENT && *(const moment *)((const char *)one + f->offset) != 0) {
				incident_utc(utc, *(const moment *)((const char *)one + f->offset));
				text = utc;
			}
			if (text != NULL)
				json_object_set_new(o, f->id, json_string(text));
		}
		if (o != NULL && one->closed != 0) {
			incident_utc(utc, one->closed);
			json_object_set_new(o, "closed", json_string(utc));
		}
		json_array_append_new(list, o);
	}
	if (root == NULL || json_dumpf(root, stdout, JSON_INDENT(2)) != 0) {
		json_decref(root);
		return fault(E_FAILED, NULL, _("no hay memoria"));
	}
	printf("\n");
	json_decref(root);
	return OK;
}

static enum status list(struct request *q)
{
	struct incidents *all = NULL;
	char when[96];
	enum status r;

	if ((r = incident_read(&all, &q->o)) != OK)
		return r;
	if (q->json)
		r = print_json(all);
	for (size_t i = 0; !q->json && i < all->view.n; i++) {
		const struct report_incident *one = &all->view.list[i];

		moment_text(when, sizeof when, one->detected, q->o.definition->zone);
		printf("%3u  %-10s  %s  %s\n", one->number,
		       one->closed != 0 ? _("cerrado") : one->mitigated != 0 ? _("mitigado") : _("abierto"), when, one->title);
	}
	if (!q->json)
		printf(_("%zu incidentes\n"), all->view.n);
	incident_free(all);
	return r == OK && q->remake ? incident_print(&q->o, 0) : r;
}

/* ---- the command line */

static void option_names(char names[INCIDENT_FIELDS][24])
{
	for (int k = 0; k < INCIDENT_FIELDS; k++) {
		snprintf(names[k], 24, "%s", incident_fields[k].id);
		for (char *c = names[k]; *c != '\0'; c++)
			*c = *c == '_' ? '-' : *c;
	}
}

static enum status read_options(struct request *q, bool *go, int argc, char **argv)
{
	struct program_option options[INCIDENT_FIELDS + 6] = {{"config", &q->config, NULL}, {"election", &q->election, NULL},
	                                                      {"by", &q->who, NULL},        {"json", NULL, &q->json},
	                                                      {"register", NULL, &q->remake}};
	char names[INCIDENT_FIELDS][24];

	option_names(names);
	for (int k = 0; k < INCIDENT_FIELDS; k++)
		options[5 + k] = (struct program_option){names[k], &q->values[k], NULL};
	return operation_options(go, argc, argv, options, _(USAGE));
}

/* The word after "incident", and the number after it: argv is moved past them. */
static bool read_words(struct request *q, bool *is_list, int *argc, char ***argv)
{
	static const char *const words[] = {"new", "update", "close", "list"};
	int word = 0;
	char *end;

	if (*argc < 2)
		return false;
	while (word < 4 && strcmp(words[word], (*argv)[1]) != 0)
		word++;
	if (word == 4)
		return false;
	*is_list = word == 3;
	q->action = (enum incident_action)word;
	--*argc;
	++*argv;
	if (word != 1 && word != 2)
		return true;
	if (*argc < 2 || (*argv)[1][0] < '1' || (*argv)[1][0] > '9')
		return false;
	q->number = (unsigned)strtoul((*argv)[1], &end, 10);
	--*argc;
	++*argv;
	return *end == '\0' && q->number <= 1000000;
}

enum status incident_command(int argc, char **argv)
{
	struct request q = {0};
	bool go, is_list = false, help = argc >= 2 && strcmp(argv[1], "--help") == 0;
	enum status r;

	if (!help && !read_words(&q, &is_list, &argc, &argv))
		return fault(E_USAGE, _("--help muestra las opciones"), _("incident new, update NÚMERO, close NÚMERO o list"));
	if ((r = read_options(&q, &go, argc, argv)) != OK || !go)
		return r;
	if ((r = operation_open(&q.o, q.config, q.election)) == OK)
		r = is_list ? list(&q) : write_event(&q);
	operation_close(&q.o);
	return r;
}
