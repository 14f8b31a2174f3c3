/* The documents of the opening (numerals 14 to 16), as PDF to be signed and as text and JSON for programs. */
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "ceremony/opening_parts.h"
#include "store/setup.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { COUNTERS_MAX = 32 };

static enum status no_memory(void)
{
	return fault(E_FAILED, NULL, _("no hay memoria"));
}

void opening_heading(struct report_heading *out, const struct opening_request *q, const struct definition *d)
{
	*out = (struct report_heading){
	        .definition = d, .place = q->place, .when = moment_now(), .admin = q->admin, .notary = q->notary};
}

/* A document's path; one of an attempt that was undone is taken away. */
static char *fresh(const char *folder, const char *name)
{
	char *path = file_path(folder, name, NULL);

	if (path != NULL)
		unlink(path);
	return path;
}

enum status opening_configuration(const struct opening_request *q, const struct definition *d,
                                  const char *definition_path, const char *documents)
{
	struct report_heading h;
	uint8_t sha256[32];
	char *path;
	enum status r;

	if ((r = file_mkdirs(documents, 0755)) != OK || (r = file_sha256(sha256, definition_path)) != OK)
		return r;
	if ((path = fresh(documents, "configuracion.pdf")) == NULL)
		return E_FAILED;
	opening_heading(&h, q, d);
	if ((r = report_configuration(path, &h, sha256)) == OK)
		report_info(_("imprima: %s"), path);
	free(path);
	return r;
}

enum status opening_print_configuration(const struct opening_request *q, const char *definition, const char *folder)
{
	struct definition *d = NULL;
	enum status r;

	if ((r = definition_open(&d, definition)) == OK && (r = definition_advise(d)) == OK)
		r = opening_configuration(q, d, definition, folder);
	definition_free(d);
	return r;
}

enum status opening_hash_report(const struct opening_work *w, const struct definition *d, bool database)
{
	struct report_host hosts[1 + OPENING_HOSTS_MAX];
	struct report_system_hash sheet = {.hosts = hosts, .n_hosts = w->n_hosts, .database = database};
	char *path;
	enum status r;

	if (w->n_hosts == 0) /* nothing was compared, in a simulacro */
		return OK;
	if ((path = fresh(w->documents, "hash-sistema.pdf")) == NULL)
		return E_FAILED;
	for (size_t i = 0; i < w->n_hosts; i++)
		hosts[i] = w->hosts[i].view;
	memcpy(sheet.certified_sha256, w->opened->opening.system_hash, 32);
	opening_heading(&sheet.heading, w->q, d);
	if ((r = report_system_hash(path, &sheet)) == OK)
		report_info(_("imprima: %s"), path);
	free(path);
	return r;
}

/* ---- the initial report (numeral 16) */

struct initial {
	const struct definition *d;
	struct buffer text, shown; /* the document's, in Spanish always; the terminal's */
	json_t *list, *districts;
	struct report_counter zeros[COUNTERS_MAX], others[3];
	char *names[COUNTERS_MAX]; /* of zeros */
	size_t n;
	long long ballots;
	bool full;
};

/* One line of both. fmt: N_("..."). */
__attribute__((format(printf, 2, 3))) static void line(struct initial *t, const char *fmt, ...)
{
	char both[2][1024];
	va_list args, again;

	va_start(args, fmt);
	va_copy(again, args);
	vsnprintf(both[0], sizeof both[0], fmt, args);
	vsnprintf(both[1], sizeof both[1], _(fmt), again);
	va_end(again);
	va_end(args);
	buffer_text(&t->text, both[0]);
	buffer_text(&t->shown, both[1]);
}

/* The names are the database's (vemre.initial_counters), in Spanish; these are shown translated. */
static void zero_line(void *ctx, const char *name, long long rows)
{
	static const char *const known[] = {N_("Votos en la urna"), N_("Votos en los contadores por hora"),
	                                    N_("Acuses de voto emitidos"), N_("Sesiones de votantes"),
	                                    N_("Códigos de un solo uso enviados"), N_("Direcciones con ingresos fallidos"),
	                                    N_("Credenciales repuestas"), N_("Credenciales de reserva ya dadas"),
	                                    N_("Cierres de la votación")};
	struct initial *t = ctx;
	const char *shown = name;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strcmp(known[i], name) == 0)
			shown = _(known[i]);
	buffer_printf(&t->text, "%s: %lld\n", name, rows);
	buffer_printf(&t->shown, "%s: %lld\n", shown, rows);
	json_array_append_new(t->list, json_pack("{s:s, s:I}", "name", name, "value", (json_int_t)rows));
	if (t->n == COUNTERS_MAX || (t->names[t->n] = strdup(name)) == NULL) {
		t->full = true;
		return;
	}
	t->zeros[t->n] = (struct report_counter){t->names[t->n], (uint64_t)rows};
	t->n++;
}

static void district_line(void *ctx, const char *district, long long voters, long long ballots)
{
	struct initial *t = ctx;
	int i = definition_district(t->d, district, strlen(district));

	line(t, N_("  %s %s: %lld votantes, %lld votos\n"), district, i >= 0 ? t->d->districts[i].name : "", voters, ballots);
	json_array_append_new(t->districts, json_pack("{s:s, s:I, s:I}", "district", district, "voters", (json_int_t)voters,
	                                              "ballots", (json_int_t)ballots));
	t->ballots += ballots;
}

static enum status write_pdf(const struct opening_work *w, const struct initial *t)
{
	struct report_initial pdf = {.zeros = t->zeros, .n_zeros = t->n, .others = t->others, .n_others = 3};
	char *path = fresh(w->documents, "reporte-inicial.pdf");
	enum status r;

	if (path == NULL)
		return E_FAILED;
	opening_heading(&pdf.heading, w->q, t->d);
	memcpy(pdf.system_hash, w->opened->opening.system_hash, 32);
	memcpy(pdf.eid, w->opened->eid, 32);
	if ((r = report_initial(path, &pdf)) == OK)
		report_info(_("imprima: %s"), path);
	free(path);
	return r;
}

static enum status write_texts(const struct opening_work *w, const struct initial *t, const json_t *json)
{
	struct buffer b = BUFFER_INIT;
	char *txt = file_path(w->documents, "initial-report.txt", NULL);
	char *js = file_path(w->documents, "initial-report.json", NULL);
	char *manifest = file_path(w->documents, "manifest.txt", NULL);
	enum status r = E_FAILED;

	if (txt != NULL && js != NULL && manifest != NULL && (r = json_write(&b, json)) == OK &&
	    (r = file_replace(txt, t->text.data, t->text.len, 0644)) == OK &&
	    (r = file_replace(js, b.data, b.len, 0644)) == OK)
		r = file_replace(manifest, w->manifest.data, w->manifest.len, 0644);
	buffer_free(&b);
	free(txt);
	free(js);
	free(manifest);
	return r;
}

static void say_lines(const char *text)
{
	for (size_t len; *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		report_info("%.*s", (int)len, text);
	}
}

static void head_lines(struct initial *t, const struct opening_work *w, const struct setup_counters *n, const char *eid,
                       const char *hash)
{
	if (t->d->simulation)
		line(t, N_("SIMULACRO, sin validez oficial\n"));
	line(t, N_("Reporte inicial: %s\n"), t->d->title);
	line(t, N_("Elección (eid): %s\nHuella del sistema: %s\nReloj de la base de datos: %s\n"), eid, hash, n->now);
	line(t, N_("Abre: %s\nCierra: %s\n"), t->d->opens_text, t->d->closes_text);
	line(t, N_("Votantes: %lld\nCredenciales de reserva: %lld\nMáximo de votantes: %llu\n"), n->voters, n->spares,
	     (unsigned long long)t->d->max_voters);
	t->others[0] = (struct report_counter){"Votantes registrados", (uint64_t)n->voters};
	t->others[1] = (struct report_counter){"Credenciales de reserva, sin dar", (uint64_t)n->spares};
	t->others[2] = (struct report_counter){"Máximo de votantes", t->d->max_voters};
	(void)w;
}

/* Every counter zero, and the voters those of credentials.csv. */
static enum status all_zero(const struct opening_work *w, const struct initial *t, const struct setup_counters *n)
{
	const struct report_counter *bad = NULL;

	for (size_t i = 0; i < t->n; i++)
		if (t->zeros[i].value != 0)
			bad = &t->zeros[i];
	if (bad != NULL)
		return fault(E_REFUSED, NULL, _("la base de datos no está en ceros (%s: %llu): la elección no se abre"),
		             bad->name, (unsigned long long)bad->value);
	if (t->ballots != 0 || t->n == 0 || t->full)
		return fault(E_REFUSED, NULL, _("la base de datos no está en ceros: la elección no se abre"));
	if (n->voters != (long long)w->rights->voters)
		return fault(E_REFUSED, NULL, _("la base de datos tiene %lld votantes, y credentials.csv, %llu"), n->voters,
		             (unsigned long long)w->rights->voters);
	return OK;
}

enum status opening_initial_report(struct opening_work *w)
{
	struct initial *t = calloc(1, sizeof *t);
	struct setup_counters n;
	json_t *json = NULL;
	char eid[65], hash[65];
	enum status r;

	if (t == NULL)
		return no_memory();
	t->d = w->opened->definition;
	t->list = json_array();
	t->districts = json_array();
	hex_encode(eid, w->opened->eid, 32);
	hex_encode(hash, w->opened->opening.system_hash, 32);
	if ((r = setup_counters(w->db, &n)) != OK)
		goto done;
	head_lines(t, w, &n, eid, hash);
	if ((r = setup_initial(w->db, zero_line, t)) != OK || (r = setup_districts(w->db, district_line, t)) != OK)
		goto done;
	json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:O, s:O}", "format", "VEMRE-V1", "election", t->d->id, "eid",
	                 eid, "system_hash", hash, "now", n.now, "voters", (json_int_t)n.voters, "spares",
	                 (json_int_t)n.spares, "counters", t->list, "districts", t->districts);
	if (json == NULL || buffer_str(&t->text) == NULL || buffer_str(&t->shown) == NULL) {
		r = no_memory();
		goto done;
	}
	if ((r = all_zero(w, t, &n)) != OK || (r = file_mkdirs(w->documents, 0755)) != OK ||
	    (r = write_texts(w, t, json)) != OK || (r = write_pdf(w, t)) != OK)
		goto done;
	say_lines((const char *)t->shown.data);
done:
	json_decref(json);
	json_decref(t->list);
	json_decref(t->districts);
	for (size_t i = 0; i < t->n; i++)
		free(t->names[i]);
	buffer_free(&t->text);
	buffer_free(&t->shown);
	free(t);
	return r;
}
