/* The record's files one by one (PROTOCOL 9, 10, 11): written, read back, and refused when they are not what they say. */
#include "base/file.h"
#include "base/report.h"
#include "protocol/hash.h"
#include "record/box.h"
#include "record/chain.h"
#include "record/folder.h"
#include "record/list.h"
#include "record/votes.h"
#include "unit/folder.h"
#include "unit/signing.h"
#include "unit/vectors.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char why[512];

static struct point some_point(void)
{
	struct scalar s;
	struct point p;

	assert_int_equal(scalar_random(&s), OK);
	assert_int_equal(point_mul_base(&p, &s), OK);
	return p;
}

static void test_keys(void **state)
{
	struct keys_file *k = calloc(1, sizeof *k), *back;

	(void)state;
	strcpy(k->election, "una");
	k->threshold = 2;
	k->cards = 3;
	for (int i = 0; i < 3; i++)
		k->members[i].name = strdup("\xc3\x91 \"quoted\"");
	for (int i = 0; i < 2; i++)
		k->commitments[i] = some_point();
	for (int i = 0; i < 4; i++)
		k->committee_key[i] = some_point();
	k->election_key = some_point();
	assert_int_equal(keys_file_write(k, in_folder("keys.json")), OK);
	SAID(keys_file_write(k, in_folder("keys.json")), E_STATE);
	assert_int_equal(keys_file_open(&back, in_folder("keys.json")), OK);
	assert_string_equal(back->election, "una");
	assert_int_equal(back->threshold, 2);
	assert_int_equal(back->cards, 3);
	assert_string_equal(back->members[2].name, k->members[2].name);
	assert_memory_equal(back->commitments, k->commitments, 2 * sizeof(struct point));
	assert_memory_equal(back->committee_key, k->committee_key, sizeof k->committee_key);
	assert_true(point_equal(&back->election_key, &k->election_key));
	keys_file_free(back);
	k->committee_key[3] = k->committee_key[1]; /* all distinct */
	assert_int_equal(keys_file_write(k, in_folder("same.json")), OK);
	SAID(keys_file_open(&back, in_folder("same.json")), E_EVIDENCE);
	assert_null(back);
	vectors_about(why, "no son distintas", "B_2 = B_4");
	keys_file_free(k);
}

static void test_opening_and_seal(void **state)
{
	struct opening_file o = {.election = "una", .n_system_keys = 2, .opened = "2027-05-15T20:00:00-06:00"}, back;
	struct seal_file s = {.ballots = 3, .closed = "2027-06-06T18:00:00-06:00"}, sback;
	struct point stranger_key;
	EVP_PKEY *keys[2], *stranger = signing_new(&stranger_key);
	struct buffer m = BUFFER_INIT;

	(void)state;
	for (int i = 0; i < 2; i++)
		assert_non_null(keys[i] = signing_new(&o.system_keys[i]));
	o.registrar_key = some_point();
	memset(o.system_hash, 7, 32);
	assert_int_equal(opening_file_write(&o, in_folder("opening.json")), OK);
	assert_int_equal(opening_file_open(&back, in_folder("opening.json")), OK);
	assert_memory_equal(&o, &back, sizeof o);
	memset(s.eid, 1, 32);
	memset(s.box_sha256, 2, 32);
	memset(s.reissues_sha256, 3, 32);
	signature_seal_message(&m, s.eid, s.box_sha256, s.reissues_sha256, s.ballots, s.closed);
	for (int i = 0; i < 2; i++) { /* by any of the system's keys */
		assert_int_equal(signing_sign(s.signature, &s.signature_len, keys[i], m.data, m.len), OK);
		assert_true(seal_signed(&s, &o));
	}
	assert_int_equal(seal_file_write(&s, in_folder("seal.json")), OK);
	assert_int_equal(seal_file_open(&sback, in_folder("seal.json")), OK);
	assert_true(seal_signed(&sback, &o));
	sback.ballots++;
	assert_false(seal_signed(&sback, &o));
	sback.ballots--;
	sback.closed[0] = '3';
	assert_false(seal_signed(&sback, &o));
	assert_int_equal(signing_sign(s.signature, &s.signature_len, stranger, m.data, m.len), OK);
	assert_false(seal_signed(&s, &o));
	s.signature_len = 0;
	assert_false(seal_signed(&s, &o));
	for (int i = 0; i < 2; i++)
		EVP_PKEY_free(keys[i]);
	EVP_PKEY_free(stranger);
	buffer_free(&m);
}

enum { BALLOT_LEN = 600 }; /* the shortest there can be has 494 bytes */

static void test_box(void **state)
{
	uint8_t eid[32] = {4}, other[32] = {5}, low[32] = {1}, high[32] = {2}, ballot[BALLOT_LEN];
	struct box_writer w;
	struct box *b;

	(void)state;
	memset(ballot, 'b', sizeof ballot);
	assert_int_equal(box_writer_open(&w, in_folder("a.box"), eid, 2), OK);
	assert_int_equal(box_writer_add(&w, low, "09", ballot, BALLOT_LEN), OK);
	SAID(box_writer_add(&w, low, "09", ballot, BALLOT_LEN), E_FAILED); /* not ascending */
	assert_int_equal(box_writer_add(&w, high, "14", ballot, BALLOT_LEN - 1), OK);
	assert_int_equal(box_writer_commit(&w), OK);
	assert_int_equal(box_open(&b, in_folder("a.box"), eid), OK);
	assert_int_equal(b->n, 2);
	assert_int_equal(b->entries[1].len, BALLOT_LEN - 1);
	assert_memory_equal(b->entries[1].ballot, ballot, BALLOT_LEN - 1);
	assert_int_equal(b->entries[1].district_len, 2);
	box_free(b);
	SAID(box_open(&b, in_folder("a.box"), other), E_EVIDENCE);
	vectors_about(why, "otra elección", "eid");
	/* fewer than promised: no file at all */
	assert_int_equal(box_writer_open(&w, in_folder("b.box"), eid, 2), OK);
	assert_int_equal(box_writer_add(&w, low, "09", ballot, BALLOT_LEN), OK);
	SAID(box_writer_commit(&w), E_FAILED);
	assert_false(file_exists(in_folder("b.box")));
	/* over an existing one: refused */
	assert_int_equal(box_writer_open(&w, in_folder("a.box"), eid, 0), OK);
	SAID(box_writer_commit(&w), E_STATE);
	/* none at all is a box too */
	assert_int_equal(box_writer_open(&w, in_folder("c.box"), eid, 0), OK);
	assert_int_equal(box_writer_commit(&w), OK);
	assert_int_equal(box_open(&b, in_folder("c.box"), eid), OK);
	assert_int_equal(b->n, 0);
	box_free(b);
}

/* A count or a length that cannot be asks for no memory and reads nothing beyond. */
static void test_box_lengths(void **state)
{
	static const struct {
		const char *head, *about; /* what follows the eid, then 600 zeros less `cut` */
		size_t len, cut;
	} cases[] = {
	    {"\xff\xff\xff\xff\xff\xff\xff\xff", "no cabe", 8, 0},
	    {"\0\0\0\0\0\0\0\2\2\x30\x39\0\0\0\0", "no cabe", 15, 0}, /* two that short there cannot be */
	    {"\0\0\0\0\0\0\0\1\2\x30\x39\xff\xff\xff\xff", "cortada", 15, 0},
	    {"\0\0\0\0\0\0\0\1\2\x30\x39\0\0\2\x59", "cortada", 15, 0}, /* 601 of 600 */
	    {"\0\0\0\0\0\0\0\1\2\x30\x39\0\0\2\x57", "sobran", 15, 0},  /* 599 */
	    {"\0\0\0\0\0\0\0\0", "sobran", 8, 0},
	    {"\0\0\0", "no cabe", 3, 600},
	    {"", "no cabe", 0, 600},
	};
	uint8_t eid[32] = {4}, bytes[36 + 16 + 600];
	struct box *b;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		memset(bytes, 0, sizeof bytes);
		memcpy(bytes, "VMX1", 4);
		memcpy(bytes + 4, eid, 32);
		memcpy(bytes + 36, cases[i].head, cases[i].len);
		assert_int_equal(
		    file_replace(in_folder("bad.box"), bytes, 36 + cases[i].len + 600 - cases[i].cut, 0600), OK);
		SAID(box_open(&b, in_folder("bad.box"), eid), E_EVIDENCE);
		assert_null(b);
		vectors_about(why, cases[i].about, "lengths");
	}
}

static void test_list(void **state)
{
	uint8_t eid[32] = {4}, other[32] = {5}, hash[32];
	struct list l = {.w = 2, .n = 3, .points = malloc(9 * sizeof(struct point))}, *back;

	(void)state;
	for (int i = 0; i < 9; i++)
		l.points[i] = some_point();
	assert_int_equal(list_write(&l, in_folder("0.list"), eid, "x.rest"), OK);
	assert_int_equal(file_sha256(hash, in_folder("0.list")), OK);
	assert_memory_equal(hash, l.sha256, 32);
	assert_int_equal(list_open(&back, in_folder("0.list"), eid, "x.rest", 2, 3), OK);
	assert_memory_equal(back->points, l.points, 9 * sizeof(struct point));
	assert_memory_equal(back->sha256, hash, 32);
	list_free(back);
	assert_int_equal(list_open(&back, in_folder("0.list"), eid, "x.rest", 2, 0), OK); /* any number */
	list_free(back);
	SAID(list_open(&back, in_folder("none.list"), eid, "x.rest", 2, 3), E_INCOMPLETE);
	vectors_about(why, "none.list", "no file");
	SAID(list_open(&back, in_folder("0.list"), other, "x.rest", 2, 3), E_EVIDENCE);
	vectors_about(why, "otra elección", "eid");
	SAID(list_open(&back, in_folder("0.list"), eid, "x", 2, 3), E_EVIDENCE);
	vectors_about(why, "no es «x»", "name");
	SAID(list_open(&back, in_folder("0.list"), eid, "x.rest", 3, 3), E_EVIDENCE);
	vectors_about(why, "ancho", "width");
	SAID(list_open(&back, in_folder("0.list"), eid, "x.rest", 2, 4), E_EVIDENCE);
	vectors_about(why, "número de votos", "number");
	assert_null(back);
	l.points[4] = POINT_INFINITY; /* has no encoding: 65 zeros are refused */
	assert_int_equal(list_write(&l, in_folder("1.list"), eid, "x.rest"), OK);
	SAID(list_open(&back, in_folder("1.list"), eid, "x.rest", 2, 3), E_EVIDENCE);
	vectors_about(why, "el voto 1", "infinity");
	free(l.points);
}

static void test_votes(void **state)
{
	struct opened_vote votes[4], back;
	struct buffer b = BUFFER_INIT;
	struct reader r;

	(void)state;
	memset(votes, 0, sizeof votes);
	for (int i = 0; i < 4; i++) {
		votes[i].status = (enum vote_status)i;
		memset(votes[i].inner, 0x10 + i, INNER_MAX);
		memset(votes[i].seed, 0x20 + i, SEED_BYTES);
		memset(votes[i].plain, 0x30 + i, PLAIN_MAX);
		votes[i].w = POINT_GENERATOR;
		votes_line(&b, "x", (uint64_t)i, 2, &votes[i]);
	}
	r = reader_of(b.data, b.len);
	for (uint64_t i = 0; i < 4; i++) {
		assert_int_equal(votes_read(&back, &r, "x", i, 2), OK);
		assert_int_equal(back.status, i);
		if (i != VOTE_UNDECODABLE)
			assert_memory_equal(back.inner, votes[i].inner, 60);
		if (i == VOTE_VALID)
			assert_memory_equal(back.plain, votes[i].plain, 12);
		if (i == VOTE_MISMATCH)
			assert_true(point_equal(&back.w, &POINT_GENERATOR));
	}
	assert_true(reader_end(&r));
	r = reader_of(b.data, b.len);
	SAID(votes_read(&back, &r, "x", 1, 2), E_EVIDENCE); /* another row */
	r = reader_of(b.data, b.len);
	SAID(votes_read(&back, &r, "y", 0, 2), E_EVIDENCE); /* another list */
	r = reader_of(b.data, b.len);
	SAID(votes_read(&back, &r, "x", 0, 3), E_EVIDENCE); /* another width */
	r = reader_of(b.data, b.len - 1);
	for (uint64_t i = 0; i < 3; i++)
		assert_int_equal(votes_read(&back, &r, "x", i, 2), OK);
	SAID(votes_read(&back, &r, "x", 3, 2), E_EVIDENCE); /* without its LF */
	buffer_free(&b);
}

/* Names of lists/NAME/: canonical numbers alone; one that would speak to a terminal is told harmlessly. */
static void test_chain_files(void **state)
{
	static const char *const bad[] = {"00.list", "+1.list", " 1.list", "1.list~", "1000.list", "-1.list", "1.lists",
	                                  "list", "0.proof", "x", "4294967296.list", ".hidden",
	                                  "\x1b[2J\x1b[HRESULTADO: el expediente se cumple en todo."};
	unsigned mixes;
	bool decrypted;
	char name[256];

	(void)state;
	SAID(chain_files(&mixes, &decrypted, in_folder("."), "x"), E_INCOMPLETE);
	assert_int_equal(file_mkdirs(in_folder("lists/x"), 0700), OK);
	SAID(chain_files(&mixes, &decrypted, in_folder("."), "x"), E_INCOMPLETE); /* no 0.list */
	assert_int_equal(file_create(in_folder("lists/x/0.list"), "", 0, 0600), OK);
	assert_int_equal(chain_files(&mixes, &decrypted, in_folder("."), "x"), OK);
	assert_int_equal(mixes, 0);
	assert_false(decrypted);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		snprintf(name, sizeof name, "lists/x/%s", bad[i]);
		assert_int_equal(file_create(in_folder(name), "", 0, 0600), OK);
		SAID(chain_files(&mixes, &decrypted, in_folder("."), "x"), E_EVIDENCE);
		assert_null(strchr(why, '\x1b'));
		assert_int_equal(remove(in_folder(name)), 0);
	}
	assert_int_equal(file_create(in_folder("lists/x/1.list"), "", 0, 0600), OK);
	SAID(chain_files(&mixes, &decrypted, in_folder("."), "x"), E_EVIDENCE);
	assert_int_equal(file_create(in_folder("lists/x/1.proof"), "", 0, 0600), OK);
	assert_int_equal(file_create(in_folder("lists/x/999.list"), "", 0, 0600), OK);
	SAID(chain_files(&mixes, &decrypted, in_folder("."), "x"), E_EVIDENCE); /* a gap */
	assert_int_equal(remove(in_folder("lists/x/999.list")), 0);
	assert_int_equal(file_create(in_folder("lists/x/decryption"), "", 0, 0600), OK);
	assert_int_equal(chain_files(&mixes, &decrypted, in_folder("."), "x"), OK);
	assert_int_equal(mixes, 1);
	assert_true(decrypted);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_keys), cmocka_unit_test(test_opening_and_seal), cmocka_unit_test(test_box),
	    cmocka_unit_test(test_box_lengths), cmocka_unit_test(test_list), cmocka_unit_test(test_votes),
	    cmocka_unit_test(test_chain_files),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
