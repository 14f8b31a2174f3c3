/* See closing.h. */
#include "ceremony/closing.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "ceremony/archive.h"
#include "hsm/signer.h"
#include "journal/heads.h"
#include "record/folder.h"
#include "report/system_reports.h"
#include "store/export.h"
#include "store/reissues.h"
#include "store/voting.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct work {
	struct record *record;
	struct connection *db;
	struct signer *signer;
	char *box, *again, *reissues, *seal, *journal_folder, *journal, *head, *sealed, *heads, *documents, *report, *printed;
	uint64_t ballots;
	moment closed;
	uint8_t box_sha256[32], reissues_sha256[32];
};

static enum status no_memory(void)
{
	return fault(E_FAILED, NULL, _("no hay memoria"));
}

static enum status paths(struct work *w, const char *election)
{
	w->box = file_path(election, "record", "encrypted-votes.box", NULL);
	w->again = file_path(election, "record", ".encrypted-votes.box.again", NULL);
	w->reissues = file_path(election, "record", "reissues.csv", NULL);
	w->seal = file_path(election, "record", "seal.json", NULL);
	w->journal_folder = file_path(election, "journal", NULL);
	w->journal = file_path(election, "journal", "server.jsonl", NULL);
	w->head = file_path(election, "journal", "server-head.json", NULL);
	w->sealed = file_path(election, "monitor", "server-heads.jsonl", NULL);
	w->heads = file_path(election, "journal", "server-heads.txt", NULL);
	w->documents = file_path(election, "documents", NULL);
	w->report = file_path(election, "documents", "closing-report.json", NULL);
	w->printed = file_path(election, "documents", "reporte-de-cierre.pdf", NULL);
	return w->box != NULL && w->again != NULL && w->reissues != NULL && w->seal != NULL &&
	                       w->journal_folder != NULL && w->journal != NULL && w->head != NULL &&
	                       w->sealed != NULL && w->heads != NULL &&
	                       w->documents != NULL && w->report != NULL && w->printed != NULL
	               ? OK
	               : no_memory();
}

static enum status close_database(struct work *w, bool wait)
{
	enum export_close outcome;
	struct voting_status status;
	int left;
	enum status r;

	if ((r = voting_status(w->db, &status)) != OK)
		return r;
	if (!status.opened || memcmp(status.eid, w->record->eid, 32) != 0)
		return fault(E_STATE, _("primero open-election"),
		             _("la base de datos no es la de esta elección, o no se ha abierto"));
	for (;;) {
		if ((r = export_close(w->db, &outcome, &w->ballots, &w->closed, &left)) != OK)
			return r;
		if (outcome != EXPORT_TOO_EARLY)
			break;
		if (!wait)
			return fault(E_REFUSED, _("--wait espera hasta entonces"),
			             _("la votación cierra el %s; faltan %d segundos por el reloj de la base de datos"),
			             w->record->definition->closes_text, left);
		/* In short naps: the database's clock is what counts, and it may be set meanwhile. */
		sleep((unsigned)(left > 30 ? 30 : left > 1 ? left - 1 : 1));
	}
	report_step(outcome == EXPORT_CLOSED ? _("votación cerrada; sesiones terminadas")
	                                     : _("la votación ya estaba cerrada"));
	return OK;
}

/* The box again beside the one that is there: the same bytes, or a fault. */
static enum status compare_box(struct work *w)
{
	uint8_t again[32];
	enum status r;

	unlink(w->again); /* of a run that was cut short */
	if ((r = export_box(w->db, w->again, w->record->eid, w->ballots)) != OK ||
	    (r = file_sha256(again, w->again)) != OK)
		return r;
	unlink(w->again);
	if ((r = file_sha256(w->box_sha256, w->box)) != OK)
		return r;
	if (memcmp(again, w->box_sha256, 32) != 0)
		return fault(E_EVIDENCE, _("apártelo: no es la urna de esta base de datos"),
		             _("%s no es lo que la base de datos contiene"), w->box);
	report_info(_("%s ya estaba, y es idéntica a la base de datos"), w->box);
	return OK;
}

/* reissues.csv out of the database; one that is there already must be the same. */
static enum status take_reissues(struct work *w)
{
	struct buffer lines = BUFFER_INIT, there = BUFFER_INIT;
	enum status r;

	if ((r = reissues_export(w->db, &lines)) != OK)
		goto done;
	if (!file_exists(w->reissues)) {
		r = file_create(w->reissues, lines.data, lines.len, 0644);
	} else if ((r = file_read(&there, w->reissues, (size_t)1 << 30)) == OK &&
	           (there.len != lines.len || (lines.len > 0 && memcmp(there.data, lines.data, lines.len) != 0))) {
		r = fault(E_EVIDENCE, _("apártelo: no es de esta base de datos"), _("%s no es lo que la base de datos contiene"),
		          w->reissues);
	}
	if (r == OK)
		r = file_sha256(w->reissues_sha256, w->reissues);
done:
	buffer_free(&lines);
	buffer_free(&there);
	return r;
}

static enum status take_box(struct work *w)
{
	enum status r;

	if (file_exists(w->box)) {
		r = compare_box(w);
	} else if ((r = export_box(w->db, w->box, w->record->eid, w->ballots)) == OK) {
		r = file_sha256(w->box_sha256, w->box);
	}
	return r == OK ? take_reissues(w) : r;
}

static enum status check_seal(const struct work *w)
{
	struct seal_file seal;
	enum status r = seal_file_open(&seal, w->seal);

	if (r != OK)
		return r;
	if (memcmp(seal.eid, w->record->eid, 32) != 0 || memcmp(seal.box_sha256, w->box_sha256, 32) != 0 ||
	    memcmp(seal.reissues_sha256, w->reissues_sha256, 32) != 0 || seal.ballots != w->ballots ||
	    !seal_signed(&seal, &w->record->opening))
		return fault(E_EVIDENCE, NULL, _("%s no sella esta urna"), w->seal);
	report_info(_("%s ya estaba, y la sella"), w->seal);
	return OK;
}

static enum status make_seal(struct work *w)
{
	struct seal_file seal = {.ballots = w->ballots};
	enum status r;

	if (file_exists(w->seal))
		return check_seal(w);
	memcpy(seal.eid, w->record->eid, 32);
	memcpy(seal.box_sha256, w->box_sha256, 32);
	memcpy(seal.reissues_sha256, w->reissues_sha256, 32);
	moment_rfc3339(seal.closed, sizeof seal.closed, w->closed, w->record->definition->zone);
	if ((r = signer_seal(w->signer, seal.signature, &seal.signature_len, seal.eid, seal.box_sha256,
	                     seal.reissues_sha256, seal.ballots, seal.closed)) != OK)
		return r;
	if (!seal_signed(&seal, &w->record->opening))
		return fault(E_STATE, _("el system-signer de este servidor usa otra llave"),
		             _("la firma del sello no es de ninguna llave de opening.json"));
	return seal_file_write(&seal, w->seal);
}

/* The server's journal and its signed head (PROTOCOL 12, end); both may grow when run again. */
static enum status take_journal(struct work *w)
{
	struct file_writer f = {0};
	struct buffer text = BUFFER_INIT;
	uint8_t last[32], der[SIGNATURE_MAX];
	uint64_t lines;
	size_t len;
	json_t *head = NULL;
	enum status r;

	if ((r = file_mkdirs(w->journal_folder, 0755)) != OK || (r = file_writer_open(&f, w->journal, 0644)) != OK ||
	    (r = export_journal(w->db, f.f, &lines, last)) != OK || (r = file_writer_commit(&f, true)) != OK ||
	    (r = signer_journal(w->signer, der, &len, w->record->eid, lines, last)) != OK)
		goto done;
	head = json_pack("{s:s, s:o, s:I, s:o, s:o}", "format", "VEMRE-V1", "eid", json_hex(w->record->eid, 32), "lines",
	                 (json_int_t)lines, "last", json_hex(last, 32), "signature", json_hex(der, len));
	r = head == NULL ? no_memory() : json_write(&text, head);
	if (r == OK)
		r = file_replace(w->head, text.data, text.len, 0644);
done:
	file_writer_abandon(&f);
	json_decref(head);
	buffer_free(&text);
	return r;
}

/* The heads that were signed while the voting was open go with the journal, once. Before it is exported: a head that the
 * sealer signs meanwhile is not among them. */
static enum status take_heads(const struct work *w)
{
	struct buffer b = BUFFER_INIT;
	enum status r = OK;

	if (file_exists(w->sealed) && !file_exists(w->report) && (r = file_mkdirs(w->journal_folder, 0755)) == OK &&
	    (r = file_read(&b, w->sealed, (size_t)1 << 28)) == OK)
		r = file_replace(w->heads, b.data, b.len, 0644);
	buffer_free(&b);
	return r;
}

/* A journal that contradicts them is said, and the closing goes on: the box does not rest on it. */
static void check_heads(const struct work *w)
{
	struct heads_verdict v;

	if (!file_exists(w->heads))
		return;
	if (heads_check(&v, w->journal, w->heads, w->record) == OK)
		report_info(_("bitácora del servidor: %llu líneas, como las %llu cabezas firmadas"), (unsigned long long)v.lines,
		            (unsigned long long)v.heads);
	else
		report_warning(_("hágase constar en el acta"), _("la bitácora del servidor no es la que se fue sellando"));
}

/* ---- the report: what is carried to the venue, file by file, and its printed form (numeral 28) */

static json_t *files_json(const struct archive *a)
{
	json_t *files = json_array();

	for (size_t i = 0; files != NULL && i < a->n; i++)
		if (strstr(a->files[i].path, ".part-") == NULL)
			json_array_append_new(files, json_pack("{s:s, s:I, s:o}", "path", a->files[i].path, "bytes",
			                                       (json_int_t)a->files[i].bytes, "sha256",
			                                       json_hex(a->files[i].sha256, 32)));
	return files;
}

static json_t *journals_json(const struct archive *a)
{
	json_t *journals = json_array();

	for (size_t i = 0; journals != NULL && i < a->n_journals; i++)
		json_array_append_new(journals, json_pack("{s:s, s:I, s:o}", "path", a->journals[i].path, "lines",
		                                          (json_int_t)a->journals[i].lines, "last",
		                                          json_hex(a->journals[i].head, 32)));
	return journals;
}

static enum status report_json(json_t **out, const struct work *w, const char *election)
{
	struct archive *a = NULL;
	uint8_t seal[32];
	char closed[40];
	enum status r;

	*out = NULL;
	if ((r = archive_scan(&a, election)) != OK || (r = file_sha256(seal, w->seal)) != OK)
		goto done;
	moment_rfc3339(closed, sizeof closed, w->closed, w->record->definition->zone);
	*out = json_pack("{s:s, s:s, s:o, s:s, s:I, s:o, s:o, s:o, s:o, s:o}", "format", "VEMRE-V1", "election",
	                 w->record->definition->id, "eid", json_hex(w->record->eid, 32), "closed", closed, "ballots",
	                 (json_int_t)w->ballots, "box_sha256", json_hex(w->box_sha256, 32), "reissues_sha256",
	                 json_hex(w->reissues_sha256, 32), "seal_sha256", json_hex(seal, 32), "files", files_json(a),
	                 "journals", journals_json(a));
	if (*out == NULL)
		r = no_memory();
done:
	archive_free(a);
	return r;
}

/* The printed one says what the file says: a second run prints the same. */
static enum status print_report(const struct work *w, const json_t *report)
{
	const json_t *journals = json_object_get(report, "journals"), *j;
	size_t n = json_array_size(journals), i;
	struct report_journal_head *heads = calloc(n + 1, sizeof *heads);
	uint8_t (*last)[32] = calloc(n + 1, sizeof *last);
	struct report_closing c = {.heading = {.definition = w->record->definition, .when = w->closed},
	                           .ballots = w->ballots, .closed = w->closed, .journals = heads, .n_journals = n};
	enum status r = heads != NULL && last != NULL ? OK : no_memory();

	for (i = 0; r == OK && i < n; i++) {
		j = json_array_get(journals, i);
		heads[i] = (struct report_journal_head){json_string_value(json_object_get(j, "path")),
		                                        (uint64_t)json_integer_value(json_object_get(j, "lines")), last[i]};
		r = json_hex_of(last[i], 32, j, w->report, "last");
	}
	memcpy(c.eid, w->record->eid, 32);
	memcpy(c.box_sha256, w->box_sha256, 32);
	memcpy(c.reissues_sha256, w->reissues_sha256, 32);
	if (r == OK && (r = file_sha256(c.seal_sha256, w->seal)) == OK && (r = file_sha256(c.report_sha256, w->report)) == OK)
		r = report_closing(w->printed, &c);
	free(heads);
	free(last);
	return r;
}

static enum status closing_report(const struct work *w, const char *election)
{
	struct buffer text = BUFFER_INIT;
	char box[65], when[96];
	json_t *json = NULL;
	enum status r;

	hex_encode(box, w->box_sha256, 32);
	moment_text(when, sizeof when, w->closed, w->record->definition->zone);
	report_info(_("cierre: %s"), when);
	report_info(_("votos en la urna: %llu"), (unsigned long long)w->ballots);
	report_info(_("SHA-256 de encrypted-votes.box: %s"), box);
	if ((r = file_mkdirs(w->documents, 0755)) != OK)
		return r;
	if (file_exists(w->report))
		r = json_read(&json, w->report, JSON_MAX_FILE);
	else if ((r = report_json(&json, w, election)) == OK && (r = json_write(&text, json)) == OK)
		r = file_create(w->report, text.data, text.len, 0644);
	if (r == OK && (r = print_report(w, json)) == OK)
		report_info(_("reporte de cierre: %s"), w->printed);
	json_decref(json);
	buffer_free(&text);
	return r;
}

static enum status open_all(struct work *w, struct settings *s, const char *election)
{
	const char *socket = settings_path(s, "signer.socket", "/run/vemre/signer/signer.sock");
	char *opening = file_path(election, "record", "opening.json", NULL);
	char *folder = file_path(election, "record", NULL);
	enum status r = E_FAILED;

	if (socket == NULL || opening == NULL || folder == NULL)
		goto done;
	if (!file_exists(opening)) {
		r = fault(E_STATE, _("primero open-election"), _("falta %s"), opening);
		goto done;
	}
	if ((r = record_open(&w->record, folder)) == OK && (r = signer_connect(&w->signer, socket)) == OK)
		r = connection_open(&w->db, s, CONNECTION_ADMIN, NULL, w->record->definition->id);
done:
	free(opening);
	free(folder);
	return r;
}

enum status closing_run(struct settings *s, const char *election, bool wait)
{
	struct work w = {0};
	enum status r;

	if ((r = paths(&w, election)) == OK && (r = open_all(&w, s, election)) == OK &&
	    (r = close_database(&w, wait)) == OK && (r = take_box(&w)) == OK && (r = make_seal(&w)) == OK &&
	    (r = take_heads(&w)) == OK && (r = take_journal(&w)) == OK) {
		check_heads(&w);
		r = closing_report(&w, election);
	}
	connection_close(w.db);
	signer_free(w.signer);
	record_free(w.record);
	free(w.box);
	free(w.again);
	free(w.reissues);
	free(w.seal);
	free(w.journal_folder);
	free(w.journal);
	free(w.head);
	free(w.sealed);
	free(w.heads);
	free(w.documents);
	free(w.report);
	free(w.printed);
	return r;
}
