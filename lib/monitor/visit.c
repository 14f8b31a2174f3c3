/* See visit.h. */
#include "monitor/visit.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "monitor/handset.h"
#include "monitor/site.h"
#include "notify/transfer.h"
#include "protocol/credential.h"
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { ANSWER_SECONDS = 40, CSRF = 65, LOOK_MILLISECONDS = 200 };

struct visit {
	struct settings *s;
	const struct definition *d;
	struct entry *out;
	struct site *site;
	struct handset *handset;
	struct secret *auth; /* 64 hex digits */
	char csrf[CSRF];
	char code[HANDSET_CODE + 1];
	bool inside; /* probe.place: the refusal of the place is what must come */
	bool refused_place;
	enum visit_end how;
	long code_seconds;
	double began; /* of the step */
};

static double clock_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static bool told_to_end(void)
{
	sigset_t pending;

	return sigpending(&pending) == 0 && (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1);
}

static void pause_for(long milliseconds)
{
	struct timespec t = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};

	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		;
}

/* ---- the outcome */

static void begin(struct visit *v, enum entry_step step)
{
	v->out->step = step;
	v->began = clock_seconds();
}

static void end(struct visit *v)
{
	v->out->milliseconds[v->out->step] = (int)((clock_seconds() - v->began) * 1000);
}

/* A text that was cut may end amid a character, which the database would not take. */
static void whole_characters(char *text)
{
	size_t len = strlen(text), tail = 0;

	while (tail < 3 && tail < len && ((unsigned char)text[len - 1 - tail] & 0xc0) == 0x80)
		tail++;
	if (tail < len && (unsigned char)text[len - 1 - tail] >= 0xc0) {
		unsigned char first = (unsigned char)text[len - 1 - tail];
		size_t wanted = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;

		if (tail < wanted)
			text[len - 1 - tail] = '\0';
	}
}

/* False, so that a step may end with it. */
static bool fail(struct visit *v, enum entry_outcome outcome, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static bool fail(struct visit *v, enum entry_outcome outcome, const char *fmt, ...)
{
	va_list args;

	end(v);
	v->out->outcome = outcome;
	va_start(args, fmt);
	vsnprintf(v->out->detail, sizeof v->out->detail, fmt, args);
	va_end(args);
	whole_characters(v->out->detail);
	return false;
}

/* ---- one call */

/* The answer's object in *out (the caller's), NULL where there is none; *code: of a refusal, "" else. */
static bool call(struct visit *v, json_t **out, char code[32], const char *path, const void *body, size_t len)
{
	struct site_answer a = {0};
	const char *word, *csrf;
	char said[300];
	enum status r;

	*out = NULL;
	code[0] = '\0';
	report_capture_begin(said, sizeof said);
	r = body == NULL ? site_get(v->site, &a, path) : site_post(v->site, &a, path, v->csrf, body, len);
	report_capture_end();
	if (r == OK)
		*out = json_loadb((const char *)a.body.data, a.body.len, JSON_REJECT_DUPLICATES, NULL);
	buffer_free(&a.body);
	if (r != OK)
		return fail(v, ENTRY_FAILED, "%s", said);
	if (a.status != 200) {
		word = json_string_value(json_object_get(json_object_get(*out, "error"), "code"));
		snprintf(code, 32, "%s", word != NULL && strspn(word, "abcdefghijklmnopqrstuvwxyz-") == strlen(word) ? word : "?");
		return fail(v, ENTRY_FAILED, _("el sitio rechaza: %s (HTTP %ld)"), code, a.status);
	}
	if (!json_is_object(*out))
		return fail(v, ENTRY_FAILED, _("la respuesta del sitio no es la del sistema"));
	if ((csrf = json_string_value(json_object_get(*out, "csrf"))) != NULL)
		snprintf(v->csrf, sizeof v->csrf, "%s", csrf);
	return true;
}

static bool is(const json_t *answer, const char *field, const char *word)
{
	const char *text = json_string_value(json_object_get(answer, field));

	return text != NULL && strcmp(text, word) == 0;
}

/* ---- the steps, in order; each says why it failed */

static bool look_at_status(struct visit *v)
{
	char code[32];
	json_t *a;
	bool good = call(v, &a, code, "/api/status", NULL, 0);

	if (good && !is(a, "election", v->d->id))
		good = fail(v, ENTRY_FAILED, _("responde otro sitio, no el de la elección %s"), v->d->id);
	if (good && !is(a, "state", "open")) {
		v->how = VISIT_NOT_OPEN;
		good = false;
	}
	json_decref(a);
	return good;
}

static bool stopped(struct visit *v)
{
	v->how = VISIT_STOPPED;
	return false;
}

/* The server keeps a live code until it is used or old: one that an earlier visit left unused is replaced. */
static bool another_code(struct visit *v, json_t *step)
{
	json_int_t wait = json_integer_value(json_object_get(step, "resend_in"));
	char code[32];
	json_t *a;
	bool good;

	if (!json_is_false(json_object_get(step, "sent")))
		return true;
	if (wait > 0)
		for (double until = clock_seconds() + (double)(wait < 120 ? wait : 120); clock_seconds() < until && !told_to_end();)
			pause_for(LOOK_MILLISECONDS);
	if (told_to_end()) /* too early, the server would refuse */
		return stopped(v);
	good = call(v, &a, code, "/api/code/resend", "{}", 2);
	json_decref(a);
	return good;
}

static bool log_in(struct visit *v)
{
	struct secret *text = secret_new(256);
	struct room body;
	char code[32];
	json_t *a = NULL;
	bool good;

	if (text == NULL)
		return fail(v, ENTRY_FAILED, _("no hay memoria"));
	body = room_of(text);
	room_text(&body, "{\"username\": \"" VISIT_USERNAME "\", \"auth\": \"");
	room_put(&body, secret_bytes(v->auth), secret_len(v->auth));
	room_text(&body, "\"}");
	good = call(v, &a, code, "/api/login", body.at, body.len) && another_code(v, a);
	json_decref(a);
	secret_free(text);
	return good;
}

static bool await_code(struct visit *v)
{
	char said[300];
	bool found = false;
	enum status r = OK;

	while (!found && !told_to_end() && clock_seconds() - v->began < (double)v->code_seconds) {
		report_capture_begin(said, sizeof said);
		r = handset_look(v->handset, &found, v->code);
		report_capture_end();
		if (!found)
			pause_for(LOOK_MILLISECONDS);
	}
	if (found)
		return true;
	if (told_to_end())
		return stopped(v);
	return r != OK ? fail(v, ENTRY_FAILED, _("no se puede leer el teléfono de prueba: %s"), said)
	               : fail(v, ENTRY_FAILED, _("el código no llegó al teléfono de prueba en %ld s"), v->code_seconds);
}

static bool enter(struct visit *v)
{
	char body[32], code[32];
	json_t *a;
	bool good, in;

	snprintf(body, sizeof body, "{\"code\": \"%s\"}", v->code);
	good = call(v, &a, code, "/api/code", body, strlen(body));
	in = good && is(a, "step", "in") && json_is_null(json_object_get(a, "credential"));
	json_decref(a);
	v->refused_place = strcmp(code, "inside-territory") == 0 || strcmp(code, "place-unknown") == 0;
	if (v->refused_place && v->inside) {
		v->out->outcome = ENTRY_OK;
		snprintf(v->out->detail, sizeof v->out->detail, "%s",
		         _("entra hasta la revisión del lugar, que la rechaza como debe: está en territorio nacional"));
		return true;
	}
	if (v->refused_place)
		return fail(v, ENTRY_PLACE, _("la revisión del lugar rechaza la dirección de la prueba (%s)"), code);
	if (!good)
		return false;
	if (!in)
		return fail(v, ENTRY_FAILED, _("la respuesta del sitio no es la del sistema"));
	return !v->inside ||
	       fail(v, ENTRY_PLACE, _("la revisión del lugar admite la dirección de la prueba, que se dice en territorio nacional"));
}

static bool see_session(struct visit *v)
{
	char code[32];
	json_t *a;
	bool good = call(v, &a, code, "/api/session", NULL, 0);

	if (good && !is(a, "step", "in"))
		good = fail(v, ENTRY_FAILED, _("la sesión no quedó abierta"));
	json_decref(a);
	return good;
}

/* Out again, whatever came before; only where all went well is it a step of its own. */
static bool leave(struct visit *v)
{
	char code[32];
	json_t *a;
	bool good = call(v, &a, code, "/api/logout", "{}", 2);

	json_decref(a);
	return good;
}

static void go(struct visit *v)
{
	static bool (*const steps[ENTRY_STEPS])(struct visit *) = {look_at_status, log_in, await_code, enter, see_session, leave};

	for (enum entry_step i = ENTRY_STATUS; i < ENTRY_STEPS; i++) {
		begin(v, i);
		if (!steps[i](v))
			break;
		end(v);
		if (v->refused_place) /* as it must: there is no session */
			return;
	}
	/* A place that was not the expected one may have left a session. */
	if (v->out->outcome == ENTRY_PLACE) {
		struct entry kept = *v->out;

		(void)leave(v);
		*v->out = kept;
	}
}

/* ---- what it needs */

/* The first line of the setting probe.password_file, its owner's alone to read. */
static enum status visit_password(struct secret **out, struct settings *s)
{
	const char *path = settings_path(s, "probe.password_file", NULL);
	struct secret *typed = NULL;
	struct stat about;
	enum status r = E_USAGE;

	*out = NULL;
	if (path == NULL)
		return r;
	if (stat(path, &about) == 0 && ((about.st_mode & 077) != 0 || about.st_uid != geteuid()))
		return fault(r, _("chown y chmod 600 para la cuenta que hace la prueba"), _("%s: otros podrían leer la contraseña"), path);
	if ((r = transfer_password(&typed, path)) == OK &&
	    (r = credential_read_password(out, (const char *)secret_bytes(typed), secret_len(typed))) != OK)
		r = fault(E_USAGE, _("la hace monitor-election probe --init"), _("%s: no es una contraseña de la votación"), path);
	secret_free(typed);
	return r;
}

static enum status derive(struct visit *v)
{
	static const char digits[] = "0123456789abcdef";
	struct credential_keys keys = {0};
	struct secret *password = NULL;
	enum status r;

	if ((r = visit_password(&password, v->s)) != OK ||
	    (r = credential_derive(&keys, v->d->id, VISIT_USERNAME, password)) != OK)
		goto done;
	r = E_FAILED;
	if ((v->auth = secret_new(64)) == NULL)
		goto done;
	for (size_t i = 0; i < 32; i++) {
		secret_bytes(v->auth)[2 * i] = (uint8_t)digits[keys.auth[i] >> 4];
		secret_bytes(v->auth)[2 * i + 1] = (uint8_t)digits[keys.auth[i] & 15];
	}
	r = OK;
done:
	credential_wipe(&keys);
	secret_free(password);
	return r;
}

static enum status place_expected(struct visit *v)
{
	const char *place = settings_text(v->s, "probe.place", "abroad");

	if (place == NULL)
		return E_USAGE;
	v->inside = strcmp(place, "inside") == 0;
	return v->inside || strcmp(place, "abroad") == 0
	               ? OK
	               : fault(E_USAGE, _("abroad: en el extranjero; inside: en territorio nacional"), _("ajuste probe.place: «%s»"),
	                       place);
}

/* A telephone that cannot be read is an outcome: no code will come. */
static enum status take_up(struct visit *v)
{
	char said[300];
	enum status r;

	report_capture_begin(said, sizeof said);
	r = handset_open(&v->handset, v->s);
	report_capture_end();
	if (r != E_FAILED)
		return r == OK ? OK : fault(r, NULL, "%s", said);
	begin(v, ENTRY_CODE);
	(void)fail(v, ENTRY_FAILED, _("no se puede leer el teléfono de prueba: %s"), said);
	return OK;
}

enum status visit_run(struct entry *out, enum visit_end *how, struct settings *s, const struct definition *d)
{
	struct visit v = {.s = s, .d = d, .out = out, .how = VISIT_TRIED, .code_seconds = VISIT_CODE_SECONDS};
	struct timespec now;
	enum status r;

	clock_gettime(CLOCK_REALTIME, &now);
	*out = (struct entry){.began = now.tv_sec, .fraction = (int)(now.tv_nsec / 1000000), .outcome = ENTRY_OK};
	for (int i = 0; i < ENTRY_STEPS; i++)
		out->milliseconds[i] = -1;
	if (gethostname(out->prober, sizeof out->prober - 1) != 0 || out->prober[0] == '\0')
		strcpy(out->prober, "?");
	if ((r = place_expected(&v)) == OK &&
	    (r = settings_int(&v.code_seconds, s, "probe.code_seconds", VISIT_CODE_SECONDS, 1, 280)) == OK && (r = derive(&v)) == OK &&
	    (r = site_open(&v.site, s, d)) == OK) {
		site_as_browser(v.site, ANSWER_SECONDS);
		if ((r = take_up(&v)) == OK && v.handset != NULL)
			go(&v);
	}
	*how = v.how;
	explicit_bzero(v.code, sizeof v.code);
	handset_close(v.handset);
	site_close(v.site);
	secret_free(v.auth);
	return r;
}
