/* See checked_ballot.h. */
#include "record/checked_ballot.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "election/count.h"
#include "protocol/credential.h"
#include "record/folder.h"
#include <ctype.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 256 * 1024 };

/* What the tests hand to each other. */
struct work {
	struct checked_ballot *out;
	const char *file, *folder, *typed_tracker, *typed_credential;
	struct ballot ballot;
	struct {
		char contest[BALLOT_NAME_MAX + 1];
		uint8_t seed[SEED_BYTES], plain[PLAIN_MAX];
		struct scalar t;
	} opened[BALLOT_CONTESTS_MAX];
	struct record *record;
	struct rights *rights;
	struct ballot_form form;
	unsigned district;
};

const char *checked_test_id(enum checked_test t)
{
	static const char *const ids[CHECKED_TESTS] = {"form",   "files",    "eid",       "tracker", "credential",
	                                               "listed", "contests", "envelopes", "proofs"};

	return ids[t];
}

const char *checked_test_name(enum checked_test t)
{
	static const char *const names[CHECKED_TESTS] = {
	        N_("el archivo tiene la forma debida y la boleta no está firmada"),
	        N_("los archivos publicados están completos y concuerdan"),
	        N_("la boleta es de esta elección"),
	        N_("el código de seguimiento es el que usted anotó"),
	        N_("la credencial es la de su correo"),
	        N_("la credencial está en la lista pública"),
	        N_("las elecciones son las de su entidad"),
	        N_("cada sobre, sellado otra vez, es idéntico"),
	        N_("cada sobre trae su prueba y se cumple"),
	};

	return _(names[t]);
}

/* One item of "contests", beside the ballot's own part of the same place. */
static enum status read_opened(struct work *w, const json_t *item, unsigned i)
{
	const struct ballot_contest *c = &w->ballot.contests[i];
	const char *name;
	char where[40];
	uint8_t t[32];
	enum status r;

	snprintf(where, sizeof where, "contests[%u]", i);
	if ((r = json_fields(item, where, "contest", "seed", "plain", "t", NULL)) != OK ||
	    (r = json_string_of(&name, item, where, "contest")) != OK)
		return r;
	if (strcmp(name, c->name) != 0)
		return fault(E_EVIDENCE, NULL, _("%s: la boleta tiene ahí «%s»"), where, c->name);
	memcpy(w->opened[i].contest, c->name, sizeof c->name);
	if ((r = json_hex_of(w->opened[i].seed, SEED_BYTES, item, where, "seed")) != OK ||
	    (r = json_hex_of(w->opened[i].plain, envelope_plain_len(c->w), item, where, "plain")) != OK ||
	    (r = json_hex_of(t, sizeof t, item, where, "t")) != OK)
		return r;
	r = scalar_read(&w->opened[i].t, t) ? OK : fault(E_EVIDENCE, NULL, _("%s: t no es menor que n"), where);
	OPENSSL_cleanse(t, sizeof t);
	return r;
}

static enum status check_form(struct work *w)
{
	const json_t *contests;
	const char *hex;
	json_t *json = NULL;
	uint8_t *bytes = NULL;
	size_t len;
	enum status r;

	if ((r = json_read(&json, w->file, FILE_MAX)) != OK ||
	    (r = json_fields(json, w->file, "format", "ballot", "contests", NULL)) != OK ||
	    (r = json_format_of(json, w->file)) != OK || (r = json_string_of(&hex, json, w->file, "ballot")) != OK)
		goto done;
	len = strlen(hex) / 2;
	if ((bytes = malloc(len + 1)) == NULL) {
		r = fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	if (!hex_decode_vartime(bytes, len, hex, strlen(hex))) {
		r = fault(E_EVIDENCE, NULL, _("ballot: no es hexadecimal"));
		goto done;
	}
	if ((r = ballot_read(&w->ballot, bytes, len, false)) != OK)
		goto done;
	contests = json_object_get(json, "contests");
	if (!json_is_array(contests) || json_array_size(contests) != w->ballot.n)
		r = fault(E_EVIDENCE, NULL, _("contests: no son las de la boleta"));
	for (unsigned i = 0; r == OK && i < w->ballot.n; i++)
		r = read_opened(w, json_array_get(contests, i), i);
done:
	free(bytes);
	json_decref(json);
	return r;
}

static enum status check_files(struct work *w)
{
	enum status r;

	if ((r = record_open(&w->record, w->folder)) != OK)
		return r;
	hex_encode(w->out->eid, w->record->eid, 32);
	return record_rights(&w->rights, w->record, false);
}

static enum status check_eid(struct work *w)
{
	return memcmp(w->ballot.eid, w->record->eid, 32) == 0
	               ? OK
	               : fault(E_EVIDENCE, NULL, _("la boleta es de otra elección"));
}

/* As typed: dashes and spaces dropped, I and L read as 1, O as 0 (as passwords are, PROTOCOL 4). */
static bool same_code(const char *typed, const char *code)
{
	for (; *typed != '\0'; typed++) {
		char c = (char)toupper((unsigned char)*typed);

		if (c == '-' || c == ' ')
			continue;
		c = c == 'I' || c == 'L' ? '1' : c == 'O' ? '0' : c;
		if (*code == '-')
			code++;
		if (c != *code)
			return false;
		code++;
	}
	return *code == '\0';
}

static enum status compare(const char *typed, const char *code)
{
	return same_code(typed, code) ? OK : fault(E_EVIDENCE, NULL, _("usted escribió %s, y es %s"), typed, code);
}

static enum status check_tracker(struct work *w)
{
	return compare(w->typed_tracker, w->out->tracker);
}

static enum status check_credential(struct work *w)
{
	return compare(w->typed_credential, w->out->credential);
}

static enum status check_listed(struct work *w)
{
	const struct right *right = rights_find(w->rights, &w->ballot.credential);

	if (right == NULL)
		return fault(E_EVIDENCE, NULL, _("la credencial no está en credentials.csv"));
	w->district = right->district;
	definition_form(&w->form, w->record->definition, w->district);
	return OK;
}

static enum status check_contests(struct work *w)
{
	bool same = w->ballot.n == w->form.n;

	for (unsigned i = 0; same && i < w->form.n; i++)
		same = strcmp(w->ballot.contests[i].name, w->form.contests[i].name) == 0 &&
		       w->ballot.contests[i].w == w->form.contests[i].w;
	if (!same)
		return fault(E_EVIDENCE, NULL, _("no son las elecciones de la entidad %s, en su orden y ancho"),
		             w->record->definition->districts[w->district].id);
	for (unsigned i = 0; i < w->ballot.n; i++)
		for (unsigned j = 0; j < i; j++)
			if (point_equal(&w->ballot.contests[i].c[0], &w->ballot.contests[j].c[0]))
				return fault(E_EVIDENCE, NULL, _("dos sobres tienen la misma C_0"));
	return OK;
}

static enum status check_envelopes(struct work *w)
{
	struct point again[OUTER_POINTS_MAX];
	uint8_t inner[INNER_MAX];
	enum status r;

	for (unsigned i = 0; i < w->ballot.n; i++) {
		const struct ballot_contest *c = &w->ballot.contests[i];

		if ((r = envelope_seal_inner(inner, c->w, w->record->eid, c->name, &w->record->keys->election_key,
		                             w->opened[i].seed, w->opened[i].plain)) != OK ||
		    (r = envelope_seal_outer(again, c->w, w->record->keys->committee_key, &w->opened[i].t, inner)) != OK)
			return r;
		for (unsigned k = 0; k <= c->w; k++)
			if (!point_equal(&again[k], &c->c[k]))
				return fault(E_EVIDENCE, NULL, _("%s: sellado de nuevo no da los mismos sobres"), c->name);
	}
	return OK;
}

static enum status check_proofs(struct work *w)
{
	return ballot_check(&w->ballot, w->record->eid, &w->form);
}

/* "Partido A y Partido B": the boxes that are marked. */
static void names_of(char *out, size_t size, const struct contest *c, uint64_t marks)
{
	size_t len = 0;

	out[0] = '\0';
	for (unsigned i = 0; i < c->n_options; i++)
		for (unsigned p = 0; (marks >> i & 1) != 0 && p < c->options[i].n_parties && len < size; p++)
			len += (size_t)snprintf(out + len, size - len, "%s%s", len == 0 ? "" : " + ", c->options[i].parties[p]->name);
}

static void in_words(char out[CHECKED_WORDS], const struct contest *c, const uint8_t *plain)
{
	char names[CHECKED_WORDS / 2];
	const char *candidate;
	uint64_t marks;
	size_t text_len;
	unsigned first = 0;

	switch (count_vote(&marks, &text_len, c, plain)) {
	case COUNT_UNREGISTERED:
		snprintf(out, CHECKED_WORDS, _("candidatura no registrada: «%.*s»"), (int)text_len, (const char *)plain + 8);
		return;
	case COUNT_OPTION:
	case COUNT_COMBINATION:
		while ((marks >> first & 1) == 0)
			first++;
		candidate = c->candidates[c->options[first].candidate].name;
		names_of(names, sizeof names, c, marks);
		if (names[0] != '\0')
			snprintf(out, CHECKED_WORDS, _("un voto para %s (marcado: %s)"), candidate, names);
		else
			snprintf(out, CHECKED_WORDS, _("un voto para %s (candidatura independiente)"), candidate);
		return;
	case COUNT_NULL:
		break;
	}
	for (size_t i = 0; i < envelope_plain_len(c->w); i++)
		if (plain[i] != 0) {
			snprintf(out, CHECKED_WORDS, "%s", _("marcas que contarían como voto nulo"));
			return;
		}
	snprintf(out, CHECKED_WORDS, "%s", _("sin marcar: contaría como voto nulo"));
}

static void tell_votes(struct work *w)
{
	for (unsigned i = 0; i < w->ballot.n; i++) {
		const struct contest *c = definition_contest(w->record->definition, w->ballot.contests[i].name);

		snprintf(w->out->votes[i].office, sizeof w->out->votes[i].office, "%s", c->office);
		in_words(w->out->votes[i].words, c, w->opened[i].plain);
		report_disarm(w->out->votes[i].office);
		report_disarm(w->out->votes[i].words);
	}
	w->out->n = w->ballot.n;
}

/* True: it holds. E_FAILED is kept in *machine. */
static bool run(struct work *w, enum status *machine, enum checked_test t, enum status (*check)(struct work *))
{
	enum status r;

	report_capture_begin(w->out->reason[t], sizeof w->out->reason[t]);
	r = check(w);
	report_capture_end();
	w->out->outcome[t] = r == OK ? CHECKED_HOLDS : CHECKED_FALSE;
	if (r == E_FAILED)
		*machine = r;
	return r == OK;
}

static enum status run_all(struct work *w)
{
	struct checked_ballot *out = w->out;
	enum status machine = OK;
	bool form, files;

	form = run(w, &machine, CHECKED_FORM, check_form);
	files = run(w, &machine, CHECKED_FILES, check_files);
	if (form) {
		hash_code(out->tracker, w->ballot.tracker);
		if (credential_code(out->credential, &w->ballot.credential) != OK)
			return E_FAILED;
		out->outcome[CHECKED_TRACKER] = out->outcome[CHECKED_CREDENTIAL] = CHECKED_OPEN;
		if (w->typed_tracker != NULL)
			run(w, &machine, CHECKED_TRACKER, check_tracker);
		if (w->typed_credential != NULL)
			run(w, &machine, CHECKED_CREDENTIAL, check_credential);
	}
	if (form && files) {
		run(w, &machine, CHECKED_EID, check_eid);
		if (run(w, &machine, CHECKED_LISTED, check_listed) && run(w, &machine, CHECKED_CONTESTS, check_contests)) {
			if (run(w, &machine, CHECKED_ENVELOPES, check_envelopes))
				tell_votes(w);
			run(w, &machine, CHECKED_PROOFS, check_proofs);
		}
	}
	for (int t = 0; machine == OK && t < CHECKED_TESTS; t++)
		if (out->outcome[t] == CHECKED_FALSE || out->outcome[t] == CHECKED_NOT_REACHED)
			machine = E_EVIDENCE;
	return machine;
}

enum status checked_ballot_check(struct checked_ballot **out, const char *file, const char *folder, const char *tracker,
                                 const char *credential)
{
	struct work *w = calloc(1, sizeof *w);
	enum status r = E_FAILED;

	*out = NULL;
	if (w == NULL || (w->out = calloc(1, sizeof *w->out)) == NULL) {
		fault(E_FAILED, NULL, _("no hay memoria"));
		goto done;
	}
	w->file = file;
	w->folder = folder;
	w->typed_tracker = tracker;
	w->typed_credential = credential;
	r = run_all(w);
	*out = w->out;
	w->out = NULL;
done:
	if (w != NULL) {
		rights_free(w->rights);
		record_free(w->record);
		checked_ballot_free(w->out);
		OPENSSL_cleanse(w, sizeof *w);
	}
	free(w);
	return r;
}

void checked_ballot_free(struct checked_ballot *c)
{
	if (c == NULL)
		return;
	OPENSSL_cleanse(c, sizeof *c); /* the votes */
	free(c);
}
