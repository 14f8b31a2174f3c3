/* See refusals.h. */
#include "backend/refusals.h"
#include <stdio.h>

struct text {
	const char *es, *en;
};
static const struct {
	const char *code;
	int http;
	struct text message, next;
} table[] = {
	[REFUSAL_NONE] = {"", 200, {"", ""}, {"", ""}},
	[REFUSAL_NOT_OPEN] = {"not-open", 403,
	        {"La votación todavía no abre. Abre el %s.", "Voting has not opened yet. It opens at %s."},
	        {"Vuelva a partir de ese momento.", "Come back from that moment on."}},
	[REFUSAL_CLOSED] = {"closed", 403,
	        {"La votación ya cerró.", "Voting has closed."},
	        {"Ya no se reciben votos. Con su código de seguimiento puede comprobar que su voto está en la urna.",
	         "No more votes are taken. With your tracker you can check that your vote is in the box."}},
	[REFUSAL_BAD_LOGIN] = {"bad-login", 401,
	        {"El usuario o la contraseña no son correctos.", "The user name or the password is not right."},
	        {"Revise ambos, tal como están en su correo, y vuelva a intentarlo.",
	         "Check both, as they stand in your e-mail, and try again."}},
	[REFUSAL_SLOW_DOWN] = {"slow-down", 429,
	        {"Demasiados intentos en poco tiempo.", "Too many tries in a short time."},
	        {"Espere el tiempo que se indica y vuelva a intentarlo.", "Wait for the time shown and try again."}},
	[REFUSAL_CODE_NOT_SENT] = {"code-not-sent", 503,
	        {"No se pudo enviar el código a su teléfono.", "The code could not be sent to your phone."},
	        {"Compruebe que su teléfono tiene señal y vuelva a intentarlo en un momento; si se repite, llame a la línea de "
	         "ayuda.",
	         "Check that your phone has signal and try again in a moment; if it happens again, call the help line."}},
	[REFUSAL_BAD_CODE] = {"bad-code", 401,
	        {"El código no es correcto.", "The code is not right."},
	        {"Escriba las seis cifras del último mensaje que recibió.",
	         "Type the six digits of the last message you received."}},
	[REFUSAL_CODE_DEAD] = {"code-dead", 401,
	        {"El código venció o se escribió mal tres veces.", "The code has expired or was mistyped three times."},
	        {"Pida otro código.", "Ask for a new code."}},
	[REFUSAL_INSIDE_TERRITORY] = {"inside-territory", 403,
	        {"Su conexión parece estar dentro del territorio nacional; se vota solo desde el extranjero.",
	         "Your connection seems to be inside the national territory; voting is from abroad only."},
	        {"Si está en el extranjero con una línea mexicana, desactive los datos móviles, use una red Wi-Fi local y "
	         "escriba de nuevo el código.",
	         "If you are abroad with a Mexican SIM, switch mobile data off, use a local Wi-Fi network and type the "
	         "code again."}},
	[REFUSAL_PLACE_UNKNOWN] = {"place-unknown", 403,
	        {"No se pudo saber desde qué país se conecta.", "It could not be found out which country you connect from."},
	        {"Pruebe desde otra red, sin VPN, y escriba de nuevo el código; si se repite, llame a la línea de ayuda.",
	         "Try from another network, without a VPN, and type the code again; if it happens again, call the help line."}},
	[REFUSAL_NO_SESSION] = {"no-session", 401,
	        {"Su sesión terminó, o usted entró desde otro lugar.",
	         "Your session has ended, or you have logged in from elsewhere."},
	        {"Entre de nuevo con su usuario y su contraseña.", "Log in again with your user name and password."}},
	[REFUSAL_BAD_CSRF] = {"bad-csrf", 403,
	        {"La solicitud no vino de la página de votación.", "The request did not come from the voting page."},
	        {"Recargue la página y entre de nuevo.", "Load the page again and log in again."}},
	[REFUSAL_BAD_REQUEST] = {"bad-request", 400,
	        {"La solicitud no tiene la forma esperada.", "The request does not have the expected form."},
	        {"Recargue la página y vuelva a intentarlo.", "Load the page again and try again."}},
	[REFUSAL_BAD_BALLOT] = {"bad-ballot", 422,
	        {"La boleta no pasó las comprobaciones y no se guardó.",
	         "The ballot failed its checks and was not stored."},
	        {"Revise su voto y séllelo de nuevo; si se repite, use otro navegador u otro equipo, o llame a la línea de ayuda.",
	         "Review your vote and seal it again; if it happens again, use another browser or device, or call the help line."}},
	[REFUSAL_NOT_YOURS] = {"not-yours", 403,
	        {"La boleta es de otra credencial y no se guardó.",
	         "The ballot is of another credential and was not stored."},
	        {"Entre de nuevo con su usuario y su contraseña y vuelva a votar.",
	         "Log in again with your user name and password and vote again."}},
	[REFUSAL_ALREADY_VOTED] = {"already-voted", 409,
	        {"Usted ya votó: su boleta está en la urna.", "You have already voted: your ballot is in the box."},
	        {"Se vota una sola vez. Este es el acuse de la boleta que se recibió.",
	         "One votes once. This is the receipt of the ballot that was taken."}},
	[REFUSAL_NOT_FOUND] = {"not-found", 404,
	        {"Esa dirección no existe.", "There is no such address."},
	        {"Vuelva a la página de votación.", "Go back to the voting page."}},
	[REFUSAL_FAILED] = {"failed", 500,
	        {"Algo falló de nuestro lado.", "Something failed on our side."},
	        {"Vuelva a intentarlo; enviar otra vez la misma boleta no cuenta dos veces.",
	         "Try again; sending the same ballot again does not count twice."}},
	[REFUSAL_BUSY] = {"failed", 503,
	        {"Una parte del sistema no responde en este momento.", "A part of the system is not answering now."},
	        {"Vuelva a intentarlo en un momento; enviar otra vez la misma boleta no cuenta dos veces.",
	         "Try again in a moment; sending the same ballot again does not count twice."}},
};

const char *refusal_code(enum refusal r)
{
	return table[r].code;
}

int refusal_http(enum refusal r)
{
	return table[r].http;
}

static json_t *both(const struct text *t, const char *opens)
{
	char es[400], en[400];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	/* Of our own table; only "not-open" has a %s. */
	snprintf(es, sizeof es, t->es, opens);
	snprintf(en, sizeof en, t->en, opens);
#pragma GCC diagnostic pop
	return json_pack("{s:s, s:s}", "es", es, "en", en);
}

static json_t *number_or_null(int n)
{
	return n < 0 ? json_null() : json_integer(n);
}

json_t *refusal_json(enum refusal r, const char *reference, enum refusal_vote vote, int retry_after, int tries_left,
                     json_t *receipt, const char *opens)
{
	static const char *const votes[] = {"unknown", "none", "stored"};

	return json_pack("{s:{s:s, s:s, s:s, s:o, s:o, s:o, s:O, s:o}}", "error", "code", table[r].code, "reference",
	                 reference, "vote", votes[vote], "retry_after", number_or_null(retry_after), "message",
	                 both(&table[r].message, opens), "next", both(&table[r].next, opens), "receipt",
	                 receipt != NULL ? receipt : json_null(), "tries_left", number_or_null(tries_left));
}
