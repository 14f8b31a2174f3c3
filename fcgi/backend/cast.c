/*
 * POST /api/cast. In this order: session, form of the ballot, whose it is, its proofs and signature (PROTOCOL 8), the
 * receipt's signature, and then one transaction that stores both. A reply goes out when its commit is confirmed.
 */
#include "backend/backend.h"
#include "base/report.h"
#include "protocol/ballot.h"
#include <stdio.h>
#include <string.h>

static void accepted(struct worker *w, struct http_answer *a, const uint8_t tracker[32], const uint8_t *receipt,
                     size_t len, bool again)
{
	a->body = json_pack("{s:o, s:b}", "receipt", session_receipt(w->backend, tracker, receipt, len), "again",
	                    (int)again);
}

static void already_voted(struct worker *w, struct http_answer *a, const uint8_t tracker[32], const uint8_t *receipt,
                          size_t len)
{
	a->vote = REFUSAL_VOTE_STORED;
	a->receipt = session_receipt(w->backend, tracker, receipt, len);
	route_refuse(a, VOTING_ALREADY_VOTED);
}

/* Reads and checks; the first fault, which names contest and check, goes to the answer's detail. */
static bool check(const struct backend *b, const struct http_request *q, struct http_answer *a,
                  const struct voting_session *s, struct ballot *ballot)
{
	int district = definition_district(b->record->definition, s->district, strlen(s->district));
	enum status r;

	report_capture_begin(a->detail, sizeof a->detail);
	r = ballot_read(ballot, q->body, q->body_len, true);
	if (r == OK && (s->synthetic || !point_equal(&ballot->credential, &s->credential))) {
		report_capture_end();
		route_refuse(a, VOTING_NOT_YOURS);
		return false;
	}
	if (r == OK && district < 0)
		r = E_FAILED;
	if (r == OK)
		r = ballot_check(ballot, b->record->eid, &b->forms[district]);
	report_capture_end();
	if (r == E_FAILED)
		http_refuse(a, REFUSAL_FAILED);
	else if (r != OK)
		http_refuse(a, REFUSAL_BAD_BALLOT);
	return r == OK;
}

static bool sign(struct worker *w, const uint8_t tracker[32], uint8_t der[SIGNATURE_MAX], size_t *len)
{
	if (w->signer == NULL && signer_connect(&w->signer, w->backend->signer_socket) != OK)
		return false;
	return signer_receipt(w->signer, der, len, w->backend->record->eid, tracker) == OK;
}

void cast_ballot(struct worker *w, const struct http_request *q, struct http_answer *a)
{
	struct voting_session session;
	struct voting_cast cast;
	struct ballot ballot;
	uint8_t hash[32], der[SIGNATURE_MAX];
	size_t der_len;

	if (!route_cast_session(w, q, a, &session, hash))
		return;
	if (strcmp(q->content_type, "application/octet-stream") != 0) {
		http_refuse(a, REFUSAL_BAD_REQUEST);
		return;
	}
	if (!check(w->backend, q, a, &session, &ballot))
		return;
	if (!sign(w, ballot.tracker, der, &der_len)) {
		if (session.voted)
			a->vote = REFUSAL_VOTE_UNKNOWN; /* sent again it is told: the receipt comes with the transaction */
		route_busy(a);
		return;
	}
	if (voting_cast(w->db, &cast, hash, ballot.tracker, &ballot.credential, q->body, q->body_len, der, der_len) != OK) {
		a->vote = REFUSAL_VOTE_UNKNOWN;
		route_busy(a);
	} else if (cast.outcome == VOTING_OK || cast.outcome == VOTING_AGAIN) {
		accepted(w, a, cast.tracker, cast.receipt, cast.receipt_len, cast.outcome == VOTING_AGAIN);
	} else if (cast.outcome == VOTING_ALREADY_VOTED) {
		already_voted(w, a, cast.tracker, cast.receipt, cast.receipt_len);
	} else {
		route_refuse(a, cast.outcome);
	}
}
