/*
 * The last step of an opening, and what becomes of one that was cut short (power, kill -9). All is made under names of
 * its own (opening_parts.h); then the database gets its name, which decides, and the two files theirs. A run that finds
 * ELECTION/opening.json.new reads from the database how far it came: with its final name and this eid, everything had been
 * made, shown and confirmed, and only the files are missing; else nobody has ever seen it, and it is taken away.
 */
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/report.h"
#include "ceremony/opening_parts.h"
#include "store/setup.h"
#include "store/voting.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum status opening_lock(struct opening_work *w)
{
	if ((w->lock = open(w->q->election, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
		return fault(E_FAILED, NULL, _("%s: no se pudo abrir: %s"), w->q->election, strerror(errno));
	return flock(w->lock, LOCK_EX | LOCK_NB) == 0
	               ? OK
	               : fault(E_STATE, _("espere a que termine"), _("%s: otro programa está abriendo esta elección"),
	                       w->q->election);
}

enum status opening_databases(struct opening_work *w, const struct definition *d)
{
	enum status r = connection_database(w->database, sizeof w->database, w->s, d->id);

	snprintf(w->work_database, sizeof w->work_database, "%s.opening", w->database);
	return r;
}

static enum status rename_file(const char *from, const char *to)
{
	return rename(from, to) == 0 ? OK : fault(E_FAILED, NULL, _("%s: no se pudo escribir: %s"), to, strerror(errno));
}

/* The database has its name: the files get theirs, opening.json last. */
static enum status place_files(struct opening_work *w)
{
	struct buffer b = BUFFER_INIT;
	enum status r = OK;

	if (!file_exists(w->definition) && (r = file_read(&b, w->source, DEFINITION_MAX_FILE)) == OK)
		r = file_create(w->definition, b.data, b.len, 0644);
	buffer_free(&b);
	return r == OK ? rename_file(w->pending, w->opening) : r;
}

static enum status note(struct opening_work *w, const char *event)
{
	char eid[65], opening[65];

	hex_encode(eid, w->opened->eid, 32);
	hex_encode(opening, w->opened->opening_sha256, 32);
	return journal_write(w->journal, event, w->q->admin,
	                     json_pack("{s:s, s:s, s:s}", "database", w->database, "eid", eid, "opening_sha256", opening));
}

enum status opening_commit(struct opening_work *w)
{
	uint8_t sha256[32];
	enum status r;

	if ((r = file_sha256(sha256, w->source)) != OK)
		return r;
	if (memcmp(sha256, w->opened->election_sha256, 32) != 0)
		return fault(E_EVIDENCE, NULL, _("%s cambió mientras se abría la elección"), w->source);
	connection_close(w->db);
	w->db = NULL;
	if ((r = setup_rename(w->s, w->work_database, w->database)) != OK)
		return r;
	w->decided = true;
	if ((r = place_files(w)) != OK)
		return r;
	return note(w, "opened");
}

/* Is the database of the final name the one that the pending file belongs to? E_STATE, said, where it is not. */
static enum status same_election(struct opening_work *w)
{
	struct voting_status status;
	enum status r;

	if ((r = record_open_with(&w->opened, w->record, w->source, w->pending)) != OK ||
	    (r = connection_open(&w->db, w->s, CONNECTION_ADMIN, w->database, NULL)) != OK ||
	    (r = voting_status(w->db, &status)) != OK)
		return r;
	return status.opened && memcmp(status.eid, w->opened->eid, 32) == 0
	               ? OK
	               : fault(E_STATE, _("¿son la misma definición, las mismas llaves y las mismas credenciales?"),
	                       _("una apertura se interrumpió al final, y la base de datos «%s» no es la de estos archivos"),
	                       w->database);
}

static enum status take_away(struct opening_work *w)
{
	bool half = false;
	enum status r = setup_exists(&half, w->s, w->work_database);

	if (r != OK)
		return r;
	if (half)
		setup_drop(w->s, w->work_database);
	if (unlink(w->pending) != 0)
		return fault(E_FAILED, NULL, _("%s: no se pudo borrar: %s"), w->pending, strerror(errno));
	report_step(_("se borró lo que dejó una apertura que se interrumpió; se empieza de nuevo"));
	return journal_write(w->journal, "opening-undone", NULL, json_pack("{s:s}", "database", w->database));
}

enum status opening_take_up(struct opening_work *w, bool *finished)
{
	struct definition *d = NULL;
	bool named = false;
	enum status r;

	*finished = false;
	if (!file_exists(w->pending))
		return OK;
	if ((r = definition_open(&d, w->source)) != OK || (r = opening_databases(w, d)) != OK ||
	    (r = setup_settle(w->s)) != OK || (r = setup_exists(&named, w->s, w->database)) != OK)
		goto done;
	if (!named) {
		r = take_away(w);
		goto done;
	}
	if ((r = same_election(w)) != OK)
		goto done;
	w->decided = true;
	if ((r = place_files(w)) != OK || (r = note(w, "opening-finished")) != OK)
		goto done;
	report_step(_("se terminó la apertura que se había interrumpido: la base de datos ya estaba hecha y confirmada"));
	*finished = true;
done:
	definition_free(d);
	return r;
}

void opening_undo(struct opening_work *w)
{
	if (w->decided) {
		report_warning(_("repita el mismo mandato: se termina donde quedó"), _("la base de datos «%s» ya está hecha"),
		               w->database);
		return;
	}
	if (!w->made_pending)
		return;
	if (w->made_database)
		setup_drop(w->s, w->work_database);
	unlink(w->pending);
	if (journal_write(w->journal, "opening-undone", NULL, json_pack("{s:s}", "database", w->database)) != OK)
		report_warning(NULL, _("la bitácora no dice que esta apertura se deshizo"));
}
