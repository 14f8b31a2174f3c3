/* See made.h. */
#include "unit/made.h"
#include "base/json.h"
#include "protocol/lottery.h"
#include "unit/signing.h"
#include <string.h>

enum status made_receipt(json_t **out, const struct whole *w, const uint8_t tracker[32], EVP_PKEY *key,
                         const uint8_t signed_eid[32])
{
	struct buffer m = BUFFER_INIT;
	uint8_t der[SIGNATURE_MAX];
	size_t len;
	enum status s;

	signature_receipt_message(&m, signed_eid, tracker);
	s = signing_sign(der, &len, key, m.data, m.len);
	buffer_free(&m);
	*out = s != OK ? NULL : json_pack("{s:s, s:o, s:o, s:o}", "format", "VEMRE-V1", "eid", json_hex(w->eid, 32), "tracker",
	                                  json_hex(tracker, 32), "signature", json_hex(der, len));
	return *out != NULL ? OK : E_FAILED;
}

enum status made_lottery(json_t **out, const struct whole *w, unsigned n, unsigned m)
{
	static const char *const spoken[] = {"17", "4"};
	uint8_t entropy[32] = {3}, commitment[32];
	unsigned order[SHARES_MAX];
	json_t *list = json_array();

	TRY(lottery_commitment(commitment, w->eid, entropy));
	TRY(lottery_order(order, n, w->eid, entropy, spoken, 2));
	for (unsigned i = 0; i < n; i++)
		json_array_append_new(list, json_integer(order[i]));
	*out = json_pack("{s:s, s:o, s:o, s:o, s:[s, s], s:i, s:i, s:o}", "format", "VEMRE-V1", "eid", json_hex(w->eid, 32),
	                 "commitment", json_hex(commitment, 32), "entropy", json_hex(entropy, 32), "spoken", spoken[0],
	                 spoken[1], "n", (int)n, "m", (int)m, "order", list);
	return *out != NULL ? OK : E_FAILED;
}

void made_sealing(struct made_sealing *s, const struct whole *w)
{
	memset(s, 0, sizeof *s);
	memcpy(s->eid, w->eid, 32);
	s->credential = w->people[whole_find(w, 0, false, 0)].credential;
	s->election_key = w->keys->election_key;
	memcpy(s->committee_key, w->keys->committee_key, sizeof s->committee_key);
	definition_form(&s->form, w->d, 0);
}

enum status made_opened(json_t **out, const struct made_sealing *s)
{
	static uint8_t plain[BALLOT_CONTESTS_MAX][PLAIN_MAX];
	struct ballot_vote votes[BALLOT_CONTESTS_MAX];
	struct buffer b = BUFFER_INIT;
	json_t *contests = json_array();
	uint8_t t[32];

	for (unsigned i = 0; i < s->form.n; i++) {
		plain[i][7] = 1;
		votes[i].plain = plain[i];
		memset(votes[i].seed, (int)i + 1, SEED_BYTES);
		TRY(scalar_random(&votes[i].t));
		if (s->same_t)
			votes[i].t = votes[0].t;
		scalar_write(t, &votes[i].t);
		json_array_append_new(contests, json_pack("{s:s, s:o, s:o, s:o}", "contest", s->form.contests[i].name, "seed",
		                                          json_hex(votes[i].seed, SEED_BYTES), "plain",
		                                          json_hex(plain[i], envelope_plain_len(s->form.contests[i].w)), "t",
		                                          json_hex(t, 32)));
	}
	TRY(ballot_make_unsigned(&b, s->eid, &s->credential, &s->form, &s->election_key, s->committee_key, votes));
	*out = json_pack("{s:s, s:o, s:o}", "format", "VEMRE-V1", "ballot", json_hex(b.data, b.len), "contests", contests);
	buffer_free(&b);
	return *out != NULL ? OK : E_FAILED;
}
