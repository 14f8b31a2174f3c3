/* See exceptions_note.h. */
#include "report/exceptions_note.h"
#include "protocol/hash.h"
#include "report/document.h"
#include "report/folio.h"
#include <stdio.h>
#include <string.h>

enum status report_exceptions_note(const char *path, const struct definition *def, const char *session_title,
                                   const struct report_session *s)
{
	char folio[FOLIO_SIZE];
	struct document_head head = {.title = "Nota sobre casos no previstos",
	                             .subtitle = session_title,
	                             .election = def->title,
	                             .folio = folio,
	                             .place = s->place,
	                             .date = s->when,
	                             .zone = def->zone,
	                             .simulation = def->simulation};
	struct buffer content = BUFFER_INIT;
	struct document *d = NULL;
	uint8_t hash[32];
	enum status r;

	for (size_t i = 0; i < s->n_exceptions; i++)
		buffer_printf(&content, "%lld %s %s\n", (long long)s->exceptions[i].when, s->exceptions[i].happened,
		              s->exceptions[i].decided);
	r = hash_sha256(hash, content.data, content.len);
	buffer_free(&content);
	if (r != OK)
		return r;
	folio_make(folio, def->id, "NE", 1, hash);
	if ((r = document_new(&d, &head)) != OK)
		return r;
	document_text(d, "Para el Consejo General, por conducto de la Secretaría Ejecutiva y de la unidad técnica de informática "
	                 "(numeral 5 del procedimiento).");
	document_text(d, "Durante la sesión se %s que el procedimiento no prevé. Se resolvió lo siguiente, que consta también en "
	                 "la bitácora y en la transcripción de la sesión.",
	              s->n_exceptions == 1 ? "presentó un caso" : "presentaron casos");
	session_exceptions(d, s);
	session_signatures(d, s, "Da cuenta el Coordinador; da fe el Fedatario.", SESSION_SIGN_COORDINATOR | SESSION_SIGN_NOTARY);
	r = document_write(d, path);
	document_free(d);
	return r;
}
