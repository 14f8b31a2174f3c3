/* The papers beside a record (PROTOCOL 8, 12): receipts, lottery, challenges; good ones taken, each bad one for its reason. */
#include "base/file.h"
#include "base/report.h"
#include "record/lottery_file.h"
#include "record/receipt_file.h"
#include "unit/folder.h"
#include "unit/made.h"
#include "unit/papers.h"
#include "unit/signing.h"
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

static int set_up(void **state)
{
	return folder_make(state) == 0 && whole_make(&whole, in_folder("record"), whole_shape("whole")) == OK &&
	               record_open(&record, whole->folder) == OK
	           ? 0
	           : -1;
}

static int tear_down(void **state)
{
	record_free(record);
	whole_free(whole);
	return folder_remove(state);
}

#define COUNT(x) (sizeof(x) / sizeof *(x))
static const char ZERO_HASH[] = "\"0000000000000000000000000000000000000000000000000000000000000000\"";

/* ---- receipts */

static json_t *receipt_of(const uint8_t tracker[32], EVP_PKEY *key, const uint8_t eid[32])
{
	json_t *root;

	assert_int_equal(made_receipt(&root, whole, tracker, key, eid), OK);
	return root;
}

static enum status read_receipt(void *ctx, const char *path)
{
	return receipt_read(ctx, record, path);
}

static void test_receipt(void **state)
{
	static const struct paper_fault faults[] = {
	    {"format", "\"VEMRE-V2\"", "formato"},
	    {"format", NULL, "format"},
	    {"more", "1", "more"},
	    {"eid", ZERO_HASH, "otra elección"},
	    {"eid", "\"00\"", "eid"},
	    {"tracker", ZERO_HASH, "no es de ninguna llave"},
	    {"tracker", "7", "tracker"},
	    {"signature", "7", "signature"},
	    {"signature", "\"\"", "no es de ninguna llave"},
	    {"signature", "\"30060201010201\"", "no es de ninguna llave"},
	    {"signature", "\"3006020101020101\"", "no es de ninguna llave"},
	    {"signature", "\"3006020101020101f\"", "hexadecimal"},
	    {"signature", "\"3006020101020101FF\"", "hexadecimal"},
	};
	uint8_t stray[32] = {9};
	struct receipt r;
	json_t *root = NULL;
	char longer[2 * 73 + 3];
	EVP_PKEY *stranger;
	struct point key;

	(void)state;
	for (unsigned i = 0; i < whole->n_ballots; i++) { /* every ballot's */
		root = receipt_of(whole->ballots[i].tracker, whole->system, whole->eid);
		papers_write(in_folder("receipt.json"), root);
		assert_int_equal(receipt_read(&r, record, in_folder("receipt.json")), OK);
		assert_true(r.box);
		assert_memory_equal(r.tracker, whole->ballots[i].tracker, 32);
		assert_int_equal(strlen(r.code), CODE_SIZE - 1);
		if (i + 1 < whole->n_ballots)
			json_decref(root);
	}
	papers_refuse(root, in_folder("receipt.json"), faults, COUNT(faults), read_receipt, &r);
	papers_refuse_bytes(root, in_folder("receipt.json"), read_receipt, &r);
	memset(longer, '0', sizeof longer); /* 73 bytes: no room is made for them */
	longer[0] = longer[2 * 73 + 1] = '"';
	longer[2 * 73 + 2] = '\0';
	papers_refuse(root, in_folder("receipt.json"), &(struct paper_fault){"signature", longer, "hexadecimal"}, 1, read_receipt,
	              &r);
	json_decref(root);
	/* by another's key; by the system's, of another election; of a ballot that is not there */
	assert_non_null(stranger = signing_new(&key));
	papers_write(in_folder("a.json"), root = receipt_of(whole->ballots[0].tracker, stranger, whole->eid));
	SAID(receipt_read(&r, record, in_folder("a.json")), E_EVIDENCE);
	vectors_about(why, "no es de ninguna llave", "stranger");
	json_decref(root);
	papers_write(in_folder("a.json"), root = receipt_of(whole->ballots[0].tracker, whole->system, stray));
	SAID(receipt_read(&r, record, in_folder("a.json")), E_EVIDENCE);
	vectors_about(why, "no es de ninguna llave", "another eid signed");
	json_decref(root);
	papers_write(in_folder("a.json"), root = receipt_of(stray, whole->system, whole->eid));
	SAID(receipt_read(&r, record, in_folder("a.json")), E_EVIDENCE);
	vectors_about(why, "no está en la urna", "a ballot dropped");
	/* before there is a box the signature alone is told; a box that cannot be read tells nothing */
	assert_int_equal(rename(whole_path(whole, "encrypted-votes.box"), in_folder("box")), 0);
	assert_int_equal(receipt_read(&r, record, in_folder("a.json")), OK);
	assert_false(r.box);
	assert_int_equal(file_create(whole_path(whole, "encrypted-votes.box"), "VMX1", 4, 0600), OK);
	SAID(receipt_read(&r, record, in_folder("a.json")), E_EVIDENCE);
	vectors_about(why, "urna", "a broken box");
	assert_int_equal(rename(in_folder("box"), whole_path(whole, "encrypted-votes.box")), 0);
	json_decref(root);
	EVP_PKEY_free(stranger);
}

/* ---- the lottery */

static json_t *draw(unsigned n, unsigned m)
{
	json_t *root;

	assert_int_equal(made_lottery(&root, whole, n, m), OK);
	return root;
}

static enum status read_lottery(void *ctx, const char *path)
{
	return lottery_read(ctx, record, path);
}

static void test_lottery(void **state)
{
	static const struct paper_fault faults[] = {
	    {"format", "\"VEMRE-V2\"", "formato"},
	    {"more", "1", "more"},
	    {"eid", ZERO_HASH, "otra elección"},
	    {"eid", "7", "eid"},
	    {"commitment", ZERO_HASH, "no es la del compromiso"},
	    {"commitment", "\"00\"", "commitment"},
	    {"entropy", ZERO_HASH, "no es la del compromiso"},
	    {"entropy", NULL, "entropy"},
	    {"entropy", "\"xx\"", "entropy"},
	    {"spoken", "[]", "faltan los números"},
	    {"spoken", "\"17\"", "faltan los números"},
	    {"spoken", "{\"1\": \"17\", \"2\": \"4\"}", "faltan los números"},
	    {"spoken", "[\"4\", \"17\"]", "el orden no es"},
	    {"spoken", "[\"174\"]", "el orden no es"},
	    {"spoken.0", "\"\"", "en cifras"},
	    {"spoken.0", "17", "en cifras"},
	    {"spoken.0", "\"1 7\"", "en cifras"},
	    {"spoken.0", "\"-17\"", "en cifras"},
	    {"spoken.0", "\"00000000000000000000000000000000000000017\"", "en cifras"}, /* 41 of 40 */
	    {"n", "0", "«n»"},
	    {"n", "5.0", "«n»"},
	    {"n", "256", "«n»"},
	    {"m", "0", "«m»"},
	    {"m", "6", "«m»"},
	    {"n", "4", "no es el sorteo de 3 entre 5"},
	    {"m", "2", "no es el sorteo de 3 entre 5"},
	    {"order", "{}", "números dichos o el orden"},
	    {"order", "[1, 2, 3, 4]", "números dichos o el orden"},
	    {"order", "[1, 2, 3, 4, 5, 6]", "números dichos o el orden"},
	    {"order", "[1, 1, 1, 1, 1]", "el orden no es"},
	    {"order.0", "\"1\"", "el orden no es"},
	    {"order.4", "4294967297", "el orden no es"},
	    {"order.4", "-1", "el orden no es"},
	};
	json_t *root = draw(5, 3), *many;
	struct lottery l;

	(void)state;
	papers_write(in_folder("lottery.json"), root);
	assert_int_equal(lottery_read(&l, record, in_folder("lottery.json")), OK);
	assert_int_equal(l.n, 5);
	assert_int_equal(l.m, 3);
	for (unsigned i = 0; i < 5; i++)
		assert_int_equal(l.order[i], json_integer_value(json_array_get(json_object_get(root, "order"), i)));
	papers_refuse(root, in_folder("lottery.json"), faults, COUNT(faults), read_lottery, &l);
	papers_refuse_bytes(root, in_folder("lottery.json"), read_lottery, &l);
	many = json_deep_copy(root);
	while (json_array_size(json_object_get(many, "spoken")) <= LOTTERY_SPOKEN_MAX)
		json_array_append_new(json_object_get(many, "spoken"), json_string("1"));
	papers_write(in_folder("lottery.json"), many);
	SAID(read_lottery(&l, in_folder("lottery.json")), E_EVIDENCE);
	vectors_about(why, "números dichos", "65 of 64");
	json_decref(many);
	json_decref(root);
	/* a draw made well, but among others than this election's cards, or of fewer than open */
	for (unsigned n = 4; n <= 6; n++)
		for (unsigned m = 2; m <= 4; m++) {
			papers_write(in_folder("lottery.json"), root = draw(n, m));
			SAID(read_lottery(&l, in_folder("lottery.json")), n == 5 && m == 3 ? OK : E_EVIDENCE);
			json_decref(root);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_receipt), cmocka_unit_test(test_lottery)};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
