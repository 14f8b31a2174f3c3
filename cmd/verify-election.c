/*
 * verify-election: anyone verifies the record of an election (PROTOCOL 11). Needs nothing but the record's folder and
 * this binary.
 */
#include "base/hex.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/program.h"
#include "base/report.h"
#include "journal/heads.h"
#include "journal/journal.h"
#include "record/challenge_file.h"
#include "record/checked_ballot.h"
#include "record/lottery_file.h"
#include "group/point.h"
#include "record/receipt_file.h"
#include "record/verify_json.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *outcome_word(enum verify_outcome o)
{
	switch (o) {
	case VERIFY_HOLDS:
		return _("se cumple");
	case VERIFY_FAILS:
		return _("FALSO");
	case VERIFY_MISSING:
		return _("FALTA");
	case VERIFY_UNPROVED:
		return _("SIN PRUEBA");
	case VERIFY_NOT_REACHED:
		break;
	}
	return _("no se llegó");
}

static void tell(void *ctx, const struct verify_report *r, enum verify_check c)
{
	(void)ctx;
	printf("  [%s] %s", outcome_word(r->outcome[c]), verify_check_name(c));
	if (r->items[c] > 0)
		printf(" (%llu)", (unsigned long long)r->items[c]);
	printf("\n");
	if (r->outcome[c] != VERIFY_HOLDS && r->reason[c][0] != '\0')
		printf("      %s: %s\n", verify_check_id(c), r->reason[c]);
	fflush(stdout);
}

static void sum_up(const struct verify_report *r, enum status s, const char *until)
{
	if (r->eid[0] != '\0')
		printf(_("Identificador de la elección (eid): %s\n"), r->eid);
	if (r->malformed > 0)
		printf(_("Votos mal formados: %llu (indescifrables %llu, fuera de la curva %llu, no coincidentes %llu; "
		         "retados con éxito %llu)\n"),
		       (unsigned long long)r->malformed, (unsigned long long)r->undecodable,
		       (unsigned long long)r->off_curve, (unsigned long long)r->mismatches,
		       (unsigned long long)r->challenged);
	if (r->observers[0] != '\0')
		printf(_("Los retaron: %s. Sus retos convencen a quien confíe en quien los hizo, y a nadie más.\n"), r->observers);
	switch (s) {
	case OK:
		if (strcmp(until, "tally") == 0)
			printf(_("RESULTADO: el expediente se cumple en todo.\n"));
		else
			printf(_("RESULTADO: el expediente se cumple hasta aquí (--until %s); del resto no se dice nada.\n"), until);
		break;
	case E_UNPROVED:
		printf(_("RESULTADO: se cumple, pero hay votos no coincidentes que nadie ha probado.\n"));
		break;
	case E_INCOMPLETE:
		printf(_("RESULTADO: el expediente está incompleto.\n"));
		break;
	case E_FAILED:
		printf(_("RESULTADO: no se pudo verificar por una falla de este equipo.\n"));
		break;
	default:
		printf(_("RESULTADO: el expediente NO se cumple.\n"));
		break;
	}
}

/* --ballot: a ballot that a voter had opened, against the published files. */
static enum status check_ballot(const char *file, const char *folder, const char *tracker, const char *credential)
{
	const char *const words[] = {_("sin revisar"), _("se cumple"), _("FALSO"), _("compare usted")};
	struct checked_ballot *c;
	enum status s = checked_ballot_check(&c, file, folder, tracker, credential);

	if (c == NULL)
		return s;
	printf(_("Boleta abierta %s\n"), file);
	for (int t = 0; t < CHECKED_TESTS; t++) {
		printf("  [%s] %s\n", words[c->outcome[t]], checked_test_name((enum checked_test)t));
		if (c->reason[t][0] != '\0')
			printf("      %s: %s\n", checked_test_id((enum checked_test)t), c->reason[t]);
	}
	if (c->eid[0] != '\0')
		printf(_("Identificador de la elección (eid): %s\n"), c->eid);
	if (c->tracker[0] != '\0')
		printf(_("Código de seguimiento: %s\nCredencial: %s\n"), c->tracker, c->credential);
	for (unsigned i = 0; i < c->n; i++)
		printf("  %s: %s\n", c->votes[i].office, c->votes[i].words);
	if (s == OK)
		printf(_("RESULTADO: la boleta pasó todas las pruebas. ¿Es lo que usted marcó?\n"));
	else if (s == E_EVIDENCE)
		printf(_("RESULTADO: la boleta NO pasó las pruebas.\n"));
	checked_ballot_free(c);
	return s;
}

/* PROTOCOL 12: makes the request, or, where the answer is there, judges it. vote: "LIST,IDX". */
static enum status challenge(const char *vote, const char *in, const char *observer, const char *folder)
{
	const char *comma = vote != NULL ? strrchr(vote, ',') : NULL;
	char list[LIST_NAME_MAX], *end = NULL;
	struct record *record = NULL;
	unsigned long long idx;
	enum status s;

	if (comma == NULL || (size_t)(comma - vote) >= sizeof list || in == NULL)
		return fault(E_USAGE, _("verify-election --help"), _("--challenge LISTA,ÍNDICE va con --in CARPETA"));
	snprintf(list, sizeof list, "%.*s", (int)(comma - vote), vote);
	idx = strtoull(comma + 1, &end, 10);
	if (end == comma + 1 || *end != '\0')
		return fault(E_USAGE, _("verify-election --help"), _("--challenge LISTA,ÍNDICE: el índice es un número"));
	if ((s = record_open(&record, folder)) != OK)
		return s;
	if (observer == NULL) {
		if ((s = challenge_ask(record, list, idx, in)) == OK)
			printf(_("Solicitud hecha: %s/request.json. Guarde secret.json en este equipo; traiga answer.json a la misma "
			         "carpeta.\n"),
			       in);
	} else if ((s = challenge_judge(record, observer, in)) == OK) {
		printf(_("RESULTADO: el reto se cumple. Entregue %s/reveal.json para que conste en el expediente.\n"), in);
	}
	record_free(record);
	return s;
}

static enum status lottery(const char *file, const char *folder)
{
	struct record *record = NULL;
	struct lottery l;
	char name[256];
	enum status s;

	if ((s = record_open(&record, folder)) == OK && (s = lottery_read(&l, record, file)) == OK) {
		printf(_("Sorteo de %u entre %u, hecho de nuevo:\n"), l.m, l.n);
		for (unsigned i = 0; i < l.n; i++) {
			snprintf(name, sizeof name, "%s", record->keys->members[l.order[i] - 1].name);
			report_disarm(name);
			printf("  %u. %u %s%s\n", i + 1, l.order[i], name, i < l.m ? _(" (abre)") : "");
		}
		printf(_("RESULTADO: el sorteo se cumple.\n"));
	}
	record_free(record);
	return s;
}

/* A voter's receipt, as the page gave it. */
static enum status receipt(const char *file, const char *folder)
{
	struct record *record = NULL;
	struct receipt r;
	enum status s;

	if ((s = record_open(&record, folder)) == OK && (s = receipt_read(&r, record, file)) == OK) {
		printf(_("Comprobante %s\nCódigo de seguimiento: %s\n"), file, r.code);
		if (r.box)
			printf(_("RESULTADO: lo firmó el sistema y la boleta está en la urna.\n"));
		else
			printf(_("RESULTADO: lo firmó el sistema. El expediente no tiene urna todavía: repita cuando se publique.\n"));
	}
	record_free(record);
	return s;
}

struct wanted_line {
	uint64_t number; /* 0: the last */
	uint64_t lines;
	uint8_t sha256[32];
	char time[40];
};

static enum status line_of_journal(void *ctx, uint64_t number, const json_t *line, const uint8_t sha256[32])
{
	struct wanted_line *w = ctx;
	const char *time = json_string_value(json_object_get(line, "time"));

	w->lines = number;
	if (w->number != 0 && w->number != number)
		return OK;
	memcpy(w->sha256, sha256, 32);
	snprintf(w->time, sizeof w->time, "%s", time != NULL ? time : "");
	report_disarm(w->time);
	return OK;
}

/* The chain of a journal (PROTOCOL 12, end), and the hash of one line: what a signed transcript has printed. */
static enum status check_journal(const char *file, const char *line)
{
	struct wanted_line w = {0};
	char hex[65], *end = NULL;
	enum status s;

	if (line != NULL)
		w.number = strtoull(line, &end, 10);
	if (line != NULL && (*end != '\0' || line[0] < '1' || line[0] > '9'))
		return fault(E_USAGE, _("verify-election --help"), _("--line es el número de una línea"));
	if ((s = journal_read(file, line_of_journal, &w)) != OK)
		return s;
	if (w.number > w.lines)
		return fault(E_EVIDENCE, _("¿le cortaron el final?"), _("%s: no tiene línea %llu; la última es la %llu"), file,
		             (unsigned long long)w.number, (unsigned long long)w.lines);
	hex_encode(hex, w.sha256, 32);
	printf(_("Bitácora %s: %llu líneas, encadenadas.\nLínea %llu, %s: SHA-256 %s\n"), file, (unsigned long long)w.lines,
	       (unsigned long long)(w.number != 0 ? w.number : w.lines), w.time, hex);
	printf(_("RESULTADO: la cadena se cumple. Compare la huella con la impresa y firmada: si difiere, falta el final o es otra.\n"));
	return OK;
}

/* The server's journal against the heads that were signed while it grew (PROTOCOL 12, end). */
static enum status check_heads(const char *file, const char *heads, const char *folder)
{
	struct record *record = NULL;
	struct heads_verdict v;
	enum status s;

	if (folder == NULL)
		return fault(E_USAGE, _("verify-election --help"), _("--heads va con --record EXPEDIENTE: sus llaves son las del sistema"));
	if ((s = record_open(&record, folder)) == OK && (s = heads_check(&v, file, heads, record)) == OK) {
		printf(_("Bitácora %s: %llu líneas, encadenadas; %llu cabezas firmadas por el sistema, todas suyas.\n"), file,
		       (unsigned long long)v.lines, (unsigned long long)v.heads);
		if (v.last > v.first)
			printf(_("Entre dos cabezas seguidas, %lld s a lo más.\n"), (long long)v.longest);
		if (v.lines > v.sealed)
			printf(_("Después de la última cabeza hay %llu líneas que nadie selló.\n"),
			       (unsigned long long)(v.lines - v.sealed));
		printf(_("RESULTADO: nada de lo sellado se cambió ni falta.\n"));
	}
	record_free(record);
	return s;
}

/* --json: the report for programs, and nothing else on stdout. */
static enum status verify_as_json(struct verify_report *report, const char *folder, enum verify_phase phase)
{
	struct buffer b = BUFFER_INIT;
	json_t *root;
	enum status s, written;

	program_no_progress();
	s = verify_record(report, folder, phase, NULL, NULL);
	if ((root = verify_report_json(report, folder, phase, s)) == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	if ((written = json_write(&b, root)) == OK)
		fwrite(b.data, 1, b.len, stdout);
	json_decref(root);
	buffer_free(&b);
	return written != OK ? written : s;
}

static const char USAGE[] =
        N_("verify-election: verifica el expediente de una elección, sin nada más que él\n"
           "\n"
           "Uso: verify-election [--until FASE] [--slow] [--json] EXPEDIENTE\n"
           "     verify-election --ballot ARCHIVO --record EXPEDIENTE [--tracker CÓDIGO] [--credential CÓDIGO]\n"
           "     verify-election --challenge LISTA,ÍNDICE --in CARPETA [--observer NOMBRE] EXPEDIENTE\n"
           "     verify-election --receipt ARCHIVO EXPEDIENTE\n"
           "     verify-election --lottery ARCHIVO EXPEDIENTE\n"
           "     verify-election --journal ARCHIVO [--line N]\n"
           "     verify-election --journal ARCHIVO --heads ARCHIVO --record EXPEDIENTE\n"
           "\n"
           "EXPEDIENTE es la carpeta publicada. Cada renglón es una comprobación; el último dice el resultado.\n"
           "Compare el identificador de la elección (eid) que muestra con el que se publicó en la apertura. No\n"
           "usa red ni llaves.\n"
           "\n"
           "  --until FASE          hasta dónde llega el expediente: opening, closing, mixing o tally (todo)\n"
           "  --slow                sólo con la aritmética de OpenSSL, como comprobación de la propia\n"
           "  --json                el informe como JSON, para otros programas\n"
           "  --ballot ARCHIVO      una boleta que se abrió en vez de depositarla, con los archivos publicados\n"
           "  --tracker CÓDIGO      el código de seguimiento que la persona anotó, para compararlo\n"
           "  --credential CÓDIGO   la credencial que dice su correo, para compararla\n"
           "  --challenge LISTA,ÍNDICE\n"
           "                        un reto a un voto no coincidente: hace CARPETA/request.json; con --observer,\n"
           "                        y la respuesta en CARPETA/answer.json, la juzga y hace reveal.json\n"
           "  --receipt ARCHIVO     un comprobante de voto: su firma, y que la boleta esté en la urna\n"
           "  --lottery ARCHIVO     hace de nuevo el sorteo de documents/lottery.json\n"
           "  --journal ARCHIVO     la cadena de una bitácora; la huella de su última línea, o de la N\n"
           "  --heads ARCHIVO       la bitácora del servidor contra las cabezas que el sistema fue firmando\n"
           "\n"
           "Salida: 0 se cumple todo; 1 falla de este equipo; 2 mandato; 3 algo es falso; 7 se cumple, con votos\n"
           "sin probar; 8 incompleto.\n"
           "\n"
           "Ejemplo: verify-election ./expediente\n");

int main(int argc, char **argv)
{
	static struct verify_report report;
	const char *until = "tally", *ballot = NULL, *record = NULL, *tracker = NULL, *credential = NULL,
	           *vote = NULL, *in = NULL, *observer = NULL, *draw = NULL, *journal = NULL, *line = NULL, *heads = NULL, *given = NULL;
	bool slow = false, json = false;
	enum verify_phase phase;
	enum status s;
	int next = 0;

	program_start("verify-election");
	const struct program_option options[] = {{"until", &until, NULL},     {"ballot", &ballot, NULL},
	                                         {"record", &record, NULL},   {"tracker", &tracker, NULL},
	                                         {"credential", &credential, NULL}, {"challenge", &vote, NULL},
	                                         {"in", &in, NULL},           {"observer", &observer, NULL},
	                                         {"lottery", &draw, NULL},    {"journal", &journal, NULL},
	                                         {"line", &line, NULL},       {"heads", &heads, NULL},
	                                         {"slow", NULL, &slow},
	                                         {"receipt", &given, NULL},   {"json", NULL, &json},
	                                         {NULL, NULL, NULL}};
	switch (program_options(argc, argv, options, _(USAGE), &next)) {
	case PROGRAM_HELP:
		return program_end(OK);
	case PROGRAM_BAD:
		return program_end(E_USAGE);
	case PROGRAM_GO:
		break;
	}
	if (journal != NULL && next == argc)
		return program_end(heads != NULL ? check_heads(journal, heads, record) : check_journal(journal, line));
	if (ballot != NULL && record != NULL && next == argc)
		return program_end(check_ballot(ballot, record, tracker, credential));
	if (ballot != NULL || record != NULL || tracker != NULL || credential != NULL)
		return program_end(fault(E_USAGE, _("verify-election --help"), _("--ballot va con --record y sin carpeta")));
	if (next == argc - 1 && given != NULL)
		return program_end(receipt(given, argv[next]));
	if (next == argc - 1 && (vote != NULL || draw != NULL))
		return program_end(vote != NULL ? challenge(vote, in, observer, argv[next]) : lottery(draw, argv[next]));
	if (next != argc - 1 || !verify_phase_read(&phase, until))
		return program_end(fault(E_USAGE, _("verify-election --help"), _("falta la carpeta del expediente, o sobra algo")));
	if (access(argv[next], R_OK | X_OK) != 0)
		return program_end(fault(E_INCOMPLETE, NULL, _("%s: no está, o no se puede leer"), argv[next]));
	point_use_openssl_alone(slow);
	if (json)
		return program_end(verify_as_json(&report, argv[next], phase));
	printf(_("Verificación del expediente %s\n"), argv[next]);
	s = verify_record(&report, argv[next], phase, tell, NULL);
	sum_up(&report, s, until);
	return program_end(s);
}
