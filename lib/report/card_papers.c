/* See card_papers.h. */
#include "report/card_papers.h"
#include "base/i18n.h"
#include "base/report.h"
#include "report/document.h"
#include "report/folio.h"
#include <openssl/evp.h>
#include <string.h>

#define BLANK "________________________________"

/* What a set of papers is bound to: who gets which card. */
static enum status content_of(uint8_t out[32], const struct report_cards *c)
{
	struct buffer b = BUFFER_INIT;
	enum status r = OK;

	for (size_t i = 0; i < c->session->n_members; i++)
		buffer_printf(&b, "%u %s %s\n", c->session->members[i].card, c->session->members[i].name,
		              c->serials != NULL ? c->serials[i] : "");
	if (!buffer_ok(&b) || EVP_Digest(b.data != NULL ? b.data : (const uint8_t *)"", b.len, out, NULL, EVP_sha256(),
	                                 NULL) != 1)
		r = fault(E_FAILED, NULL, _("no hay memoria"));
	buffer_free(&b);
	return r;
}

static void member_pairs(struct document *d, const struct report_cards *c, size_t i)
{
	document_pair(d, "Integrante", "%s", c->session->members[i].name);
	document_pair(d, "Tarjeta", "%u de %zu", c->session->members[i].card, c->session->n_members);
	document_pair(d, "Número de serie", "%s", c->serials != NULL ? c->serials[i] : BLANK);
}

static void receipt(struct document *d, const struct report_cards *c, size_t i)
{
	const struct document_signer signers[2] = {{c->session->members[i].name, "Comité Electoral · recibe"},
	                                           {c->session->hsm_admin != NULL ? c->session->hsm_admin : " ",
	                                            "Administrador del HSM · entrega"}};

	document_heading(d, "Acuse de recepción");
	member_pairs(d, c, i);
	document_text(d, "Recibí del Administrador del HSM la tarjeta inteligente que aquí se describe, para la creación y "
	                 "repartición de la Llave criptográfica, y una hoja de papel opaco para mi contraseña personal. Sé que "
	                 "debo mantener en secreto la contraseña, que se pedirá cada vez que se use la tarjeta, y que la "
	                 "tarjeta queda bajo mi resguardo (numerales 7 a 9).");
	document_pair(d, "Fecha y hora", "%s", BLANK);
	document_signatures(d, "Firma quien recibe, y entrega el acuse al Administrador del HSM (numeral 8).", signers, 2);
}

static void password_sheet(struct document *d, const struct report_cards *c, size_t i)
{
	enum { BOXES = 32 };

	document_heading(d, "Hoja para la contraseña personal");
	member_pairs(d, c, i);
	document_text(d, "Escriba aquí, a solas y con letra clara, la contraseña de su tarjeta; distinga mayúsculas de "
	                 "minúsculas, 0 de O y 1 de l. Nadie más debe verla. Doble la hoja con lo escrito hacia adentro. Al "
	                 "término del cómputo se deposita con la tarjeta en el sobre (numerales 9 y 37).");
	document_boxes(d, BOXES);
	document_note(d, "Esta hoja se imprime en papel opaco. El Sistema no guarda ni imprime la contraseña.");
}

static void envelope_cover(struct document *d, const struct report_cards *c, size_t i)
{
	const struct document_signer signers[2] = {{c->session->members[i].name, "Comité Electoral · sella y rubrica"},
	                                           {c->session->notary != NULL ? c->session->notary : " ",
	                                            "Fedatario · recibe"}};

	document_heading(d, "Carátula del sobre");
	document_pair(d, "Sobre número", "%s", BLANK);
	member_pairs(d, c, i);
	document_pair(d, "Contiene", "la tarjeta inteligente y la hoja de papel opaco con su contraseña (numeral 37)");
	document_pair(d, "Parte de la llave", "%s",
	              c->definition->erase_shares ? "borrada de la tarjeta antes de cerrar el sobre:  sí ____   no ____"
	                                          : "se conserva en la tarjeta, por disposición de la definición");
	document_pair(d, "Fecha y hora", "%s", BLANK);
	document_signatures(d, "Sella y rubrica el integrante; lo recibe el Fedatario (numeral 38).", signers, 2);
}

static enum status papers(const char *path, const struct report_cards *c, const char *title, const char *kind,
                          void (*sheet)(struct document *d, const struct report_cards *c, size_t i))
{
	struct document_head head = {.title = title,
	                             .election = c->definition->title,
	                             .place = c->session->place,
	                             .date = c->session->when,
	                             .zone = c->definition->zone,
	                             .simulation = c->definition->simulation};
	char folio[FOLIO_SIZE];
	struct document *d = NULL;
	uint8_t content[32];
	enum status r;

	if ((r = content_of(content, c)) != OK)
		return r;
	folio_make(folio, c->definition->id, kind, 1, content);
	head.folio = folio;
	if ((r = document_new(&d, &head)) != OK)
		return r;
	for (size_t i = 0; i < c->session->n_members; i++) {
		if (i > 0)
			document_page(d);
		sheet(d, c, i);
	}
	r = document_write(d, path);
	document_free(d);
	return r;
}

enum status report_card_receipts(const char *path, const struct report_cards *c)
{
	return papers(path, c, "Acuses de recepción de las tarjetas inteligentes", "AR", receipt);
}

enum status report_password_sheets(const char *path, const struct report_cards *c)
{
	return papers(path, c, "Hojas para las contraseñas de las tarjetas", "HC", password_sheet);
}

enum status report_envelope_covers(const char *path, const struct report_cards *c)
{
	return papers(path, c, "Sobres de las tarjetas inteligentes", "SO", envelope_cover);
}
