/* The papers that end the session of safekeeping (custody.h, numerals 40 and 41), and the archive in one file. */
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "ceremony/archive_files.h"
#include "ceremony/archive_readme.h"
#include "ceremony/custody_parts.h"
#include "ceremony/numerals.h"
#include "ceremony/tarball.h"
#include "report/final_act.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define README "LEAME.txt"
#define SUMS ARCHIVE_PAPERS_SUMS

static enum status hash_of(uint8_t out[32], const char *folder, const char *name)
{
	char *path = file_path(folder, name, NULL);
	enum status r = path != NULL ? file_sha256(out, path) : E_FAILED;

	free(path);
	return r;
}

/* ---- 40 */

/* Which shares were erased, by the facts of the tally. */
static bool was_erased(const struct custody *c, unsigned card)
{
	char fact[96];

	snprintf(fact, sizeof fact, "Se borró la parte de la tarjeta %u de ", card);
	for (size_t i = 0; i < c->session.n_facts; i++)
		if (strncmp(c->session.facts[i].text, fact, strlen(fact)) == 0)
			return true;
	return false;
}

enum status custody_inventory(struct steps *s, void *ctx)
{
	struct custody *c = ctx;
	struct report_envelope envelopes[SHARES_MAX];
	struct report_session session = c->session;
	struct report_custody paper = {.definition = c->record->definition, .session = &session, .envelopes = envelopes,
	                               .n_envelopes = session.n_members, .disk = c->disk, .other = c->other};
	char *path = file_path(c->archive, "inventario-custodia.pdf", NULL);
	enum status r = E_FAILED;

	for (size_t i = 0; i < session.n_members; i++)
		envelopes[i] = (struct report_envelope){c->envelopes[i], session.members[i].name, session.members[i].card,
		                                        was_erased(c, session.members[i].card)};
	session.when = moment_now();
	if (path != NULL && (r = hash_of(paper.huellas_sha256, c->archive, "huellas.json")) == OK &&
	    (file_exists(path) || (r = report_custody(path, &paper)) == OK))
		report_info("%s", path);
	free(path);
	return r == OK ? steps_demand(s, N_("¿El Fedatario entregó al Coordinador los sobres, las huellas y el disco?"),
	                              N_("falta la entrega para la custodia (numeral 40)"))
	               : r;
}

/* ---- 41 */

static enum status write_readme(const struct custody *c)
{
	char *path = file_path(c->archive, README, NULL), eid[65];
	struct buffer b = BUFFER_INIT;
	enum status r = E_FAILED;

	hex_encode(eid, c->record->eid, 32);
	archive_readme(&b, c->record->definition, eid);
	if (path != NULL && buffer_ok(&b))
		r = file_replace(path, b.data, b.len, 0644);
	buffer_free(&b);
	free(path);
	return r;
}

static enum status write_act(const struct custody *c)
{
	struct report_session custody = {.place = c->session.place, .when = moment_now()};
	struct report_final f = {.definition = c->record->definition, .session = &c->session, .custody = &custody};
	char *path = file_path(c->archive, "acta-circunstanciada.pdf", NULL),
	     *record = file_path(c->election, "record", NULL);
	struct numerals *index = NULL;
	enum status r = E_FAILED;

	if (path == NULL || record == NULL)
		goto done;
	if (file_exists(path)) {
		r = OK;
		goto done;
	}
	memcpy(f.eid, c->record->eid, 32);
	if ((r = numerals_find(&index, c->election)) != OK ||
	    (r = hash_of(f.huellas_sha256, c->archive, "huellas.json")) != OK ||
	    (r = hash_of(f.box_sha256, record, "encrypted-votes.box")) != OK ||
	    (r = hash_of(f.results_sha256, record, "results.json")) != OK)
		goto done;
	steps_report(c->steps, &custody);
	f.index = index->rows;
	f.n_index = index->n;
	if ((r = report_final_act(path, &f)) == OK)
		report_info("%s", path);
done:
	numerals_free(index);
	free(path);
	free(record);
	return r;
}

static const char *const papers[] = {"LEAME.txt",  "SHA256SUMS", "acta-circunstanciada.pdf", "huellas-digitales.pdf",
                                     "huellas.json", "inventario-custodia.pdf", "sobres.pdf"};
enum { N_PAPERS = sizeof papers / sizeof *papers };

static enum status write_sums(const struct custody *c)
{
	char *path = file_path(c->archive, SUMS, NULL);
	struct buffer b = BUFFER_INIT;
	uint8_t sha256[32];
	enum status r = path != NULL ? OK : E_FAILED;

	for (size_t i = 0; r == OK && i < N_PAPERS; i++)
		if ((r = hash_of(sha256, c->archive, papers[i])) == OK) {
			buffer_hex(&b, sha256, 32);
			buffer_printf(&b, "  archive/%s\n", papers[i]);
		}
	if (r == OK)
		r = buffer_ok(&b) ? file_replace(path, b.data, b.len, 0644) : E_FAILED;
	buffer_free(&b);
	free(path);
	return r;
}

/* When the fingerprints were taken: the one time of the tar. */
static enum status made(moment *out, const struct custody *c)
{
	char *path = file_path(c->archive, "huellas.json", NULL);
	const char *text = NULL;
	json_t *huellas = NULL;
	enum status r = E_FAILED;

	if (path != NULL && (r = json_read(&huellas, path, JSON_MAX_FILE)) == OK &&
	    (r = json_string_of(&text, huellas, path, "made")) == OK && !moment_parse(out, text))
		r = fault(E_EVIDENCE, NULL, _("%s: la fecha no se puede leer"), path);
	json_decref(huellas);
	free(path);
	return r;
}

/* All that huellas.json names, and the papers of the archive; not session.jsonl, which is still being written. */
static enum status write_tar(const struct custody *c, char sha256[65])
{
	char name[DEFINITION_ID_MAX + 8], *path, *inside[N_PAPERS + 1] = {NULL};
	struct archive *all = NULL;
	const char **paths = NULL;
	uint8_t hash[32];
	moment when;
	size_t n = 0;
	enum status r;

	snprintf(name, sizeof name, "%s.tar", c->record->definition->id);
	path = file_path(c->election, name, NULL);
	if (path == NULL || (r = made(&when, c)) != OK || (r = archive_scan(&all, c->election)) != OK) {
		r = path != NULL ? r : E_FAILED;
		goto done;
	}
	if ((paths = calloc(all->n + N_PAPERS + 1, sizeof *paths)) == NULL) {
		r = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	for (; n < all->n; n++)
		paths[n] = all->files[n].path;
	for (size_t i = 0; i <= N_PAPERS; i++)
		if ((inside[i] = file_path("archive", i < N_PAPERS ? papers[i] : SUMS, NULL)) != NULL)
			paths[n++] = inside[i];
	r = file_exists(path) ? OK : tarball_write(path, c->election, c->record->definition->id, paths, n, when);
	if (r == OK && (r = file_sha256(hash, path)) == OK) {
		hex_encode(sha256, hash, 32);
		report_info("%s", path);
	}
done:
	for (size_t i = 0; i <= N_PAPERS; i++)
		free(inside[i]);
	free(paths);
	archive_free(all);
	free(path);
	return r;
}

enum status custody_act(struct steps *s, void *ctx)
{
	struct custody *c = ctx;
	char tar[65];
	enum status r;

	if ((r = write_act(c)) != OK || (r = write_readme(c)) != OK || (r = write_sums(c)) != OK ||
	    (r = write_tar(c, tar)) != OK ||
	    (r = steps_demand(s,
	                      N_("¿Firmaron el acta circunstanciada el Comité Electoral, el Administrador del HSM y el "
	                         "Coordinador?"),
	                      N_("el acta circunstanciada no está firmada (numeral 41)"))) != OK)
		return r;
	return steps_fact(s, N_("El archivo de la elección, en un solo archivo tar, tiene el SHA-256 %s."), tar);
}
