/* See keygen_act.h. */
#include "report/keygen_act.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "report/document.h"
#include "report/folio.h"
#include "report/session.h"
#include "report/words.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FACTS_MAX = 4 << 20, MEMBERS_MAX = 255, POINT = 65 };

struct session {
	const struct definition *definition;
	const char *name; /* of the facts, for messages */
	json_t *facts;
	struct report_session who;
	struct report_member members[MEMBERS_MAX];
	moment started, ended;
	int64_t threshold;
	struct report_fact *events;
	struct report_confirmation *confirmations;
	struct report_exception *exceptions;
	uint8_t keys_sha256[32], definition_sha256[32], election_key[POINT];
};

static enum status time_of(moment *out, const json_t *object, const char *where, const char *field)
{
	const char *text;
	enum status r;

	if ((r = json_string_of(&text, object, where, field)) != OK)
		return r;
	return moment_parse(out, text) ? OK
	                               : fault(E_EVIDENCE, NULL, _("%s: «%s» no es una fecha con hora"), where, field);
}

static enum status read_members(struct session *s)
{
	const json_t *members = json_object_get(s->facts, "members");
	int64_t card;
	enum status r;

	if (json_array_size(members) == 0 || json_array_size(members) > MEMBERS_MAX)
		return fault(E_EVIDENCE, NULL, _("%s: «members» no es una lista de integrantes"), s->name);
	for (size_t i = 0; i < json_array_size(members); i++) {
		const json_t *m = json_array_get(members, i);

		if ((r = json_int_of(&card, 1, MEMBERS_MAX, m, s->name, "card")) != OK ||
		    (r = json_string_of(&s->members[i].name, m, s->name, "name")) != OK)
			return r;
		s->members[i].card = (unsigned)card;
	}
	s->who.members = s->members;
	s->who.n_members = json_array_size(members);
	return OK;
}

static const char *text_of(const json_t *object, const char *field)
{
	const char *text = json_string_value(json_object_get(object, field));

	return text != NULL ? text : "";
}

/* Facts, confirmations, exceptions, as ceremony/keygen_publish.c wrote them. */
static enum status read_lists(struct session *s)
{
	const json_t *events = json_object_get(s->facts, "events"), *exceptions = json_object_get(s->facts, "exceptions"),
	             *confirmations = json_object_get(s->facts, "confirmations"), *o;
	size_t i;

	s->events = calloc(json_array_size(events) + 1, sizeof *s->events);
	s->confirmations = calloc(json_array_size(confirmations) + 1, sizeof *s->confirmations);
	s->exceptions = calloc(json_array_size(exceptions) + 1, sizeof *s->exceptions);
	if (s->events == NULL || s->confirmations == NULL || s->exceptions == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	json_array_foreach(events, i, o) {
		s->events[i].text = text_of(o, "text");
		(void)moment_parse(&s->events[i].when, text_of(o, "time"));
	}
	json_array_foreach(confirmations, i, o) {
		s->confirmations[i] = (struct report_confirmation){
		        .number = (unsigned)json_integer_value(json_object_get(o, "number")),
		        .numeral = json_string_value(json_object_get(o, "numeral")), .step = text_of(o, "step"),
		        .initials = text_of(o, "initials"), .remark = text_of(o, "remark")};
		(void)moment_parse(&s->confirmations[i].when, text_of(o, "time"));
	}
	json_array_foreach(exceptions, i, o) {
		s->exceptions[i] = (struct report_exception){.step = text_of(o, "step"), .expected = text_of(o, "expected"),
		                                             .happened = text_of(o, "happened"),
		                                             .decided = text_of(o, "decided"), .by = text_of(o, "by")};
		(void)moment_parse(&s->exceptions[i].when, text_of(o, "time"));
	}
	s->who.facts = s->events;
	s->who.n_facts = json_array_size(events);
	s->who.confirmations = s->confirmations;
	s->who.n_confirmations = json_array_size(confirmations);
	s->who.exceptions = s->exceptions;
	s->who.n_exceptions = json_array_size(exceptions);
	return OK;
}

static enum status read_session(struct session *s)
{
	const char *election;
	enum status r;

	if ((r = json_format_of(s->facts, s->name)) != OK ||
	    (r = json_string_of(&election, s->facts, s->name, "election")) != OK)
		return r;
	if (strcmp(election, s->definition->id) != 0)
		return fault(E_EVIDENCE, NULL, _("%s: es de la elección «%s», no de «%s»"), s->name, election,
		             s->definition->id);
	if ((r = json_string_of(&s->who.place, s->facts, s->name, "place")) != OK ||
	    (r = json_string_of(&s->who.hsm_admin, s->facts, s->name, "hsm_admin")) != OK ||
	    (r = json_string_of(&s->who.coordinator, s->facts, s->name, "coordinator")) != OK ||
	    (r = json_string_of(&s->who.notary, s->facts, s->name, "notary")) != OK ||
	    (r = time_of(&s->started, s->facts, s->name, "started")) != OK ||
	    (r = time_of(&s->ended, s->facts, s->name, "ended")) != OK ||
	    (r = json_int_of(&s->threshold, 1, MEMBERS_MAX, s->facts, s->name, "threshold")) != OK ||
	    (r = json_hex_of(s->keys_sha256, 32, s->facts, s->name, "keys_sha256")) != OK ||
	    (r = json_hex_of(s->definition_sha256, 32, s->facts, s->name, "definition_sha256")) != OK ||
	    (r = json_hex_of(s->election_key, POINT, s->facts, s->name, "election_key")) != OK)
		return r;
	s->who.when = s->ended;
	if ((r = read_members(s)) != OK)
		return r;
	return read_lists(s);
}

static void vault(struct document *d, const struct session *s)
{
	static const struct document_column columns[] = {
	    {"Atributo de la llave de apertura, leído del HSM", 0.7, DOCUMENT_LEFT}, {"Valor", 0.3, DOCUMENT_LEFT}};
	const json_t *v = json_object_get(s->facts, "vault"), *attributes = json_object_get(v, "attributes");
	void *it = json_object_iter((json_t *)(uintptr_t)attributes);
	char key[2 * POINT + POINT / 2 + 1];

	document_heading(d, "La bóveda y las llaves");
	if (v != NULL) {
		document_pair(d, "HSM", "%s %s, serie %s", text_of(v, "manufacturer"), text_of(v, "model"),
		              text_of(v, "serial"));
		document_pair(d, "Bóveda", "%s", text_of(v, "label"));
	}
	document_groups(key, s->election_key, POINT);
	document_pair(d, "Llave de la elección", "%s", key);
	document_pair(d, "Tarjetas", "%zu; con %lld cualesquiera se abre la bóveda", s->who.n_members,
	              (long long)s->threshold);
	document_table_begin(d, columns, 2);
	for (; it != NULL; it = json_object_iter_next((json_t *)(uintptr_t)attributes, it))
		document_table_row(d, DOCUMENT_ROW,
		                   (struct document_cell[]){{.text = json_object_iter_key(it)},
		                                            {.text = json_is_true(json_object_iter_value(it)) ? "Sí" : "No"}});
	document_table_end(d);
}

static void cards(struct document *d, const struct session *s)
{
	static const struct document_column columns[] = {{"Tarjeta", 0.14, DOCUMENT_RIGHT},
	                                                 {"Integrante del Comité Electoral", 0.52, DOCUMENT_LEFT},
	                                                 {"Número de serie", 0.34, DOCUMENT_LEFT}};
	const json_t *members = json_object_get(s->facts, "members");
	char card[16];

	document_heading(d, "Tarjetas entregadas");
	document_table_begin(d, columns, 3);
	for (size_t i = 0; i < s->who.n_members; i++) {
		snprintf(card, sizeof card, "%u", s->members[i].card);
		document_table_row(d, DOCUMENT_ROW,
		                   (struct document_cell[]){{.text = card},
		                                            {.text = s->members[i].name},
		                                            {.text = text_of(json_array_get(members, i), "serial")}});
	}
	document_table_end(d);
}

static void hashes(struct document *d, const struct session *s)
{
	struct document_hash h[3] = {{.label = "Llaves públicas", .note = "SHA-256 de keys.json"},
	                             {.label = "Datos de la elección", .note = "SHA-256 del archivo de definición"},
	                             {.label = "Copia cifrada de la bóveda", .note = "SHA-256"}};
	const char *spare = text_of(json_object_get(s->facts, "spare"), "sha256");

	memcpy(h[0].bytes, s->keys_sha256, 32);
	memcpy(h[1].bytes, s->definition_sha256, 32);
	document_heading(d, "Huellas digitales");
	document_hashes(d, h, hex_decode_vartime(h[2].bytes, 32, spare, strlen(spare)) ? 3 : 2);
}

static void compose(struct document *d, const struct session *s)
{
	char from[REPORT_DATE_SIZE], to[REPORT_DATE_SIZE];

	report_hours(from, sizeof from, s->started, s->definition->zone);
	report_hours(to, sizeof to, s->ended, s->definition->zone);
	document_text(d,
	              "En %s, a las %s, se reunieron los integrantes del Comité Electoral, el Fedatario, el Administrador del "
	              "HSM y el Coordinador para la sesión de creación de la Llave criptográfica (numeral 6). Creadas la "
	              "Llave de la elección y la Llave de apertura de votos, repartido entre las tarjetas lo que protege la "
	              "bóveda y ensayada su apertura, la sesión concluyó a las %s.",
	              s->who.place, from, to);
	session_attendance(d, &s->who);
	session_facts(d, &s->who);
	vault(d, s);
	cards(d, s);
	session_confirmations(d, &s->who);
	session_exceptions(d, &s->who);
	hashes(d, s);
	session_signatures(d, &s->who,
	                   "Entrega el Coordinador; firman los integrantes del Comité Electoral y el Administrador del HSM "
	                   "(numeral 12), acto que clausura la sesión.",
	                   SESSION_SIGN_MEMBERS | SESSION_SIGN_HSM_ADMIN);
}

enum status report_keygen_act(const char *path, const struct definition *definition, const char *facts)
{
	struct document_head head = {.title = "Acta circunstanciada de la sesión de creación de la Llave criptográfica",
	                             .election = definition->title,
	                             .zone = definition->zone,
	                             .simulation = definition->simulation};
	struct session *s = calloc(1, sizeof *s);
	char folio[FOLIO_SIZE];
	struct document *d = NULL;
	enum status r;

	if (s == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	s->definition = definition;
	s->name = facts;
	if ((r = json_read(&s->facts, facts, FACTS_MAX)) != OK || (r = read_session(s)) != OK)
		goto done;
	folio_make(folio, definition->id, "AL", 1, s->keys_sha256);
	head.folio = folio;
	head.place = s->who.place;
	head.date = s->ended;
	if ((r = document_new(&d, &head)) != OK)
		goto done;
	compose(d, s);
	r = document_write(d, path);
done:
	document_free(d);
	json_decref(s->facts);
	free(s->events);
	free(s->confirmations);
	free(s->exceptions);
	free(s);
	return r;
}
