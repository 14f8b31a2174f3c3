/*
 * The files of an observer's challenge of a mismatch vote (PROTOCOL 12), one folder a challenge:
 *
 *   request.json  {"format", "eid", "list", "idx", "Q"}             made by the observer, answered with the vault open
 *   secret.json   {"format", "eid", "list", "idx", "u", "v"}        stays with the observer until the answer is there
 *   answer.json   {"format", "eid", "list", "idx", "Q", "answer"}   x(a Q), from the HSM
 *   reveal.json   {"format", "eid", "list", "idx", "observer", "u", "v", "answer"}   what the observer hands in
 *
 * and challenges.json of the record, which takes the revealed ones. The vote is looked up in decrypted-votes.csv; its row
 * is as trustworthy as the record: verify-election checks that.
 */
#ifndef RECORD_CHALLENGE_FILE_H
#define RECORD_CHALLENGE_FILE_H

#include "base/status.h"
#include "election/lists.h"
#include "record/folder.h"

enum { CHALLENGES_ANSWERED_MAX = 1000 };

/* Observer: fresh u, v; request.json and secret.json (new files) in folder. E_REFUSED, said: no mismatch vote. */
MUST_USE enum status challenge_ask(const struct record *r, const char *list, uint64_t idx, const char *folder);
/* Observer: answer.json against secret.json; where it holds, reveal.json. E_EVIDENCE, said, where it does not. */
MUST_USE enum status challenge_judge(const struct record *r, const char *observer, const char *folder);

struct challenge_request {
	char list[LIST_NAME_MAX];
	uint64_t idx;
	struct point q;
};
/* Venue: E_EVIDENCE or E_REFUSED, said, for a bad one. */
MUST_USE enum status challenge_read_request(struct challenge_request *out, const struct record *r, const char *path);
MUST_USE enum status challenge_write_answer(const struct challenge_request *q, const struct record *r,
                                            const uint8_t answer[32], const char *path); /* a new file */
/* Venue: a reveal.json that holds joins challenges.json (made, or replaced in one step); one there already is fine. */
MUST_USE enum status challenge_record(const struct record *r, const char *path);

#endif
