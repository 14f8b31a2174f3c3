/*
 * The papers that go with the cards, a sheet per member: the receipt (acuse) and the sheet for the password (numeral
 * 7), the cover of the envelope (numerals 37, 38). None of them ever has a password on it: the member writes it.
 */
#ifndef REPORT_CARD_PAPERS_H
#define REPORT_CARD_PAPERS_H

#include "base/status.h"
#include "election/definition.h"
#include "report/session.h"

struct report_cards {
	const struct definition *definition;
	const struct report_session *session;
	const char *const *serials; /* per member, or NULL: lines to fill in by hand */
};

MUST_USE enum status report_card_receipts(const char *path, const struct report_cards *c);
MUST_USE enum status report_password_sheets(const char *path, const struct report_cards *c);
MUST_USE enum status report_envelope_covers(const char *path, const struct report_cards *c);

#endif
