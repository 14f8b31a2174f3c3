/* See numerals.h. */
#include "ceremony/numerals.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/i18n.h"
#include "base/report.h"
#include "journal/journal.h"
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAPERS_MAX = 512, FOLIO_MAX = 96 };

/* kinds: of folios (report/folio.h). Where there are none: the first such event of the journal, or of any of them. */
static const struct row {
	const char *numeral, *program, *what, *kinds, *journal, *event, *signers;
} ROWS[] = {
    {"3 f", "open-election --configuration FILE --out DIR", "Datos de la elección, según el manual de configuración", "CF", NULL, NULL,
     "Administrador del Sistema; Fedatario"},
    {"5", "0?-*-session", "Casos no previstos: lo decidido", "", NULL, "exception", "Consta en las actas de cada sesión"},
    {"6", "keygen-ceremony", "Asistencia a la sesión de la Llave", "AL", NULL, NULL, "Comité; Administrador del HSM"},
    {"7, 8", "keygen-ceremony", "Tarjetas, acuses y hojas opacas", "AR HC", "keygen-ceremony.jsonl", "session-begun", "Cada integrante"},
    {"9, 11", "keygen-ceremony", "Contraseñas y escritura de las tarjetas", "AL", NULL, NULL, "Comité; Administrador del HSM"},
    {"10", "01-key-session", "Validación del Fedatario", "TL TR", "keygen-ceremony.jsonl", "step-confirmed", "Fedatario"},
    {"11", "keygen-ceremony", "Llave de la elección y Llave de apertura", "AL", NULL, NULL, "Comité; Administrador del HSM"},
    {"12", "keygen-ceremony", "Acta circunstanciada de la Llave", "AL", NULL, NULL, "Comité; Administrador del HSM"},
    {"13", "02-opening-session", "Dictamen y manual al Fedatario", "TA TO", "open-election.jsonl", "session-begun",
     "Administrador del Sistema; Fedatario"},
    {"14", "open-election --system-hash --certified FILE", "Hash del Sistema y del dictamen", "HS", NULL, NULL, "Administrador del Sistema; Fedatario"},
    {"15", "open-election --session", "Cotejo de los datos configurados", "CF", NULL, NULL, "Administrador del Sistema; Fedatario"},
    {"16", "open-election --session", "Reporte inicial: cero votos", "RI", NULL, NULL, "Administrador del Sistema; Fedatario"},
    {"17", "vemre-backend", "Acceso desde la fecha y hora configuradas", "", "server.jsonl", "opened", "—"},
    {"19", "enroll-voters --send; send-messages", "Usuarios y contraseñas, entregados por correo", "", "enroll-voters.jsonl", NULL, "Registro del Instituto"},
    {"20 a 22", "vemre-backend", "Acceso y voto", "", "server.jsonl", NULL, "—"},
    {"23", "monitor-election", "Estado de los componentes", "RO", "monitor-election.jsonl", NULL, "Operador"},
    {"24, 25", "monitor-election incident", "Incidentes", "RN IN", "monitor-election.jsonl", "incident", "Operador; Administrador del Sistema"},
    {"26", "monitor-election report", "Informe de operación", "RO IO", NULL, NULL, "Administrador del Sistema"},
    {"27", "close-election --wait", "Cierre automático", "RC", "server.jsonl", "closed", "Administrador del Sistema; Fedatario"},
    {"28", "close-election; tally --import", "Urna, su hash y su traslado", "RC", "tally.jsonl", "imported", "Administrador del Sistema; Fedatario"},
    {"29", "03-tally-session", "Asistencia a la sesión de cómputo; reloj", "", "tally.jsonl", "tally-attendance", "—"},
    {"30", "tally draw", "Sorteo", "AS", NULL, NULL, "Coordinador; Comité; Fedatario"},
    {"31", "tally", "Tarjetas de los sorteados; bóveda", "", "tally.jsonl", "card", "—"},
    {"32", "tally", "Hash de la urna, comparado; descifrado", "AC", NULL, NULL, "Comité"},
    {"33, 34", "tally", "Cómputo; actas impresas y firmadas", "AC", NULL, NULL, "Comité"},
    {"35", "tally", "Entrega de las actas", "AC", NULL, NULL, "Comité"},
    {"36", "archive-election", "Huellas digitales", "HD", NULL, NULL, "Administrador del HSM; Fedatario"},
    {"37, 38", "04-archive-session", "Sobres con tarjeta y hoja", "SO IC", NULL, NULL, "Cada integrante; Fedatario"},
    {"39, 40", "04-archive-session", "Equipo apagado, disco y custodia", "IC", NULL, NULL, "Fedatario; Coordinador"},
    {"41", "04-archive-session", "Acta circunstanciada (la presente)", "AF", NULL, NULL, "Comité; Administrador del HSM; Coordinador"},
};
enum { N_ROWS = sizeof ROWS / sizeof *ROWS };

struct paper {
	char folio[FOLIO_MAX], kind[8];
	moment when;
};
struct look {
	struct numerals index;
	struct report_evidence rows[N_ROWS];
	char *evidence[N_ROWS];
	struct paper papers[PAPERS_MAX];
	size_t n_papers;
};

/* ---- folios */

/* "(text)" after /NAME in the PDF's Info dictionary, which Cairo writes uncompressed. */
static bool info(char *out, size_t size, const uint8_t *data, size_t len, const char *name)
{
	const uint8_t *at = memmem(data, len, name, strlen(name)), *end;

	if (at == NULL)
		return false;
	at += strlen(name);
	end = memchr(at, ')', len - (size_t)(at - data));
	if (end == NULL || at[0] != ' ' || at[1] != '(' || (size_t)(end - at - 2) >= size)
		return false;
	memcpy(out, at + 2, (size_t)(end - at - 2));
	out[end - at - 2] = '\0';
	return true;
}

/* "20261123015426-06'00" */
static moment pdf_date(const char *text)
{
	char rfc[40];
	moment when = 0;

	if (strlen(text) < 17)
		return 0;
	if (text[14] == 'Z')
		snprintf(rfc, sizeof rfc, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ", text, text + 4, text + 6, text + 8, text + 10,
		         text + 12);
	else
		snprintf(rfc, sizeof rfc, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2s%.3s:%.2s", text, text + 4, text + 6, text + 8,
		         text + 10, text + 12, text + 14, text + 18);
	return moment_parse(&when, rfc) ? when : 0;
}

static void add_paper(struct look *l, const char *path)
{
	struct paper *p = &l->papers[l->n_papers];
	const char *kind;
	const uint8_t *data;
	char date[40];
	size_t len;

	if (l->n_papers == PAPERS_MAX || file_map(&data, &len, path) != OK)
		return;
	if (data != NULL && info(p->folio, sizeof p->folio, data, len, "/Keywords") &&
	    (kind = strchr(p->folio, '/')) != NULL) {
		snprintf(p->kind, sizeof p->kind, "%.*s", (int)strcspn(kind + 1, "/"), kind + 1);
		p->when = info(date, sizeof date, data, len, "/CreationDate") ? pdf_date(date) : 0;
		l->n_papers++;
	}
	file_unmap(data, len);
}

static enum status read_papers(struct look *l, const char *election, const char *name)
{
	char *folder = file_path(election, name, NULL), *path;
	struct dirent **found = NULL;
	int n;

	if (folder == NULL)
		return E_FAILED;
	n = scandir(folder, &found, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		size_t len = strlen(found[i]->d_name);

		if (len > 4 && strcmp(found[i]->d_name + len - 4, ".pdf") == 0 &&
		    (path = file_path(folder, found[i]->d_name, NULL)) != NULL) {
			add_paper(l, path);
			free(path);
		}
		free(found[i]);
	}
	free(found);
	free(folder);
	return OK;
}

static bool one_of(const char *kinds, const char *kind)
{
	const char *at = strstr(kinds, kind);

	return at != NULL && strlen(kind) == 2 && (at[2] == ' ' || at[2] == '\0');
}

/* ---- events */

struct find {
	const char *event;
	moment when;
};

static enum status first_event(void *ctx, uint64_t number, const json_t *line, const uint8_t sha256[32])
{
	struct find *f = ctx;
	const char *event = json_string_value(json_object_get(line, "event")),
	           *time = json_string_value(json_object_get(line, "time"));

	(void)number;
	(void)sha256;
	if (f->when == 0 && event != NULL && time != NULL && (f->event == NULL || strcmp(event, f->event) == 0))
		moment_parse(&f->when, time);
	return OK;
}

/* A journal whose chain does not hold is the archive's to say; here it is no evidence. */
static moment find_event(const char *election, const char *journal, const char *event)
{
	char *path = file_path(election, "journal", journal, NULL), lost[256];
	struct find f = {.event = event};

	if (path != NULL && file_exists(path)) {
		report_capture_begin(lost, sizeof lost);
		if (journal_read(path, first_event, &f) != OK)
			f.when = 0;
		report_capture_end();
	}
	free(path);
	return f.when;
}

/* ---- rows */

static void fill(struct look *l, const char *election, size_t i)
{
	const struct row *row = &ROWS[i];
	struct report_evidence *e = &l->rows[i];
	struct buffer b = BUFFER_INIT;

	*e = (struct report_evidence){
	                               .numeral = row->numeral, .program = row->program, .what = row->what, .evidence = "", .signers = row->signers};
	for (size_t p = 0; p < l->n_papers; p++)
		if (one_of(row->kinds, l->papers[p].kind)) {
			buffer_printf(&b, "%s%s", b.len > 0 ? "\n" : "", l->papers[p].folio);
			if (e->when == 0)
				e->when = l->papers[p].when;
		}
	if (b.len == 0 && row->journal != NULL && (e->when = find_event(election, row->journal, row->event)) != 0)
		buffer_printf(&b, "%s%s%s", row->journal, row->event != NULL ? ": " : "", row->event != NULL ? row->event : "");
	if (b.len == 0 && strcmp(row->numeral, "41") == 0)
		buffer_text(&b, "Este documento");
	if (b.len > 0 && (l->evidence[i] = strdup(buffer_str(&b))) != NULL)
		e->evidence = l->evidence[i];
	if (strcmp(row->numeral, "5") == 0 && b.len == 0)
		e->evidence = "Actas de las sesiones, apartado Excepciones";
	buffer_free(&b);
}

enum status numerals_find(struct numerals **out, const char *election_folder)
{
	struct look *l = calloc(1, sizeof *l);
	enum status r;

	*out = NULL;
	if (l == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	if ((r = read_papers(l, election_folder, "documents")) != OK || (r = read_papers(l, election_folder, "archive")) != OK) {
		free(l);
		return r;
	}
	for (size_t i = 0; i < N_ROWS; i++)
		fill(l, election_folder, i);
	l->index = (struct numerals){.rows = l->rows, .n = N_ROWS, .owned = l};
	*out = &l->index;
	return OK;
}

void numerals_free(struct numerals *n)
{
	struct look *l = n != NULL ? n->owned : NULL;

	for (size_t i = 0; l != NULL && i < N_ROWS; i++)
		free(l->evidence[i]);
	free(l);
}
