/*
 * make-documents RECORD OUT [MEMBERS [KEYGEN-SESSION]]: every document of lib/report from a record's own files, for the
 * tests and for looking at. MEMBERS: how many integrantes (default: those of keys.json). KEYGEN-SESSION:
 * documents/keygen-session.json of the same definition. The time is the seal's: the same record gives the same bytes.
 */
#include "base/file.h"
#include "base/json.h"
#include "base/program.h"
#include "base/report.h"
#include "protocol/lottery.h"
#include "record/box.h"
#include "record/folder.h"
#include "record/votes.h"
#include "report/card_papers.h"
#include "report/keygen_act.h"
#include "report/lottery_act.h"
#include "report/operation_report.h"
#include "report/system_reports.h"
#include "report/tally_act.h"
#include <stdlib.h>
#include <string.h>

enum { MEMBERS_MAX = 40 };

struct work {
	struct record *record;
	struct seal_file seal;
	struct election_lists *lists;
	struct report_member members[MEMBERS_MAX];
	struct report_session session;
	const uint8_t *csv;
	size_t csv_len;
	const char *from, *to;
};

static const char *const extra[] = {"Ana María González Robles", "Citlali Xóchitl Hernández Nicolás",
                                    "Demetrio Á. Sodi de la Tijera y Montes de Oca", "Eulalia Guzmán Barrón",
                                    "Francisco Ñáñez"};

static enum status open_all(struct work *w)
{
	struct report_session *s = &w->session;
	uint64_t *ballots;
	struct box *box = NULL;
	char *path;
	enum status r;

	if ((r = record_open(&w->record, w->from)) != OK)
		return r;
	path = file_path(w->from, "seal.json", NULL);
	if ((r = seal_file_open(&w->seal, path)) != OK)
		return r;
	free(path);
	path = file_path(w->from, "encrypted-votes.box", NULL);
	if ((r = box_open(&box, path, w->record->eid)) != OK)
		return r;
	free(path);
	ballots = calloc(w->record->definition->n_districts, sizeof *ballots);
	for (uint64_t i = 0; ballots != NULL && i < box->n; i++)
		ballots[definition_district(w->record->definition, box->entries[i].district, box->entries[i].district_len)]++;
	box_free(box);
	if ((r = lists_plan(&w->lists, w->record->definition, ballots)) != OK)
		return r;
	free(ballots);
	path = file_path(w->from, "decrypted-votes.csv", NULL);
	if ((r = file_map(&w->csv, &w->csv_len, path)) != OK)
		return r;
	free(path);
	s->place = "Ciudad de México, Auditorio del Instituto";
	moment_parse(&s->when, w->seal.closed);
	s->when += 3600;
	s->members = w->members;
	s->notary = "Lic. Rosario Castellanos Figueroa";
	s->hsm_admin = "Ing. Guillermo González Camarena";
	s->coordinator = "Mtra. Matilde Montoya Lafragua";
	return OK;
}

static void fill_members(struct work *w, size_t n)
{
	w->session.n_members = n < MEMBERS_MAX ? n : MEMBERS_MAX;
	for (size_t i = 0; i < w->session.n_members; i++) {
		struct report_member *m = &w->members[i];

		m->card = (unsigned)i + 1;
		m->name = i < w->record->keys->cards ? w->record->keys->members[i].name
		                                     : extra[i % (sizeof extra / sizeof *extra)];
		m->drawn = i % 2 == 0;
	}
}

static enum status count_list(struct count **out, struct reader *csv, const struct election_list *l)
{
	struct opened_vote v;
	enum status r;

	if ((r = count_new(out, l->contest)) != OK)
		return r;
	for (uint64_t i = 0; i < l->total; i++) {
		if ((r = votes_read(&v, csv, l->name, i, l->contest->w)) != OK)
			return r;
		if (v.status != VOTE_VALID)
			count_add_malformed(*out);
		else if ((r = count_add(*out, v.plain)) != OK)
			return r;
	}
	return count_finish(*out);
}

static enum status act(struct work *w, struct reader *csv, size_t list)
{
	const struct election_list *l = &w->lists->lists[list];
	struct report_tally t = {.definition = w->record->definition, .lists = w->lists, .list = list, .session = &w->session};
	char name[128], last[128], *path;
	struct count *count = NULL;
	enum status r;

	path = file_path(w->from, "results.json", NULL);
	if ((r = file_sha256(t.results_sha256, path)) != OK)
		return r;
	free(path);
	memcpy(t.eid, w->record->eid, 32);
	memcpy(t.box_sha256, w->seal.box_sha256, 32);
	if (!l->withheld && (r = count_list(&count, csv, l)) != OK)
		return r;
	t.count = count;
	for (unsigned j = 1; l->total > 0 && !l->withheld; j++) {
		snprintf(last, sizeof last, "%u.list", j);
		path = file_path(w->from, "lists", l->name, last, NULL);
		t.has_list = file_exists(path);
		if (!t.has_list) {
			t.has_list = j > 1;
			free(path);
			break;
		}
		if ((r = file_sha256(t.list_sha256, path)) != OK)
			return r;
		free(path);
	}
	snprintf(name, sizeof name, "acta-%s.pdf", l->name);
	path = file_path(w->to, name, NULL);
	r = report_tally_act(path, &t);
	free(path);
	count_free(count);
	return r;
}

/* A draw of invented numbers, its transcript beside the act. */
static enum status lottery(struct work *w)
{
	static const char *const spoken[] = {"17", "900123456789012345678901234567890", "3", "42"};
	unsigned order[MEMBERS_MAX], n = (unsigned)w->session.n_members;
	uint8_t entropy[32], commitment[32];
	char *path = file_path(w->to, "acta-sorteo.pdf", NULL), *transcript = file_path(w->to, "lottery.json", NULL);
	struct report_lottery l = {w->record->definition, transcript, 1, &w->session};
	struct buffer bytes = BUFFER_INIT;
	json_t *root, *cards = json_array();
	enum status r;

	memset(entropy, 0x5a, 32);
	if ((r = lottery_commitment(commitment, w->record->eid, entropy)) != OK ||
	    (r = lottery_order(order, n, w->record->eid, entropy, spoken, 4)) != OK)
		return r;
	for (unsigned i = 0; i < n; i++)
		json_array_append_new(cards, json_integer(order[i]));
	root = json_pack("{s:s, s:o, s:o, s:o, s:[s,s,s,s], s:i, s:i, s:o}", "format", "VEMRE-V1", "eid",
	                 json_hex(w->record->eid, 32), "commitment", json_hex(commitment, 32), "entropy",
	                 json_hex(entropy, 32), "spoken", spoken[0], spoken[1], spoken[2], spoken[3], "n", (int)n, "m",
	                 (int)n / 2 + 1, "order", cards);
	if ((r = json_write(&bytes, root)) == OK &&
	    (r = file_replace(transcript, bytes.data, bytes.len, 0644)) == OK)
		r = report_lottery_act(path, &l);
	json_decref(root);
	buffer_free(&bytes);
	free(path);
	free(transcript);
	return r;
}

static enum status reports(struct work *w)
{
	static const struct report_counter zeros[] = {{"Votos en la urna", 0}, {"Sesiones", 0}, {"Acuses emitidos", 0}};
	static const struct report_counter others[] = {{"Personas inscritas", 21}, {"Credenciales de reposición", 2}};
	const struct report_heading h = {w->record->definition, w->session.place, w->session.when,
	                                 "Ing. Modesta Aguilar Íñiguez", w->session.notary};
	const struct report_journal_head heads[] = {{"servidor-1", 1915, w->seal.box_sha256}};
	struct report_initial i = {.heading = h, .zeros = zeros, .n_zeros = 3, .others = others, .n_others = 2};
	struct report_closing c = {.heading = h, .ballots = w->seal.ballots, .closed = w->session.when - 3600,
	                           .counters = others, .n_counters = 1, .journals = heads, .n_journals = 1};
	char *configuration = file_path(w->to, "configuracion.pdf", NULL),
	     *initial = file_path(w->to, "reporte-inicial.pdf", NULL),
	     *closing = file_path(w->to, "reporte-de-cierre.pdf", NULL), *seal;
	enum status r;

	memcpy(i.eid, w->record->eid, 32);
	memcpy(i.system_hash, w->record->opening.system_hash, 32);
	memcpy(c.eid, w->record->eid, 32);
	memcpy(c.box_sha256, w->seal.box_sha256, 32);
	memcpy(c.reissues_sha256, w->seal.reissues_sha256, 32);
	seal = file_path(w->from, "seal.json", NULL);
	if ((r = file_sha256(c.seal_sha256, seal)) != OK)
		return r;
	free(seal);
	if ((r = report_configuration(configuration, &h, w->record->election_sha256)) == OK &&
	    (r = report_initial(initial, &i)) == OK)
		r = report_closing(closing, &c);
	free(configuration);
	free(initial);
	free(closing);
	return r;
}

static enum status papers(struct work *w)
{
	const struct report_cards c = {w->record->definition, &w->session, NULL};
	char *receipts = file_path(w->to, "acuses.pdf", NULL), *sheets = file_path(w->to, "hojas-contrasena.pdf", NULL),
	     *covers = file_path(w->to, "sobres.pdf", NULL);
	enum status r;

	if ((r = report_card_receipts(receipts, &c)) == OK && (r = report_password_sheets(sheets, &c)) == OK)
		r = report_envelope_covers(covers, &c);
	free(receipts);
	free(sheets);
	free(covers);
	return r;
}

/* Two weeks of an invented operation. */
static enum status operation(struct work *w)
{
	enum { HOURS = 14 * 24 };
	static uint64_t hours[HOURS];
	moment end = w->session.when, begin = end - HOURS * 3600;
	struct report_incident_event events[] = {
	        {begin + 7200, "Op. Elia Ruiz Cárdenas", "Alta", "Qué ocurrió: La pasarela de SMS no respondió\nComponente: Pasarela de SMS", 14},
	        {begin + 9000, "Op. Elia Ruiz Cárdenas", "Seguimiento", "Informado a: Mtro. Bruno Salas Iturbide, Coordinador", 17},
	        {begin + 9900, "Ing. Ada Ruiz", "Cierre", "Mitigación: Se pasó a la segunda pasarela\nVotos afectados: 0", 18}};
	struct report_incident list[] = {
	        {1, "La pasarela de SMS no respondió", "Pasarela de SMS", "Códigos con retraso para unas 40 personas",
	         "Op. Elia Ruiz Cárdenas", "Mtro. Bruno Salas Iturbide, Coordinador", "Se pasó a la segunda pasarela", "0", begin + 7000,
	         begin + 9000, begin + 9300, begin + 9900, begin + 7000, begin + 9300, events, 3, {0}},
	        {2, "Un disco al 90 %", "Base de datos", "Ninguno", "Op. Elia Ruiz Cárdenas", NULL, NULL, NULL, begin + 90000, 0, 0, 0,
	         0, 0, events, 1, {0}}};
	struct report_incidents all = {.definition = w->record->definition, .journal = "journal/monitor-election.jsonl", .list = list,
	                               .n = 2, .lines = 31, .when = end};
	const struct report_component components[] = {
	        {"Base de datos y llave del sistema", "medido: el sello de la bitácora, cada 60 s, usa las dos", HOURS * 3600, 0, 0},
	        {"Pasarela de SMS", "asentado: los incidentes que lo nombran; no hay otra medida", HOURS * 3600, 2300, 1}};
	const struct report_delivery sms[] = {{"+1", 81234, 512, 0}, {"+34", 9012, 3, 0}, {"+49", 4401, 19, 2}};
	const struct report_deliveries deliveries[] = {{"SMS por prefijo de país", "Prefijo", end, sms, 3},
	                                               {"Correos por dominio (del equipo de registro)", "Dominio", 0, NULL, 0}};
	const struct report_check checks[] = {{begin + 3600, "servidor-1", "Op. Elia Ruiz Cárdenas", 143, 0, true}};
	const struct report_change changes[] = {{begin, begin, 1, "servidor (base de datos)", "apertura"},
	                                        {begin, end, 2109, "servidor (base de datos)", "peticiones rechazadas"}};
	const struct report_journal_head journals[] = {{"servidor (base de datos)", 2110, w->seal.box_sha256}};
	struct report_operation o = {.definition = w->record->definition, .when = end, .state = "cerrada", .from = begin, .to = end,
	                             .voters = 151989, .hours = hours, .n_hours = HOURS, .components = components, .n_components = 2,
	                             .deliveries = deliveries, .n_deliveries = 2, .incidents = &all, .checks = checks, .n_checks = 1,
	                             .changes = changes, .n_changes = 2, .journals = journals, .n_journals = 1,
	                             .seals = "La bitácora del servidor se selló 20160 veces con la llave del sistema."};
	char *one = file_path(w->to, "incidente-001.pdf", NULL), *two = file_path(w->to, "incidente-002.pdf", NULL),
	     *reg = file_path(w->to, "registro-de-incidentes.pdf", NULL), *report = file_path(w->to, "informe-de-operacion.pdf", NULL);
	enum status r;

	for (int h = 0; h < HOURS; h++)
		o.ballots += hours[h] = (uint64_t)(h % 24 < 8 ? 40 : 200 + (h * 37) % 450);
	memcpy(list[0].sha256, w->seal.box_sha256, 32);
	memcpy(list[1].sha256, w->seal.box_sha256, 32);
	memcpy(all.last, w->seal.box_sha256, 32);
	memcpy(o.content, w->seal.box_sha256, 32);
	if ((r = report_incident(one, &all, 0)) == OK && (r = report_incident(two, &all, 1)) == OK &&
	    (r = report_incident_register(reg, &all)) == OK)
		r = report_operation(report, &o);
	free(one);
	free(two);
	free(reg);
	free(report);
	return r;
}

int main(int argc, char **argv)
{
	static struct work w;
	struct reader csv;
	enum status r;

	program_start("make-documents");
	if (argc < 3)
		return program_end(fault(E_USAGE, NULL, "make-documents RECORD OUT [MEMBERS]"));
	w.from = argv[1];
	w.to = argv[2];
	if ((r = open_all(&w)) != OK)
		return program_end(r);
	fill_members(&w, argc > 3 ? (size_t)atoi(argv[3]) : w.record->keys->cards);
	csv = reader_of(w.csv, w.csv_len);
	for (size_t i = 0; r == OK && i < w.lists->n; i++)
		r = act(&w, &csv, i);
	if (r == OK && (r = lottery(&w)) == OK && (r = reports(&w)) == OK && (r = operation(&w)) == OK)
		r = papers(&w);
	if (r == OK && argc > 4) {
		char *path = file_path(w.to, "acta-llave.pdf", NULL);

		r = report_keygen_act(path, w.record->definition, argv[4]);
		free(path);
	}
	lists_free(w.lists);
	file_unmap(w.csv, w.csv_len);
	record_free(w.record);
	return program_end(r);
}
