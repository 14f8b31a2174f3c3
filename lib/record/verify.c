/* See verify.h. The order of the checks is the order in which a record comes to be; each trusts only those before. */
#include "record/verify.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/report.h"
#include "protocol/hash.h"
#include "record/verify_parts.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *verify_check_id(enum verify_check c)
{
	static const char *const ids[VERIFY_CHECKS] = {"definition", "keys",       "opening", "credentials", "reissues",
	                                               "box",        "seal",       "ballots", "lists",       "shuffles",
	                                               "decryption", "votes",      "challenges", "results"};

	return ids[c];
}

const char *verify_check_name(enum verify_check c)
{
	static const char *const names[VERIFY_CHECKS] = {
	    N_("datos de la elección"),
	    N_("llaves del comité y de la elección"),
	    N_("apertura: llaves del sistema y del registro"),
	    N_("credenciales: forma, orden, ninguna repetida"),
	    N_("reposiciones de credenciales, firmadas por el registro"),
	    N_("urna: forma y orden"),
	    N_("sello del cierre, firmado por el sistema"),
	    N_("boletas: pruebas, firma y derecho a votar de cada una"),
	    N_("listas: las que debe haber, hechas de la urna"),
	    N_("mezclas: prueba de cada una"),
	    N_("descifrado del sobre exterior, con su prueba"),
	    N_("votos: cada sobre interior, vuelto a sellar"),
	    N_("retos de los observadores a votos no coincidentes"),
	    N_("cómputo, hecho de nuevo"),
	};

	return _(names[c]);
}

/* Runs one check and files what came of it. False: the checks that rest on it are not to be reached. */
static bool run(struct verify *v, enum verify_check c, enum status (*check)(struct verify *))
{
	struct verify_report *r = v->report;
	enum status s;

	report_capture_begin(r->reason[c], sizeof r->reason[c]);
	s = check(v);
	report_capture_end();
	switch (s) {
	case OK:
		r->outcome[c] = VERIFY_HOLDS;
		break;
	case E_UNPROVED:
		r->outcome[c] = VERIFY_UNPROVED;
		break;
	case E_INCOMPLETE:
		r->outcome[c] = VERIFY_MISSING;
		break;
	case E_FAILED:
		r->outcome[c] = VERIFY_FAILS;
		v->machine = true;
		break;
	default:
		r->outcome[c] = VERIFY_FAILS;
		break;
	}
	if (v->listener != NULL)
		v->listener(v->ctx, r, c);
	return s == OK || s == E_UNPROVED;
}

char *verify_path(const struct verify *v, const char *name)
{
	return file_path(v->record.folder, name, NULL);
}

enum status verify_hash_file(uint8_t out[32], const struct verify *v, const char *name)
{
	char *path = verify_path(v, name);
	enum status s = path != NULL ? file_sha256(out, path) : E_FAILED;

	free(path);
	return s;
}

static enum status check_definition(struct verify *v)
{
	char *path = verify_path(v, "election.json");
	enum status s = path != NULL ? definition_open(&v->record.definition, path) : E_FAILED;

	free(path);
	v->report->items[CHECK_DEFINITION] = s == OK ? v->record.definition->n_contests : 0;
	return s != OK ? s : verify_hash_file(v->record.election_sha256, v, "election.json");
}

static enum status check_keys(struct verify *v)
{
	char *path = verify_path(v, "keys.json");
	enum status s = path != NULL ? keys_file_open(&v->record.keys, path) : E_FAILED;

	free(path);
	if (s != OK || (s = verify_hash_file(v->record.keys_sha256, v, "keys.json")) != OK)
		return s;
	v->report->items[CHECK_KEYS] = v->record.keys->cards;
	if (v->record.definition != NULL && strcmp(v->record.keys->election, v->record.definition->id) != 0)
		return fault(E_EVIDENCE, NULL, _("keys.json: las llaves son de otra elección"));
	return OK;
}

static enum status check_opening(struct verify *v)
{
	char *path = verify_path(v, "opening.json");
	enum status s = path != NULL ? opening_file_open(&v->record.opening, path) : E_FAILED;

	free(path);
	if (s != OK || (s = verify_hash_file(v->record.opening_sha256, v, "opening.json")) != OK)
		return s;
	v->report->items[CHECK_OPENING] = v->record.opening.n_system_keys;
	if (strcmp(v->record.opening.election, v->record.definition->id) != 0)
		return fault(E_EVIDENCE, NULL, _("opening.json: la apertura es de otra elección"));
	return OK;
}

static enum status check_credentials(struct verify *v)
{
	struct record *r = &v->record;
	const uint8_t *data = NULL;
	size_t len = 0;
	char *path = verify_path(v, "credentials.csv");
	enum status s;

	if (path == NULL || (s = file_map(&data, &len, path)) != OK) {
		free(path);
		return path == NULL ? E_FAILED : s;
	}
	if ((s = hash_sha256(r->credentials_sha256, data, len)) == OK &&
	    (s = hash_eid(r->eid, r->election_sha256, r->keys_sha256, r->credentials_sha256, r->opening_sha256)) == OK) {
		hex_encode(v->report->eid, r->eid, 32);
		s = rights_read(&v->rights, "credentials.csv", data, len, r->definition);
	}
	if (s == OK)
		v->report->items[CHECK_CREDENTIALS] = v->rights->n;
	file_unmap(data, len);
	free(path);
	return s;
}

static enum status check_reissues(struct verify *v)
{
	const uint8_t *data = NULL;
	size_t len = 0;
	char *path = verify_path(v, "reissues.csv");
	enum status s;

	if (path == NULL || (s = file_map(&data, &len, path)) != OK) {
		free(path);
		return path == NULL ? E_FAILED : s;
	}
	if ((s = hash_sha256(v->reissues_sha256, data, len)) == OK)
		s = rights_reissues(v->rights, "reissues.csv", data, len, v->record.eid,
		                    &v->record.opening.registrar_key);
	for (size_t i = 0; s == OK && i < v->rights->n; i++)
		v->report->items[CHECK_REISSUES] += v->rights->rights[i].old;
	file_unmap(data, len);
	free(path);
	return s;
}

static enum status check_box(struct verify *v)
{
	char *path = verify_path(v, "encrypted-votes.box");
	enum status s = path != NULL ? box_open(&v->box, path, v->record.eid) : E_FAILED;

	free(path);
	if (s == OK) {
		v->report->items[CHECK_BOX] = v->report->ballots = v->box->n;
		s = hash_sha256(v->box_sha256, v->box->data, v->box->size);
	}
	return s;
}

static enum status check_seal(struct verify *v)
{
	struct seal_file seal;
	char *path = verify_path(v, "seal.json");
	enum status s = path != NULL ? seal_file_open(&seal, path) : E_FAILED;

	free(path);
	if (s != OK)
		return s;
	v->report->items[CHECK_SEAL] = 1;
	if (memcmp(seal.eid, v->record.eid, 32) != 0)
		return fault(E_EVIDENCE, NULL, _("seal.json: el sello es de otra elección"));
	if (memcmp(seal.box_sha256, v->box_sha256, 32) != 0)
		return fault(E_EVIDENCE, NULL, _("seal.json: el SHA-256 de la urna no es el del sello"));
	if (memcmp(seal.reissues_sha256, v->reissues_sha256, 32) != 0)
		return fault(E_EVIDENCE, NULL, _("seal.json: el SHA-256 de reissues.csv no es el del sello"));
	if (seal.ballots != v->box->n)
		return fault(E_EVIDENCE, NULL, _("seal.json: el sello dice %llu boletas y la urna tiene %llu"),
		             (unsigned long long)seal.ballots, (unsigned long long)v->box->n);
	if (moment_earlier(seal.closed, v->record.definition->closes_text))
		return fault(E_EVIDENCE, NULL, _("seal.json: el cierre es anterior al de la definición"));
	if (!seal_signed(&seal, &v->record.opening))
		return fault(E_EVIDENCE, NULL, _("seal.json: la firma no es de ninguna llave del sistema"));
	return OK;
}

static enum status check_ballots(struct verify *v)
{
	enum status s = ballots_check(&v->ballots, &v->record, v->rights, v->box);

	v->report->items[CHECK_BALLOTS] = v->box->n;
	box_free(v->box); /* half of all that is read: the lists are made, nobody looks there again */
	v->box = NULL;
	return s;
}

static void run_all(struct verify *v, enum verify_phase until)
{
	bool box;

	if (!run(v, CHECK_DEFINITION, check_definition) | !run(v, CHECK_KEYS, check_keys))
		return;
	if (!run(v, CHECK_OPENING, check_opening) || !run(v, CHECK_CREDENTIALS, check_credentials) ||
	    until == VERIFY_UNTIL_OPENING)
		return;
	/* The box is looked at even where the reissues fail; the ballots rest on both, and so does the seal. */
	if (!run(v, CHECK_REISSUES, check_reissues) | !(box = run(v, CHECK_BOX, check_box)))
		return;
	run(v, CHECK_SEAL, check_seal);
	if (!run(v, CHECK_BALLOTS, check_ballots) || until == VERIFY_UNTIL_CLOSING)
		return;
	if (!run(v, CHECK_LISTS, verify_lists) || !run(v, CHECK_SHUFFLES, verify_shuffles) ||
	    until == VERIFY_UNTIL_MIXING)
		return;
	if (!run(v, CHECK_DECRYPTION, verify_decryption) || !run(v, CHECK_VOTES, verify_votes))
		return;
	run(v, CHECK_CHALLENGES, verify_challenges);
	run(v, CHECK_RESULTS, verify_results);
}

static enum status verdict(const struct verify *v, enum verify_phase until)
{
	static const enum verify_check last[] = {CHECK_CREDENTIALS, CHECK_BALLOTS, CHECK_SHUFFLES, CHECK_RESULTS};
	bool missing = false, unproved = false;

	if (v->machine)
		return E_FAILED;
	for (enum verify_check c = 0; c <= last[until]; c++) {
		switch (v->report->outcome[c]) {
		case VERIFY_FAILS:
			return E_EVIDENCE;
		case VERIFY_MISSING:
		case VERIFY_NOT_REACHED:
			missing = true;
			break;
		case VERIFY_UNPROVED:
			unproved = true;
			break;
		case VERIFY_HOLDS:
			break;
		}
	}
	return missing ? E_INCOMPLETE : unproved ? E_UNPROVED : OK;
}

void verify_free(struct verify *v)
{
	if (v == NULL)
		return;
	verify_lists_free(v);
	ballots_free(v->ballots);
	box_free(v->box);
	rights_free(v->rights);
	keys_file_free(v->record.keys);
	definition_free(v->record.definition);
	free(v->record.folder);
	free(v);
}

enum status verify_keep(struct verify **out, struct verify_report *report, const char *folder, enum verify_phase until,
                        verify_listener listener, void *ctx)
{
	struct verify *v = calloc(1, sizeof *v);
	enum status s;

	*out = NULL;
	memset(report, 0, sizeof *report);
	for (int c = 0; c < VERIFY_CHECKS; c++)
		report->outcome[c] = VERIFY_NOT_REACHED;
	if (v == NULL || (v->record.folder = strdup(folder)) == NULL) {
		free(v);
		return fault(E_FAILED, NULL, _("no hay memoria para verificar"));
	}
	v->report = report;
	v->listener = listener;
	v->ctx = ctx;
	run_all(v, until);
	s = verdict(v, until);
	if (s == OK || s == E_UNPROVED)
		*out = v;
	else
		verify_free(v);
	return s;
}

enum status verify_record(struct verify_report *report, const char *folder, enum verify_phase until,
                          verify_listener listener, void *ctx)
{
	struct verify *v;
	enum status s = verify_keep(&v, report, folder, until, listener, ctx);

	verify_free(v);
	return s;
}
