/*
 * make-papers FOLDER: FOLDER/record, a whole record with a mismatch vote in it, and beside it the papers that verify-election
 * reads with it, good ones: receipt.json, lottery.json, opened.json (a ballot opened for checking), request.json,
 * reveal.json (a challenge asked, and the revealed one that held); and receipt-stray.json, signed well of a ballot that is
 * in no box.
 */
#include "base/file.h"
#include "base/json.h"
#include "base/program.h"
#include "base/report.h"
#include "record/challenge_file.h"
#include "unit/made.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char folder[400];

static const char *at(const char *name)
{
	static char path[4][512];
	static unsigned turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
	return path[turn];
}

/* root: taken. */
static enum status put(json_t *root, const char *name)
{
	struct buffer b = BUFFER_INIT;

	TRY(json_write(&b, root));
	TRY(file_create(at(name), b.data, b.len, 0644));
	buffer_free(&b);
	json_decref(root);
	return OK;
}

static enum status challenge(const struct whole *w)
{
	struct challenge_request q;
	struct record *record;
	struct point p;
	uint8_t x[32];
	uint64_t idx;
	unsigned list;

	TRY(record_open(&record, w->folder));
	if ((idx = whole_vote_with(w, VOTE_MISMATCH, 0, &list)) == UINT64_MAX)
		return E_FAILED;
	TRY(challenge_ask(record, w->lists[list].plan.name, idx, folder));
	TRY(challenge_read_request(&q, record, at("request.json")));
	TRY(point_mul(&p, &w->a, &q.q));
	envelope_x(x, &p);
	TRY(challenge_write_answer(&q, record, x, at("answer.json")));
	TRY(challenge_judge(record, "Observatorio Ñ", folder));
	record_free(record);
	return unlink(at("secret.json")) == 0 && unlink(at("answer.json")) == 0 ? OK : E_FAILED;
}

static enum status make(void)
{
	uint8_t stray[32] = {9};
	struct made_sealing sealing;
	struct whole *w;
	json_t *root;

	TRY(file_mkdirs(folder, 0755));
	TRY(whole_make(&w, at("record"), whole_shape("narrow")));
	TRY(made_receipt(&root, w, w->ballots[0].tracker, w->system, w->eid));
	TRY(put(root, "receipt.json"));
	TRY(made_receipt(&root, w, stray, w->system, w->eid));
	TRY(put(root, "receipt-stray.json"));
	TRY(made_lottery(&root, w, w->keys->cards, w->keys->threshold));
	TRY(put(root, "lottery.json"));
	made_sealing(&sealing, w);
	TRY(made_opened(&root, &sealing));
	TRY(put(root, "opened.json"));
	TRY(challenge(w));
	whole_free(w);
	return OK;
}

int main(int argc, char **argv)
{
	program_start("make-papers");
	if (argc != 2 || strlen(argv[1]) >= sizeof folder)
		return program_end(fault(E_USAGE, NULL, "make-papers FOLDER"));
	strcpy(folder, argv[1]);
	return program_end(make());
}
