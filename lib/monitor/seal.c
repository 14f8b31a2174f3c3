/* See seal.h. */
#include "monitor/seal.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/program.h"
#include "base/report.h"
#include "hsm/signer.h"
#include "journal/heads.h"
#include "protocol/hash.h"
#include "store/journal_rows.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

struct sealer {
	struct operation *o;
	struct record *record;
	struct seal_place *place;
	struct connection *db;
	struct signer *signer;
	char *path; /* of our own heads */
	int fd;
	struct head *heads;
	size_t n;
	unsigned round;
	long whole; /* up to so many lines all is read back every time */
	enum status before; /* of the last round: what is new goes into the operators' journal */
};

/* ---- the database's lines, hashed here */

struct reading {
	const struct sealer *s;
	size_t at; /* the next head to compare */
	uint64_t lines;
	uint8_t last[32];
	bool chained; /* last is that of the line before */
};

static enum status changed(uint64_t line)
{
	return fault(E_EVIDENCE, _("abra un incidente y no toque la base de datos: alguien con permisos sobre ella la cambió"),
	             _("bitácora del servidor, línea %llu: no es la que se selló"), (unsigned long long)line);
}

static enum status read_line(void *ctx, uint64_t number, const char *line)
{
	struct reading *g = ctx;
	size_t len = strlen(line);
	char previous[68];
	enum status r;

	hex_encode(previous, g->last, 32);
	memcpy(previous + 64, "\"}", 3);
	if (number != g->lines + 1 || (g->chained && (len < 66 || strcmp(line + len - 66, previous) != 0)))
		return changed(number);
	if ((r = hash_sha256(g->last, line, len)) != OK)
		return r;
	g->lines = number;
	g->chained = true;
	for (; g->at < g->s->n && g->s->heads[g->at].lines <= number; g->at++)
		if (g->s->heads[g->at].lines == number && memcmp(g->s->heads[g->at].last, g->last, 32) != 0)
			return changed(number);
	return OK;
}

static enum status read_back(struct sealer *s, uint64_t lines, const uint8_t last[32])
{
	uint64_t sealed = s->n > 0 ? s->heads[s->n - 1].lines : 0;
	bool whole = sealed == 0 || lines <= (uint64_t)s->whole || s->round % SEAL_WHOLE_EVERY == 0;
	struct reading g = {.s = s, .lines = whole ? 0 : sealed - 1, .at = whole ? 0 : s->n - 1, .chained = whole};
	enum status r;

	if ((r = hash_sha256(g.last, "", 0)) != OK ||
	    (r = journal_rows_tell(s->db, g.lines + 1, read_line, &g)) != OK)
		return r;
	if (g.lines < lines || g.lines < sealed)
		return fault(E_EVIDENCE, _("abra un incidente y no toque la base de datos: alguien con permisos sobre ella la cambió"),
		             _("a la bitácora del servidor le faltan líneas: se sellaron %llu y hay %llu"),
		             (unsigned long long)(sealed > lines ? sealed : lines), (unsigned long long)g.lines);
	if (g.lines == lines && memcmp(g.last, last, 32) != 0)
		return changed(lines);
	return journal_rows_faults(s->db, whole ? 0 : sealed - 1);
}

/* ---- one round */

static enum status keep(struct sealer *s, const struct head *h)
{
	struct head *more = realloc(s->heads, (s->n + 1) * sizeof *more);
	json_t *object = head_json(h);
	char *line = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;
	enum status r = OK;

	if (more != NULL)
		s->heads = more;
	if (more == NULL || line == NULL)
		r = fault(E_FAILED, NULL, _("no hay memoria"));
	else if (dprintf(s->fd, "%s\n", line) < 0 || fsync(s->fd) != 0)
		r = fault(E_FAILED, _("¿hay espacio en el disco?"), _("%s: no se pudo escribir: %s"), s->path, strerror(errno));
	if (r == OK) {
		s->heads[s->n++] = *h;
		r = seal_place_put(s->place, line, false);
	}
	free(line);
	json_decref(object);
	return r;
}

static enum status connect_all(struct sealer *s)
{
	const char *socket = settings_path(s->o->settings, "signer.socket", "/run/vemre/signer/signer.sock");
	enum status r = socket == NULL ? E_USAGE : OK;

	if (r == OK && s->db == NULL)
		r = connection_open(&s->db, s->o->settings, CONNECTION_MONITOR, NULL, s->o->definition->id);
	if (r == OK && s->signer == NULL)
		r = signer_connect(&s->signer, socket);
	return r;
}

static enum status round_of(struct sealer *s)
{
	struct head h = {.time = moment_now()};
	uint8_t own[32];
	uint64_t own_lines;
	enum status r;

	if ((r = connect_all(s)) != OK || (r = journal_check(s->o->journal_path, &own_lines, own)) != OK ||
	    (r = journal_rows_other(s->db, "monitor-election.jsonl", own_lines, own)) != OK ||
	    (r = journal_rows_seal(s->db, &h.lines, h.last)) != OK || (r = read_back(s, h.lines, h.last)) != OK)
		return r;
	memcpy(h.eid, s->record->eid, 32);
	if ((r = signer_journal(s->signer, h.signature, &h.signature_len, h.eid, h.lines, h.last)) != OK)
		return r;
	if (!head_signed(&h, &s->record->opening))
		return fault(E_STATE, _("el system-signer de este servidor usa otra llave"),
		             _("la firma de la cabeza no es de ninguna llave de opening.json"));
	if ((r = keep(s, &h)) == OK)
		report_info(_("bitácora sellada: %llu líneas"), (unsigned long long)h.lines);
	return r;
}

/* What changed since the last round goes into the operators' journal; a journal that was tampered with also to syslog. */
static void tell_change(struct sealer *s, enum status r, const char *said)
{
	const char *event = r == OK ? "seal-again" : r == E_EVIDENCE ? "seal-contradicted" : "seal-failed";
	char line[600];

	if (r == s->before)
		return;
	s->before = r;
	if (journal_write(s->o->journal, event, operation_who(NULL), json_pack("{s:s}", "text", said)) != OK)
		return;
	if (r == E_EVIDENCE) {
		snprintf(line, sizeof line, "VEMRE-V1 %.40s: %.500s", s->o->definition->id, said);
		(void)!seal_place_put(s->place, line, true);
	}
}

static enum status one_round(struct sealer *s)
{
	char said[512] = "";
	enum status r;

	report_capture_begin(said, sizeof said);
	r = round_of(s);
	report_capture_end();
	s->round++;
	if (r != OK)
		fault(r, NULL, "%s", said);
	tell_change(s, r, said);
	if (r != OK) { /* anew next time */
		connection_close(s->db);
		signer_free(s->signer);
		s->db = NULL;
		s->signer = NULL;
	}
	return r;
}

/* ---- beginning and end */

static enum status own_heads(struct sealer *s)
{
	char *folder = file_path(s->o->election, "monitor", NULL);
	enum status r = E_FAILED;

	s->path = file_path(s->o->election, "monitor", "server-heads.jsonl", NULL);
	if (folder == NULL || s->path == NULL || (r = file_mkdirs(folder, 0755)) != OK)
		goto done;
	if ((s->fd = open(s->path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644)) < 0)
		r = fault(E_FAILED, NULL, _("%s: no se puede abrir: %s"), s->path, strerror(errno));
	else if (flock(s->fd, LOCK_EX | LOCK_NB) != 0)
		r = fault(E_STATE, NULL, _("otro monitor-election ya sella la bitácora de esta elección"));
	else if (lseek(s->fd, 0, SEEK_END) > 0)
		r = heads_read(&s->heads, &s->n, s->path);
done:
	free(folder);
	return r;
}

static enum status rounds(struct sealer *s, long every)
{
	struct timespec wait = {.tv_sec = every};
	sigset_t stop;
	enum status r;

	sigemptyset(&stop);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGINT);
	sigprocmask(SIG_BLOCK, &stop, NULL);
	r = one_round(s);
	while (every > 0 && sigtimedwait(&stop, NULL, &wait) < 0)
		r = one_round(s);
	return every > 0 ? OK : r;
}

enum status seal_run(struct operation *o, long every)
{
	struct sealer s = {.o = o, .fd = -1, .whole = SEAL_WHOLE_MAX};
	char *record = file_path(o->election, "record", NULL);
	enum status r = E_FAILED;

	if (record != NULL &&
	    (r = settings_int(&s.whole, o->settings, "journal.whole_lines", SEAL_WHOLE_MAX, 0, 1000000000)) == OK &&
	    (r = record_open(&s.record, record)) == OK && (r = seal_place_open(&s.place, o)) == OK &&
	    (r = own_heads(&s)) == OK)
		r = rounds(&s, every);
	connection_close(s.db);
	signer_free(s.signer);
	seal_place_close(s.place);
	record_free(s.record);
	if (s.fd >= 0)
		close(s.fd);
	free(s.heads);
	free(s.path);
	free(record);
	return r;
}

static const char USAGE[] =
        N_("monitor-election seal: sella la bitácora del servidor cada minuto\n"
           "\n"
           "Uso: monitor-election seal [--config ARCHIVO] [--election CARPETA] [--every SEGUNDOS]\n"
           "\n"
           "Sella la bitácora del servidor con la llave del sistema y manda la cabeza firmada a un segundo lugar\n"
           "(ajustes journal.heads y journal.syslog); antes la compara con todas las que ya se sellaron.\n"
           "\n"
           "  --every SEGUNDOS      cada cuánto, hasta SIGTERM (journal.seal_seconds, 60); 0: una vez\n"
           "\n"
           "Salida: 0 sellada; 1 falla del equipo o de la base de datos; 2 mandato o ajustes; 3 la bitácora de\n"
           "la base de datos no es la que se selló; 5 otro ya la sella, o la elección no se ha abierto.\n"
           "\n"
           "Ejemplo: monitor-election seal --every 0\n");

enum status seal_command(int argc, char **argv)
{
	const char *config = NULL, *election = NULL, *every = NULL;
	const struct program_option options[] = {
	        {"config", &config, NULL}, {"election", &election, NULL}, {"every", &every, NULL}, {0}};
	struct operation o = {0};
	char *end = NULL;
	long seconds = SEAL_SECONDS;
	enum status r;
	bool go;

	if ((r = operation_options(&go, argc, argv, options, _(USAGE))) != OK || !go)
		return r;
	if ((r = operation_open(&o, config, election)) != OK ||
	    (r = settings_int(&seconds, o.settings, "journal.seal_seconds", SEAL_SECONDS, 1, 3600)) != OK)
		goto done;
	if (every != NULL && ((seconds = strtol(every, &end, 10)) < 0 || seconds > 3600 || end == every || *end != '\0'))
		r = fault(E_USAGE, _("de 1 a 3600; 0: una vez"), _("--every %s: no son segundos"), every);
	if (r == OK)
		r = seal_run(&o, seconds);
done:
	operation_close(&o);
	return r;
}
