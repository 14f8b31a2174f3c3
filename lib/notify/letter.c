/*
 * See letter.h. One text, rendered twice (plain and HTML) from the same calls, so that the two parts never say
 * different things. Spanish always: a voter's letter does not depend on the registrar's language.
 */
#include "notify/letter.h"
#include "base/hex.h"
#include "base/i18n.h"
#include "base/report.h"
#include "notify/mime.h"
#include "protocol/credential.h"
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { BODY_ROOM = 24 << 10, MESSAGE_ROOM = 96 << 10, BOUNDARY = 33 };

struct page {
	struct room room;
	bool html, list;
};

/* ---- blocks ---- */

/* On one line, whatever it says: a name cannot pass itself off as a line of ours. */
static void put(struct page *p, const char *text)
{
	if (p->html) {
		mime_html(&p->room, text);
		return;
	}
	for (; *text != '\0'; text++)
		room_put(&p->room, (unsigned char)*text < ' ' || *text == 0x7F ? " " : text, 1);
}

static void markup(struct page *p, const char *html, const char *plain)
{
	room_text(&p->room, p->html ? html : plain);
}

static void end_list(struct page *p)
{
	if (p->list)
		markup(p, "</ul>\n", "\n");
	p->list = false;
}

static void heading(struct page *p, const char *text)
{
	end_list(p);
	markup(p, "<h2 style=\"font-size:1.1em\">", "");
	put(p, text);
	markup(p, "</h2>\n", "\n\n");
}

/* The texts one after another, up to NULL. */
__attribute__((sentinel)) static void paragraph(struct page *p, ...)
{
	const char *text;
	va_list args;

	end_list(p);
	markup(p, "<p>", "");
	va_start(args, p);
	while ((text = va_arg(args, const char *)) != NULL)
		put(p, text);
	va_end(args);
	markup(p, "</p>\n", "\n\n");
}

__attribute__((sentinel)) static void item(struct page *p, ...)
{
	const char *text;
	va_list args;

	if (!p->list)
		markup(p, "<ul>\n", "");
	p->list = true;
	markup(p, "<li>", "- ");
	va_start(args, p);
	while ((text = va_arg(args, const char *)) != NULL)
		put(p, text);
	va_end(args);
	markup(p, "</li>\n", "\n");
}

/* "Name: value", on a line of its own. */
static void field(struct page *p, const char *name, const char *value, bool code)
{
	end_list(p);
	markup(p, "<div>", "");
	put(p, name);
	markup(p, code ? ": <b style=\"font-family:monospace;font-size:1.2em\">" : ": <b>", ": ");
	put(p, value);
	markup(p, "</b></div>\n", "\n");
}

static void gap(struct page *p)
{
	markup(p, "<br>\n", "\n");
}

/* ---- the text ---- */

/* "15 de mayo de 2027, 20:00 (America/Mexico_City, UTC-06:00)" */
static void when_text(char *out, size_t size, moment when, const char *zone)
{
	static const char *const months[12] = {"enero", "febrero", "marzo",      "abril",   "mayo",      "junio",
	                                    "julio", "agosto",  "septiembre", "octubre", "noviembre", "diciembre"};
	char text[40], offset[8] = "+00:00";
	int year = 0, month = 1, day = 0, hour = 0, minute = 0, second = 0;

	moment_rfc3339(text, sizeof text, when, zone);
	sscanf(text, "%d-%d-%dT%d:%d:%d%7s", &year, &month, &day, &hour, &minute, &second, offset);
	snprintf(out, size, "%d de %s de %d, %02d:%02d (%s, UTC%s)", day,
	         months[month >= 1 && month <= 12 ? month - 1 : 0], year, hour, minute, zone,
	         offset[0] == 'Z' ? "" : offset);
}

static void keys_block(struct page *p, const struct letter *l)
{
	char password[PASSWORD_SHOWN];

	field(p, "Usuario", l->username, true);
	credential_show_password(password, l->password);
	field(p, "Contraseña", password, true);
	OPENSSL_cleanse(password, sizeof password);
	gap(p);
	paragraph(p,
	          "Al escribirla no importan los guiones ni las mayúsculas. Solo usted la tiene: el servidor de "
	          "votación no la conoce y nadie del Instituto se la pedirá. No reenvíe este correo ni la comparta.",
	          NULL);
}

static void election_block(struct page *p, const struct letter *l)
{
	char when[128];

	field(p, "Sitio para votar", l->site, false);
	when_text(when, sizeof when, l->opens, l->zone);
	field(p, "Abre", when, false);
	when_text(when, sizeof when, l->closes, l->zone);
	field(p, "Cierra", when, false);
	field(p, "Entidad", l->district, false);
	gap(p);
}

static void steps_block(struct page *p, const struct letter *l)
{
	size_t n = strlen(l->phone);
	const char *last = n >= 2 ? l->phone + n - 2 : "";

	heading(p, "Cómo votar");
	item(p, "Desde el extranjero, escriba usted la dirección del sitio en su navegador y entre con su usuario y su "
	        "contraseña. No es posible entrar desde el territorio nacional.", NULL);
	item(p, "Recibirá por mensaje de texto (SMS) un código de seis cifras en el teléfono terminado en ", last,
	     ". Escríbalo en la página: vale unos minutos y solo para usted.", NULL);
	item(p, "Marque sus boletas, revíselas y emita su voto. Guarde el comprobante que la página le da.", NULL);
	heading(p, "Si el código no llega");
	item(p, "Espere un minuto y pida otro en la misma página. Solo vale el último.", NULL);
	item(p, "Compruebe que el teléfono tiene señal y puede recibir mensajes de texto en el país donde está.", NULL);
	item(p, "Si sigue sin llegar, llame a ", l->help_phone, ".", NULL);
	heading(p, "Si pierde este correo o cree que alguien lo vio");
	paragraph(p, "Llame a ", l->help_phone,
	          ". Mientras la votación esté abierta y usted no haya votado, puede recibir un usuario y una "
	          "contraseña nuevos; los de este correo dejarán de servir.", NULL);
}

static void credential_block(struct page *p, const struct letter *l)
{
	heading(p, "Para comprobar su boleta");
	field(p, "Clave de su credencial", l->credential_code, true);
	gap(p);
	paragraph(p, "Esta clave no es secreta y no sirve para votar. Identifica su credencial en la lista pública de la "
	             "elección. Si en la página elige comprobar su boleta en lugar de emitirla, el programa de "
	             "comprobación, que puede ser de otra persona y en otro equipo, muestra la clave de la credencial "
	             "con que se hizo: debe ser esta. Si es otra, no emita su voto y llame a ",
	          l->help_phone, ".", NULL);
}

static void whole_text(struct page *p, const struct letter *l)
{
	if (l->simulation)
		paragraph(p, "SIMULACRO, sin validez oficial.", NULL);
	if (l->to_name[0] != '\0')
		paragraph(p, l->to_name, ":", NULL);
	paragraph(p, "Con este correo recibe su usuario y su contraseña para votar por internet.", NULL);
	paragraph(p, l->title, NULL);
	keys_block(p, l);
	election_block(p, l);
	steps_block(p, l);
	credential_block(p, l);
	field(p, "Ayuda", l->help_phone, false);
	if (l->simulation) {
		gap(p);
		paragraph(p, "SIMULACRO, sin validez oficial.", NULL);
	}
}

static enum status render(struct secret **out, size_t *len, const struct letter *l, bool html)
{
	struct page p = {.html = html};

	if ((*out = secret_new(BODY_ROOM)) == NULL)
		return E_FAILED;
	p.room = room_of(*out);
	markup(&p, "<!DOCTYPE html>\n<html lang=\"es\"><head><meta charset=\"utf-8\"><title>Voto por internet</title>"
	           "</head>\n<body style=\"font-family:sans-serif;line-height:1.5;max-width:40em\">\n", "");
	whole_text(&p, l);
	end_list(&p);
	markup(&p, "</body></html>\n", "");
	*len = p.room.len;
	return p.room.bad ? fault(E_FAILED, NULL, _("el correo no cabe")) : OK;
}

/* ---- the message ---- */

static void header_address(struct room *m, const char *field_name, const char *name, const char *address)
{
	room_text(m, field_name);
	if (name[0] != '\0') {
		mime_header_name(m, name);
		room_text(m, "\r\n ");
	}
	room_text(m, "<");
	room_text(m, address);
	room_text(m, ">\r\n");
}

static void headers(struct room *m, const struct letter *l, const char boundary[BOUNDARY])
{
	char date[40];

	mime_date(date, sizeof date, l->date);
	room_text(m, "Date: ");
	room_text(m, date);
	room_text(m, "\r\n");
	header_address(m, "From: ", l->from_name, l->from);
	header_address(m, "To: ", l->to_name, l->to);
	room_text(m, "Message-ID: ");
	room_text(m, l->message_id);
	room_text(m, "\r\nSubject: ");
	mime_header_text(m, l->simulation ? "SIMULACRO: su usuario y contraseña para votar por internet"
	                                  : "Su usuario y contraseña para votar por internet");
	room_text(m, "\r\nContent-Language: es\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
	             "Content-Type: multipart/alternative;\r\n boundary=\"");
	room_text(m, boundary);
	room_text(m, "\"\r\n\r\n");
}

static void part(struct room *m, const char *boundary, const char *kind, const struct secret *body, size_t len)
{
	room_text(m, "--");
	room_text(m, boundary);
	room_text(m, "\r\nContent-Type: ");
	room_text(m, kind);
	room_text(m, "; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n");
	mime_quoted_printable(m, (const char *)secret_bytes(body), len);
	room_text(m, "\r\n");
}

enum status letter_compose(struct secret **out, const struct letter *l)
{
	struct secret *plain = NULL, *html = NULL, *whole = NULL;
	size_t plain_len, html_len;
	uint8_t random[(BOUNDARY - 1) / 2];
	char boundary[BOUNDARY];
	struct room m;
	enum status r;

	*out = NULL;
	if (RAND_bytes(random, sizeof random) != 1)
		return fault(E_FAILED, NULL, _("el generador de números aleatorios falló"));
	hex_encode(boundary, random, sizeof random);
	if ((r = render(&plain, &plain_len, l, false)) != OK || (r = render(&html, &html_len, l, true)) != OK)
		goto done;
	r = E_FAILED;
	if ((whole = secret_new(MESSAGE_ROOM)) == NULL)
		goto done;
	m = room_of(whole);
	headers(&m, l, boundary);
	part(&m, boundary, "text/plain", plain, plain_len);
	part(&m, boundary, "text/html", html, html_len);
	room_text(&m, "--");
	room_text(&m, boundary);
	room_text(&m, "--\r\n");
	if (m.bad)
		fault(r, NULL, _("el correo no cabe"));
	else if ((*out = secret_copy(m.at, m.len)) != NULL)
		r = OK;
done:
	secret_free(plain);
	secret_free(html);
	secret_free(whole);
	return r;
}
