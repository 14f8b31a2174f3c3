/* See lottery_act.h. */
#include "report/lottery_act.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/report.h"
#include "protocol/lottery.h"
#include "report/document.h"
#include "report/folio.h"
#include "report/words.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRANSCRIPT_MAX = 1 << 20, CARDS_MAX = 255, SPOKEN_MAX = 1000 };

struct draw {
	const struct report_session *session;
	json_t *transcript; /* owns the texts */
	uint8_t eid[32], commitment[32], entropy[32];
	const char *spoken[SPOKEN_MAX];
	unsigned n_spoken, n, m, order[CARDS_MAX], number;
};

static enum status read_spoken(struct draw *l, const char *name)
{
	const json_t *spoken = json_object_get(l->transcript, "spoken"), *text;
	size_t i;

	if (!json_is_array(spoken) || json_array_size(spoken) > SPOKEN_MAX)
		return fault(E_EVIDENCE, NULL, _("%s: «spoken» no es una lista de números"), name);
	json_array_foreach(spoken, i, text) {
		if ((l->spoken[i] = json_string_value(text)) == NULL)
			return fault(E_EVIDENCE, NULL, _("%s: «spoken» no es una lista de números"), name);
	}
	l->n_spoken = (unsigned)i;
	return OK;
}

/* An act prints nothing that it has not seen to be so: the draw is done again. */
static enum status check_draw(struct draw *l, const char *name)
{
	const json_t *order = json_object_get(l->transcript, "order");
	uint8_t commitment[32];
	enum status r;

	if ((r = lottery_commitment(commitment, l->eid, l->entropy)) != OK ||
	    (r = lottery_order(l->order, l->n, l->eid, l->entropy, l->spoken, l->n_spoken)) != OK)
		return r;
	if (memcmp(commitment, l->commitment, 32) != 0)
		return fault(E_EVIDENCE, NULL, _("%s: el compromiso no es el de la entropía"), name);
	if (json_array_size(order) != l->n)
		return fault(E_EVIDENCE, NULL, _("%s: «order» no tiene a todos"), name);
	for (unsigned i = 0; i < l->n; i++)
		if (json_integer_value(json_array_get(order, i)) != (json_int_t)l->order[i])
			return fault(E_EVIDENCE, NULL, _("%s: el orden no es el que dan los números"), name);
	return OK;
}

static enum status read_draw(struct draw *l, const char *path)
{
	int64_t n, m;
	enum status r;

	if ((r = json_read(&l->transcript, path, TRANSCRIPT_MAX)) != OK ||
	    (r = json_format_of(l->transcript, path)) != OK ||
	    (r = json_hex_of(l->eid, 32, l->transcript, path, "eid")) != OK ||
	    (r = json_hex_of(l->commitment, 32, l->transcript, path, "commitment")) != OK ||
	    (r = json_hex_of(l->entropy, 32, l->transcript, path, "entropy")) != OK ||
	    (r = json_int_of(&n, 1, CARDS_MAX, l->transcript, path, "n")) != OK ||
	    (r = json_int_of(&m, 1, n, l->transcript, path, "m")) != OK || (r = read_spoken(l, path)) != OK)
		return r;
	l->n = (unsigned)n;
	l->m = (unsigned)m;
	return check_draw(l, path);
}

static const char *name_of(const struct report_session *s, unsigned card)
{
	for (size_t i = 0; i < s->n_members; i++)
		if (s->members[i].card == card)
			return s->members[i].name;
	return "";
}

static void spoken_table(struct document *d, const struct draw *l)
{
	static const struct document_column columns[] = {{"Turno", 0.12, DOCUMENT_RIGHT},
	                                                 {"Número dicho en voz alta", 0.88, DOCUMENT_LEFT}};
	char turn[16];

	document_heading(d, "Números aportados por los presentes");
	document_table_begin(d, columns, 2);
	for (unsigned i = 0; i < l->n_spoken; i++) {
		struct document_cell cells[2] = {{.text = turn}, {.text = l->spoken[i]}};

		snprintf(turn, sizeof turn, "%u", i + 1);
		document_table_row(d, DOCUMENT_ROW, cells);
	}
	document_table_end(d);
}

static void order_table(struct document *d, const struct draw *l)
{
	static const struct document_column columns[] = {{"Lugar", 0.10, DOCUMENT_RIGHT},
	                                                 {"Tarjeta", 0.12, DOCUMENT_RIGHT},
	                                                 {"Integrante del Comité Electoral", 0.50, DOCUMENT_LEFT},
	                                                 {"Resultado", 0.28, DOCUMENT_LEFT}};
	char place[16], card[16], result[32];

	document_heading(d, "Resultado");
	document_table_begin(d, columns, 4);
	for (unsigned i = 0; i < l->n; i++) {
		struct document_cell cells[4] = {
		    {.text = place}, {.text = card}, {.text = name_of(l->session, l->order[i])}, {.text = result}};

		if (i == 0)
			document_table_row(d, DOCUMENT_BAND, &(struct document_cell){.text = "Abren la bóveda"});
		if (i == l->m)
			document_table_row(d, DOCUMENT_BAND,
			                   &(struct document_cell){.text = "Suplentes, en este orden, si una tarjeta falla"});
		snprintf(place, sizeof place, "%u", i + 1);
		snprintf(card, sizeof card, "%u", l->order[i]);
		if (i < l->m)
			snprintf(result, sizeof result, "Sorteado");
		else
			snprintf(result, sizeof result, "Suplente %u", i - l->m + 1);
		document_table_row(d, DOCUMENT_ROW, cells);
	}
	document_table_end(d);
}

static void again(struct document *d, const struct draw *l)
{
	document_heading(d, "Cómo se repite la cuenta");
	document_text(d,
	              "Compromiso = Hb(\"lottery-commitment\", eid, E). Flujo de bytes: Hb(\"lottery\", eid, E, s1, …, s%u, "
	              "u64(j)) con j = 0, 1, …, leído en enteros de 64 bits. Barajado de Fisher–Yates sobre 1…%u desde el "
	              "final: en el paso i se toma el siguiente entero menor que floor(2^64/(i+1))·(i+1), módulo i+1, y se "
	              "intercambia. Los primeros %u son los sorteados. Hb es SHA-256 con prefijo de dominio (protocolo "
	              "VEMRE-V1, secciones 2 y 12).",
	              l->n_spoken, l->n, l->m);
}

static void compose(struct document *d, const struct draw *l)
{
	struct document_hash h[3] = {{.label = "Compromiso", .note = "mostrado antes de que nadie dijera su número"},
	                             {.label = "Entropía E", .note = "del HSM y del sistema, mostrada después"},
	                             {.label = "Elección", .note = "identificador (eid)"}};

	memcpy(h[0].bytes, l->commitment, 32);
	memcpy(h[1].bytes, l->entropy, 32);
	memcpy(h[2].bytes, l->eid, 32);
	document_text(d,
	              "El Coordinador explicó al Fedatario y a los integrantes del Comité Electoral la forma del sorteo y lo "
	              "realizó (numeral 30) para señalar a %u de los %u integrantes que abren la bóveda. La terminal se "
	              "comprometió primero con una entropía que nadie conocía; los presentes escribieron números y los "
	              "dijeron en voz alta; la entropía se mostró entonces. Ni la terminal ni los presentes pudieron, "
	              "cada quien por su lado, escoger el resultado.",
	              l->m, l->n);
	if (l->number > 1)
		document_text(d, "Este es el sorteo número %u de la sesión: los anteriores se interrumpieron y constan en la "
		                 "bitácora y en el expediente.",
		              l->number);
	order_table(d, l);
	spoken_table(d, l);
	document_heading(d, "Compromiso y entropía");
	document_hashes(d, h, 3);
	again(d, l);
	session_attendance(d, l->session);
	session_facts(d, l->session);
	session_signatures(d, l->session,
	                   "Firman el Coordinador, que realizó el sorteo, y quienes lo presenciaron (numeral 30).",
	                   SESSION_SIGN_COORDINATOR | SESSION_SIGN_MEMBERS | SESSION_SIGN_NOTARY);
}

enum status report_lottery_act(const char *path, const struct report_lottery *l)
{
	char folio[FOLIO_SIZE];
	struct document_head head = {.title = "Acta del sorteo de quienes abren la bóveda",
	                             .election = l->definition->title,
	                             .folio = folio,
	                             .place = l->session->place,
	                             .date = l->session->when,
	                             .zone = l->definition->zone,
	                             .simulation = l->definition->simulation};
	struct draw *draw = calloc(1, sizeof *draw);
	struct document *d = NULL;
	enum status r;

	if (draw == NULL)
		return fault(E_FAILED, NULL, _("no hay memoria"));
	draw->session = l->session;
	draw->number = l->draw > 0 ? l->draw : 1;
	if ((r = read_draw(draw, l->transcript)) != OK)
		goto done;
	folio_make(folio, l->definition->id, "AS", draw->number, draw->commitment);
	if ((r = document_new(&d, &head)) != OK)
		goto done;
	compose(d, draw);
	r = document_write(d, path);
done:
	document_free(d);
	json_decref(draw->transcript);
	free(draw);
	return r;
}
