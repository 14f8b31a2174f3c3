/* The files of an observer's challenge (PROTOCOL 12) from the asking to challenges.json, the vault's answers given by hand. */
#include "base/file.h"
#include "base/json.h"
#include "base/report.h"
#include "protocol/envelope.h"
#include "record/challenge_file.h"
#include "record/verify.h"
#include "unit/folder.h"
#include "unit/papers.h"
#include "unit/sample.h"
#include "unit/vectors.h"
#include "unit/whole.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char why[512];
static struct whole *whole;
static struct record *record;
static const char *list;
static uint64_t idx;

static int set_up(void **state)
{
	unsigned l;

	if (folder_make(state) != 0 || whole_make(&whole, in_folder("record"), whole_shape("whole")) != OK ||
	    record_open(&record, whole->folder) != OK || (idx = whole_vote_with(whole, VOTE_MISMATCH, 0, &l)) == UINT64_MAX)
		return -1;
	list = whole->lists[l].plan.name;
	return 0;
}

static int tear_down(void **state)
{
	record_free(record);
	whole_free(whole);
	return folder_remove(state);
}

#define COUNT(x) (sizeof(x) / sizeof *(x))
#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"
#define ZERO_HASH "\"" ZEROS "\""
#define ORDER "\"ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551\""

static json_t *load(const char *path)
{
	json_t *root = NULL;

	assert_int_equal(json_read(&root, path, 1 << 20), OK);
	return root;
}

/* x(a Q) in the name of the vault. */
static void answer(const char *in)
{
	struct challenge_request q;
	struct point p;
	uint8_t x[32];
	char path[320];

	snprintf(path, sizeof path, "%s/request.json", in);
	assert_int_equal(challenge_read_request(&q, record, path), OK);
	assert_string_equal(q.list, list);
	assert_int_equal(q.idx, idx);
	assert_int_equal(point_mul(&p, &whole->a, &q.q), OK);
	envelope_x(x, &p);
	snprintf(path, sizeof path, "%s/answer.json", in);
	assert_int_equal(challenge_write_answer(&q, record, x, path), OK);
}

static enum status read_request(void *ctx, const char *path)
{
	return challenge_read_request(ctx, record, path);
}

/* What the head of each of the files may be wrong in. */
#define BAD_HEADS                                                                                                      \
	{"format", "\"VEMRE-V2\"", "formato"}, {"more", "1", "more"}, {"eid", ZERO_HASH, "otra elección"},             \
	{"eid", "7", "eid"}, {"list", "7", "list"}, {"idx", "-1", "idx"}, {"idx", "\"0\"", "idx"},                     \
	{"list", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"     \
	         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "no hay una lista"}

static void test_ask(void **state)
{
	static const struct paper_fault faults[] = {
	    BAD_HEADS,
	    {"Q", "7", "«Q»"},
	    {"Q", "\"04" ZEROS ZEROS "\"", "Q no es un punto"},
	    {"list", "\"nada\"", "no es un voto no coincidente"},
	    {"list", "\"presidencia.rest\"", "no es un voto no coincidente"},
	    {"idx", "1000000", "no es un voto no coincidente"},
	};
	struct challenge_request q;
	json_t *root;
	uint64_t good;
	unsigned l;

	(void)state;
	assert_int_equal(challenge_ask(record, list, idx, in_folder("ask")), OK);
	root = load(in_folder("ask/request.json"));
	papers_refuse(root, in_folder("a.json"), faults, COUNT(faults), read_request, &q);
	papers_refuse_bytes(root, in_folder("a.json"), read_request, &q);
	json_decref(root);
	/* never over a secret that is there; never of a vote that is none, good, or malformed otherwise */
	SAID(challenge_ask(record, list, idx, in_folder("ask")), E_STATE);
	for (int status = VOTE_VALID; status <= VOTE_OFF_CURVE; status++) {
		good = whole_vote_with(whole, (enum vote_status)status, 0, &l);
		assert_true(good != UINT64_MAX);
		SAID(challenge_ask(record, whole->lists[l].plan.name, good, in_folder("none")), E_REFUSED);
		vectors_about(why, "no es un voto no coincidente", "status");
	}
	SAID(challenge_ask(record, "nada", 0, in_folder("none")), E_REFUSED);
	assert_false(file_exists(in_folder("none/secret.json")));
}

static enum status judge(void *ctx, const char *path)
{
	(void)ctx, (void)path;
	(void)remove(in_folder("judge/reveal.json"));
	return challenge_judge(record, "Observatorio Ñ", in_folder("judge"));
}

static void test_judge(void **state)
{
	static const struct paper_fault answers[] = {
	    BAD_HEADS,
	    {"Q", "\"046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce3357"
	          "6b315ececbb6406837bf51f5\"", "no responde a este reto"},
	    {"Q", "7", "«Q»"},
	    {"list", "\"nada\"", "no responde a este reto"},
	    {"idx", "1000000", "no responde a este reto"},
	    {"answer", ZERO_HASH, "NO se cumple"},
	    {"answer", "\"00\"", "answer"},
	};
	static const struct paper_fault secrets[] = {
	    BAD_HEADS,
	    {"u", ZERO_HASH, "no responde a este reto"},
	    {"u", ORDER, "u no es menor"},
	    {"u", "1", "«u»"},
	    {"v", ZERO_HASH, "no responde a este reto"},
	    {"v", ORDER, "v no es menor"},
	    {"v", NULL, "«v»"},
	    {"list", "\"nada\"", "no es un voto no coincidente"},
	};
	json_t *root;

	(void)state;
	assert_int_equal(challenge_ask(record, list, idx, in_folder("judge")), OK);
	answer(in_folder("judge"));
	root = load(in_folder("judge/answer.json"));
	papers_refuse(root, in_folder("judge/answer.json"), answers, COUNT(answers), judge, NULL);
	json_decref(root);
	root = load(in_folder("judge/secret.json"));
	papers_refuse(root, in_folder("judge/secret.json"), secrets, COUNT(secrets), judge, NULL);
	papers_refuse_bytes(root, in_folder("judge/secret.json"), judge, NULL);
	json_decref(root);
	/* no answer yet */
	assert_int_equal(rename(in_folder("judge/answer.json"), in_folder("later.json")), 0);
	SAID(judge(NULL, NULL), E_INCOMPLETE);
	assert_int_equal(rename(in_folder("later.json"), in_folder("judge/answer.json")), 0);
	/* a refusal reveals nothing */
	root = load(in_folder("judge/answer.json"));
	sample_set(root, "answer", json_string("0000000000000000000000000000000000000000000000000000000000000001"));
	papers_write(in_folder("judge/answer.json"), root);
	SAID(judge(NULL, NULL), E_EVIDENCE);
	assert_false(file_exists(in_folder("judge/reveal.json")));
	json_decref(root);
}

static enum status record_it(void *ctx, const char *path)
{
	(void)ctx;
	return challenge_record(record, path);
}

static void test_record(void **state)
{
	static const struct paper_fault faults[] = {
	    BAD_HEADS,
	    {"observer", "7", "observer"},
	    {"u", ZERO_HASH, "no se cumple"},
	    {"u", ORDER, "u no es menor"},
	    {"v", ZERO_HASH, "no se cumple"},
	    {"v", "\"0\"", "«v»"},
	    {"answer", ZERO_HASH, "no se cumple"},
	    {"answer", "1", "answer"},
	    {"list", "\"nada\"", "no es un voto no coincidente"},
	    {"idx", "1000000", "no es un voto no coincidente"},
	};
	const char *all = whole_path(whole, "challenges.json");
	static struct verify_report report;
	char longest[300];
	json_t *root, *was = load(all), *now;

	(void)state;
	assert_int_equal(challenge_ask(record, list, idx, in_folder("given")), OK);
	answer(in_folder("given"));
	assert_int_equal(challenge_judge(record, "Observatorio Ñ", in_folder("given")), OK);
	root = load(in_folder("given/reveal.json"));
	/* faults first: none of them joins the file */
	for (size_t i = 0; i < COUNT(faults); i++) {
		(void)remove(all);
		papers_refuse(root, in_folder("a.json"), &faults[i], 1, record_it, NULL);
		now = load(all);
		assert_int_equal(json_array_size(json_object_get(now, "challenges")), 1); /* the good one */
		json_decref(now);
	}
	papers_refuse_bytes(root, in_folder("a.json"), record_it, NULL);
	now = load(all);
	assert_int_equal(json_array_size(json_object_get(now, "challenges")), 1); /* once, however often it is handed in */
	json_decref(now);
	/* beside those of others: the record holds with it */
	papers_write(all, was);
	assert_int_equal(challenge_record(record, in_folder("given/reveal.json")), OK);
	now = load(all);
	assert_int_equal(json_array_size(json_object_get(now, "challenges")), json_array_size(json_object_get(was, "challenges")) + 1);
	assert_int_equal(verify_record(&report, whole->folder, VERIFY_UNTIL_TALLY, NULL, NULL), OK);
	json_decref(now);
	/* a name of 256 bytes, and of 257 */
	memset(longest, 'x', sizeof longest);
	longest[256] = '\0';
	sample_set(root, "observer", json_string(longest));
	papers_write(in_folder("a.json"), root);
	assert_int_equal(challenge_record(record, in_folder("a.json")), OK);
	longest[256] = 'x', longest[257] = '\0';
	sample_set(root, "observer", json_string(longest));
	papers_write(in_folder("a.json"), root);
	SAID(challenge_record(record, in_folder("a.json")), E_EVIDENCE);
	vectors_about(why, "pasa de 256", "observer");
	/* a thousand are as many as a verifier reads */
	sample_set(root, "observer", json_string("Uno más"));
	papers_write(in_folder("a.json"), root);
	now = load(all);
	while (json_array_size(json_object_get(now, "challenges")) < CHALLENGES_ANSWERED_MAX)
		json_array_append(json_object_get(now, "challenges"), json_array_get(json_object_get(now, "challenges"), 0));
	papers_write(all, now);
	SAID(challenge_record(record, in_folder("a.json")), E_REFUSED);
	sample_set(now, "challenges", json_object());
	papers_write(all, now);
	SAID(challenge_record(record, in_folder("a.json")), E_REFUSED);
	json_decref(now);
	json_decref(root);
	json_decref(was);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_ask), cmocka_unit_test(test_judge), cmocka_unit_test(test_record)};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
