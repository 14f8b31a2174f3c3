/* One request, from its bytes to its answer and its lines in the journals. */
#include "backend/backend.h"
#include "base/report.h"
#include <openssl/crypto.h>
#include <stdio.h>

/* One line a refusal, with the reference that the voter was told; nothing of who. */
static void journal(struct worker *w, struct http_answer *a)
{
	char detail[256];

	snprintf(detail, sizeof detail, "%s%s%s", refusal_code(a->refusal), a->detail[0] != '\0' ? ": " : "", a->detail);
	report_info("%s %d %s", a->reference, refusal_http(a->refusal), detail);
	if (w->db != NULL && a->refusal != REFUSAL_BUSY && a->refusal != REFUSAL_NOT_FOUND &&
	    voting_note(w->db, "refused", a->reference, detail) != OK)
		report_warning(NULL, "%s: not in the database's journal", a->reference);
}

void backend_serve(struct worker *w, FCGX_Request *fcgi)
{
	const struct backend *b = w->backend;
	struct http_request q;
	struct http_answer a;
	uint64_t begun = metrics_begin(&w->metrics);

	http_read(&q, fcgi, w->body);
	http_answer_init(&a);
	if (w->db == NULL && connection_open(&w->db, b->settings, CONNECTION_WEB, NULL, b->record->definition->id) != OK)
		route_busy(&a);
	else
		route(w, &q, &a);
	if (a.refusal == REFUSAL_NONE && a.body == NULL)
		http_refuse(&a, REFUSAL_FAILED);
	if (a.refusal != REFUSAL_NONE) {
		http_new_reference(a.reference);
		journal(w, &a);
	}
	http_send(fcgi, &a, b->opens_text);
	metrics_end(&w->metrics, begun, a.endpoint, a.refusal, w->db != NULL);
	http_answer_free(&a);
	OPENSSL_cleanse(w->body, q.body_len);
	OPENSSL_cleanse(&q, sizeof q);
}
