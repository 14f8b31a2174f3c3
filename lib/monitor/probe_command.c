/* monitor-election probe: makes the synthetic voter's account, and has it log in (visit.h), once or every few minutes. */
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "monitor/operation.h"
#include "monitor/unsent.h"
#include "monitor/visit.h"
#include "protocol/credential.h"
#include "protocol/hash.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- the account */

/* The password's line, on the disk beside its file, which is replaced once the database has the hash. */
static enum status write_beside(struct file_writer *w, const char *path, const struct secret *password)
{
	struct secret *line = secret_new(PASSWORD_SHOWN);
	enum status r = E_FAILED;

	if (line == NULL || (r = file_writer_open(w, path, 0600)) != OK)
		goto done;
	credential_show_password((char *)secret_bytes(line), password);
	secret_bytes(line)[PASSWORD_SHOWN - 1] = '\n';
	setvbuf(w->f, NULL, _IONBF, 0); /* no copy of it in stdio's memory */
	if (fwrite(secret_bytes(line), 1, secret_len(line), w->f) != secret_len(line) || fsync(fileno(w->f)) != 0)
		r = fault(E_FAILED, NULL, _("%s: no se puede escribir: %s"), path, strerror(errno));
done:
	secret_free(line);
	return r;
}

/* A new password: its file beside, its hash in the database, the file's name last. What the database refuses leaves the old one. */
static enum status make_account(struct operation *o, const char *who)
{
	const char *phone = settings_text(o->settings, "probe.phone", NULL),
	           *path = settings_path(o->settings, "probe.password_file", NULL);
	struct credential_keys keys = {0};
	struct secret *password = NULL;
	struct connection *db = NULL;
	struct file_writer file = {0};
	uint8_t hash[32];
	bool again = false;
	enum status r = E_USAGE;

	if (phone == NULL || path == NULL)
		goto done;
	if ((r = connection_open(&db, o->settings, CONNECTION_ADMIN, NULL, o->definition->id)) != OK ||
	    (r = credential_new_password(&password)) != OK ||
	    (r = credential_derive(&keys, o->definition->id, VISIT_USERNAME, password)) != OK ||
	    (r = hash_sha256(hash, keys.auth, sizeof keys.auth)) != OK || (r = write_beside(&file, path, password)) != OK ||
	    (r = entry_account(db, &again, VISIT_USERNAME, hash, phone)) != OK || (r = file_writer_commit(&file, true)) != OK ||
	    (r = journal_write(o->journal, "synthetic-voter", operation_who(who),
	                       json_pack("{s:s, s:b}", "username", VISIT_USERNAME, "again", (int)again))) != OK)
		goto done;
	report_step(again ? _("cuenta de prueba %s: contraseña nueva en %s")
	                  : _("cuenta de prueba %s, que no puede votar: contraseña en %s"),
	            VISIT_USERNAME, path);
done:
	file_writer_abandon(&file);
	credential_wipe(&keys);
	secret_free(password);
	connection_close(db);
	return r;
}

/* ---- what Prometheus reads: a file for the text collector of Debian's node exporter */

/* Of e nothing but when it began where nothing was tried: no alert stays on for a voting that is over. good: the last success,
 * 0 where none is known. */
static void put_metrics(struct buffer *b, const struct entry *e, bool tried, moment good)
{
	if (tried)
		buffer_printf(b,
		              "# HELP vemre_probe_success Did the synthetic voter's last log-in go well?\n"
		              "# TYPE vemre_probe_success gauge\nvemre_probe_success %d\n"
		              "# HELP vemre_probe_place_unexpected Was the check of the place's answer not the expected one?\n"
		              "# TYPE vemre_probe_place_unexpected gauge\nvemre_probe_place_unexpected %d\n",
		              e->outcome != ENTRY_FAILED, e->outcome == ENTRY_PLACE);
	buffer_printf(b,
	              "# HELP vemre_probe_last_run_timestamp_seconds When it last tried, or saw that the voting is not open.\n"
	              "# TYPE vemre_probe_last_run_timestamp_seconds gauge\nvemre_probe_last_run_timestamp_seconds %lld\n",
	              (long long)e->began);
	if (good > 0)
		buffer_printf(b,
		              "# HELP vemre_probe_last_success_timestamp_seconds When it last went well.\n"
		              "# TYPE vemre_probe_last_success_timestamp_seconds gauge\nvemre_probe_last_success_timestamp_seconds %lld\n",
		              (long long)good);
	if (!tried)
		return;
	buffer_text(b, "# HELP vemre_probe_step_duration_seconds How long each step of it took.\n"
	               "# TYPE vemre_probe_step_duration_seconds gauge\n");
	for (int i = 0; i < ENTRY_STEPS; i++)
		if (e->milliseconds[i] >= 0)
			buffer_printf(b, "vemre_probe_step_duration_seconds{step=\"%s\"} %.3f\n", entry_step_words[i], e->milliseconds[i] / 1000.0);
}

/* E_USAGE: the setting. That the file cannot be written is told, and is no fault of entering. */
static enum status write_metrics(struct operation *o, const struct entry *e, bool tried, moment good)
{
	const char *path = settings_text(o->settings, "probe.metrics", "");
	struct buffer b = BUFFER_INIT;
	char said[300];
	enum status r;

	if (path == NULL || path[0] == '\0')
		return path == NULL ? E_USAGE : OK;
	if ((path = settings_path(o->settings, "probe.metrics", NULL)) == NULL)
		return E_USAGE;
	put_metrics(&b, e, tried, good);
	report_capture_begin(said, sizeof said);
	r = buffer_ok(&b) ? file_replace(path, b.data, b.len, 0644) : fault(E_FAILED, NULL, _("no hay memoria"));
	report_capture_end();
	if (r != OK)
		report_warning(_("ajuste probe.metrics"), "%s", said);
	buffer_free(&b);
	return OK;
}

/* ---- log-ins */

static enum status one_visit(struct operation *o, struct unsent *u, moment *good)
{
	struct entry e;
	long whole = 0;
	enum visit_end how;
	enum status r = visit_run(&e, &how, o->settings, o->definition), kept = OK;

	if (r != OK)
		return r;
	if (how == VISIT_STOPPED) {
		report_info(_("se pidió terminar: una entrada de prueba quedó a medias y no cuenta"));
		return OK;
	}
	if (how == VISIT_TRIED) {
		kept = unsent_entry(u, &e);
		*good = e.outcome == ENTRY_OK ? e.began : *good;
	}
	unsent_last_success(u, good);
	if ((r = write_metrics(o, &e, how == VISIT_TRIED, *good)) == OK)
		r = kept;
	if (how == VISIT_NOT_OPEN) {
		report_info(_("la votación no está abierta: no se prueba la entrada"));
		return r;
	}
	for (int i = 0; i < ENTRY_STEPS; i++)
		whole += e.milliseconds[i] > 0 ? e.milliseconds[i] : 0;
	if (e.outcome == ENTRY_FAILED)
		return fault(E_STATE, NULL, _("no se pudo entrar (%s): %s"), entry_step_words[e.step], e.detail);
	if (e.outcome == ENTRY_PLACE)
		report_warning(_("ajuste probe.place"), "%s", e.detail);
	else
		report_info(_("entrada de prueba: bien, en %.1f s%s%s"), (double)whole / 1000, e.detail[0] != '\0' ? "; " : "", e.detail);
	return r;
}

/* SIGTERM during a visit is taken when it has ended, at most a few minutes later; between two, at once. */
static enum status visits(struct operation *o, long every)
{
	struct timespec wait = {.tv_sec = every};
	struct unsent *u = NULL;
	moment good = 0;
	sigset_t stop;
	enum status r;

	if ((r = unsent_open(&u, o->settings, o->election, o->definition->id, "probe")) != OK)
		return r;
	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	if (every > 0)
		sigprocmask(SIG_BLOCK, &stop, NULL);
	r = one_visit(o, u, &good);
	while (every > 0 && r != E_USAGE && sigtimedwait(&stop, NULL, &wait) < 0)
		r = one_visit(o, u, &good);
	unsent_close(u);
	return every > 0 && r != E_USAGE ? OK : r;
}

static const char USAGE[] =
        N_("monitor-election probe: la entrada de prueba; una cuenta que no puede votar entra desde fuera\n"
           "\n"
           "Uso: monitor-election probe [--config ARCHIVO] [--election CARPETA] [--every SEGUNDOS]\n"
           "     monitor-election probe --init [--by NOMBRE] …\n"
           "\n"
           "Una cuenta sin credencial, que no puede votar, entra al sitio desde fuera con su contraseña y el\n"
           "código que llega al teléfono de prueba, y sale. Ajustes del grupo probe.\n"
           "\n"
           "  --every SEGUNDOS      cada cuánto, hasta SIGTERM (300: cada cinco minutos); sin ella, una vez\n"
           "  --init                hace la cuenta, como vemre_admin, y su contraseña (probe.password_file); de\n"
           "                        nuevo, le da otra\n"
           "  --by NOMBRE           quién la hace (por omisión, la cuenta que lo ejecuta)\n"
           "\n"
           "Salida: 0 entró; 1 falla del equipo o de la base de datos; 2 mandato o ajustes; 5 no se pudo entrar,\n"
           "o la elección no se ha abierto.\n"
           "\n"
           "Ejemplo: monitor-election probe\n");

enum status probe_command(int argc, char **argv)
{
	const char *config = NULL, *election = NULL, *every = NULL, *who = NULL;
	bool init = false, go;
	const struct program_option options[] = {{"config", &config, NULL}, {"election", &election, NULL}, {"every", &every, NULL},
	                                         {"by", &who, NULL},        {"init", NULL, &init},         {0}};
	struct operation o = {0};
	char *end = NULL;
	long seconds = 0;
	enum status r;

	if ((r = operation_options(&go, argc, argv, options, _(USAGE))) != OK || !go)
		return r;
	if (every != NULL && ((seconds = strtol(every, &end, 10)) < 10 || seconds > 3600 || end == every || *end != '\0'))
		return fault(E_USAGE, _("de 10 a 3600"), _("--every %s: no son segundos"), every);
	if ((r = (init ? operation_open : operation_look)(&o, config, election)) == OK)
		r = init ? make_account(&o, who) : visits(&o, seconds);
	operation_close(&o);
	return r;
}
