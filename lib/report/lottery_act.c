/* See lottery_act.h. */
#include "report/lottery_act.h"
#include "report/document.h"
#include "report/folio.h"
#include "report/words.h"
#include <stdio.h>
#include <string.h>

static const char *name_of(const struct report_session *s, unsigned card)
{
	for (size_t i = 0; i < s->n_members; i++)
		if (s->members[i].card == card)
			return s->members[i].name;
	return "";
}

static void spoken_table(struct document *d, const struct report_lottery *l)
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

static void order_table(struct document *d, const struct report_lottery *l)
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

static void again(struct document *d, const struct report_lottery *l)
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

static void compose(struct document *d, const struct report_lottery *l)
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
	if (l->draw > 1)
		document_text(d, "Este es el sorteo número %u de la sesión: los anteriores se interrumpieron y constan en la "
		                 "bitácora y en el expediente.",
		              l->draw);
	order_table(d, l);
	spoken_table(d, l);
	document_heading(d, "Compromiso y entropía");
	document_hashes(d, h, 3);
	again(d, l);
	session_attendance(d, l->session);
	session_facts(d, l->session);
	session_signatures(d, l->session, "Firman el Coordinador, que realizó el sorteo, y quienes lo presenciaron (numeral 30).",
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
	struct document *d = NULL;
	enum status r;

	folio_make(folio, l->definition->id, "AS", l->draw > 0 ? l->draw : 1, l->commitment);
	if ((r = document_new(&d, &head)) != OK)
		goto done;
	compose(d, l);
	r = document_write(d, path);
done:
	document_free(d);
	return r;
}
