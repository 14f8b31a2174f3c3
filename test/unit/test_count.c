/* The count (DESIGN 7): what each vote counts as, figures of lists, the remainder's way, common candidacies. */
#include "base/report.h"
#include "election/count.h"
#include "unit/sample.h"
#include "unit/vectors.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static json_t *file;
static struct definition *d; /* simulacro's, with the vectors' contest in it alone */

static int set_up(void **state)
{
	json_t *root = sample_load("simulacro.json"), *party;
	const json_t *option;
	size_t i;

	(void)state;
	file = vectors_load("count.json");
	json_array_clear(sample_at(root, "contests"));
	json_array_append(sample_at(root, "contests"), json_object_get(file, "contest"));
	party = json_deep_copy(sample_at(root, "parties.0"));
	json_array_clear(sample_at(root, "parties"));
	json_array_foreach(sample_at(root, "contests.0.options"), i, option) {
		json_t *p = json_deep_copy(party);

		json_object_set(p, "id", json_object_get(option, "id"));
		json_array_append_new(sample_at(root, "parties"), p);
	}
	json_decref(party);
	assert_int_equal(sample_read(&d, root), OK);
	json_decref(root);
	assert_int_equal(d->contests[0].w, 3);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	definition_free(d);
	json_decref(file);
	return 0;
}

static void test_votes(void **state)
{
	static const char *const kinds[] = {"null", "option", "combination", "unregistered"};
	const json_t *list = vectors_get(file, "votes"), *v;
	const struct contest *c = &d->contests[0];
	uint8_t plain[PLAIN_MAX];
	uint64_t marks;
	size_t i, len;

	(void)state;
	assert_true(json_array_size(list) >= 32);
	json_array_foreach((json_t *)(uintptr_t)list, i, v) {
		const char *why = vectors_text(v, "why"), *expected = vectors_text(v, "counts_as");
		enum vote_kind kind;
		char *name;

		vectors_field(plain, envelope_plain_len(c->w), v, "plain");
		kind = count_vote(&marks, &len, c, plain);
		if (strcmp(kinds[kind], expected) != 0)
			fail_msg("%s: counts as %s, should be %s", why, kinds[kind], expected);
		if (kind == COUNT_OPTION || kind == COUNT_COMBINATION) {
			name = count_combination_name(c, marks);
			assert_string_equal(name, vectors_text(v, "what"));
			free(name);
		} else if (kind == COUNT_UNREGISTERED) {
			assert_int_equal(len, strlen(vectors_text(v, "what")));
			assert_memory_equal(plain + 8, vectors_text(v, "what"), len);
		}
	}
}

static void plain_of(uint8_t plain[PLAIN_MAX], uint64_t marks, const char *text)
{
	memset(plain, 0, PLAIN_MAX);
	for (int i = 0; i < 8; i++)
		plain[i] = (uint8_t)(marks >> (56 - 8 * i));
	memcpy(plain + 8, text, strlen(text));
}

/* Every field of the vector's result is that of ours; ours has nothing more but what the vector leaves out. */
static void same_result(const json_t *expected, const json_t *mine)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)expected, key, value)
		if (!json_equal(value, json_object_get(mine, key)))
			fail_msg("%s: %s, should be %s", key, json_dumps(json_object_get(mine, key), JSON_ENCODE_ANY),
			         json_dumps(value, JSON_ENCODE_ANY));
}

static void test_counts(void **state)
{
	const json_t *list = vectors_get(file, "counts"), *v, *pair;
	uint8_t plain[PLAIN_MAX];
	size_t i, j;

	(void)state;
	assert_true(json_array_size(list) >= 6);
	json_array_foreach((json_t *)(uintptr_t)list, i, v) {
		struct count *c;
		json_t *mine;

		assert_int_equal(count_new(&c, &d->contests[0]), OK);
		json_array_foreach((json_t *)(uintptr_t)vectors_get(v, "marks_and_votes"), j, pair) {
			plain_of(plain, (uint64_t)json_integer_value(json_array_get(pair, 0)), "");
			for (json_int_t k = 0; k < json_integer_value(json_array_get(pair, 1)); k++)
				assert_int_equal(count_add(c, plain), OK);
		}
		assert_int_equal(count_finish(c), OK);
		assert_non_null(mine = count_json(c, "presidencia", NULL));
		same_result(vectors_get(v, "result"), mine);
		assert_null(json_object_get(mine, "district"));
		assert_int_equal(json_integer_value(json_object_get(mine, "malformed")), 0);
		assert_int_equal(json_object_size(mine), 11);
		json_decref(mine);
		/* finishing twice changes nothing */
		assert_int_equal(count_finish(c), OK);
		mine = count_json(c, "x.09", "09");
		same_result(vectors_get(v, "result"), mine);
		assert_string_equal(json_string_value(json_object_get(mine, "district")), "09");
		json_decref(mine);
		count_free(c);
	}
}

static void test_write_ins_and_malformed(void **state)
{
	static const char *const texts[] = {"Zoe", "Ana", "Zoe", "\xc3\x91u", "Ana", "Ana", "__proto__"};
	uint8_t plain[PLAIN_MAX];
	struct count *c;
	json_t *mine, *w;

	(void)state;
	assert_int_equal(count_new(&c, &d->contests[0]), OK);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		plain_of(plain, 1u << 7, texts[i]);
		assert_int_equal(count_add(c, plain), OK);
	}
	count_add_malformed(c);
	count_add_malformed(c);
	plain_of(plain, 0, "");
	assert_int_equal(count_add(c, plain), OK);
	assert_int_equal(count_finish(c), OK);
	mine = count_json(c, "x", NULL);
	w = json_object_get(mine, "write_ins");
	assert_int_equal(json_object_size(w), 4);
	assert_int_equal(json_integer_value(json_object_get(w, "Ana")), 3);
	assert_int_equal(json_integer_value(json_object_get(w, "Zoe")), 2);
	assert_int_equal(json_integer_value(json_object_get(w, "__proto__")), 1);
	assert_int_equal(json_integer_value(json_object_get(mine, "unregistered")), 7);
	assert_int_equal(json_integer_value(json_object_get(mine, "malformed")), 2);
	assert_int_equal(json_integer_value(json_object_get(mine, "null")), 1);
	assert_int_equal(json_integer_value(json_object_get(mine, "total")), 10);
	json_decref(mine);
	count_free(c);
}

/* DESIGN 7's rows where there is no write-in: the mark after the last option is beyond, any text is null. */
static void test_no_write_in(void **state)
{
	struct contest c = d->contests[0];
	uint8_t plain[PLAIN_MAX];
	uint64_t marks;
	size_t len;

	(void)state;
	c.write_in_bytes = 0;
	c.w = 2;
	plain_of(plain, 1, "");
	assert_int_equal(count_vote(&marks, &len, &c, plain), COUNT_OPTION);
	plain_of(plain, 1u << 7, "");
	assert_int_equal(count_vote(&marks, &len, &c, plain), COUNT_NULL);
	plain_of(plain, 1u << 7, "A");
	assert_int_equal(count_vote(&marks, &len, &c, plain), COUNT_NULL);
	plain_of(plain, 1, "A");
	assert_int_equal(count_vote(&marks, &len, &c, plain), COUNT_NULL);
	plain_of(plain, 0x28, ""); /* pvem and mc: no coalition holds both */
	assert_int_equal(count_vote(&marks, &len, &c, plain), COUNT_NULL);
	plain_of(plain, 0x48, ""); /* pvem and morena */
	assert_int_equal(count_vote(&marks, &len, &c, plain), COUNT_COMBINATION);
}

/* 63 options: the highest mark is one of them. */
static void test_most_options(void **state)
{
	struct option options[63];
	struct contest c = {.id = "x", .w = 2, .n_options = 63, .options = options, .n_candidates = 1};
	struct candidate one = {"uno", "Uno"};
	uint8_t plain[PLAIN_MAX];
	uint64_t marks;
	struct count *k;
	size_t len;

	(void)state;
	memset(options, 0, sizeof options);
	for (int i = 0; i < 63; i++)
		options[i].id = "o";
	c.candidates = &one;
	plain_of(plain, (uint64_t)1 << 62, "");
	assert_int_equal(count_vote(&marks, &len, &c, plain), COUNT_OPTION);
	assert_int_equal(count_new(&k, &c), OK);
	assert_int_equal(count_add(k, plain), OK);
	assert_int_equal(count_finish(k), OK);
	assert_int_equal(k->options[62], 1);
	assert_int_equal(k->candidates[0], 1);
	count_free(k);
	plain_of(plain, (uint64_t)1 << 63, "");
	assert_int_equal(count_vote(&marks, &len, &c, plain), COUNT_NULL);
	c.write_in_bytes = 4; /* bit 63 is then the write-in's */
	plain_of(plain, (uint64_t)1 << 63, "Ana");
	assert_int_equal(count_vote(&marks, &len, &c, plain), COUNT_UNREGISTERED);
}

static void test_utf8(void **state)
{
	static const struct {
		const char *text;
		enum vote_kind kind;
	} cases[] = {
	    {"\xf4\x8f\xbf\xbf", COUNT_UNREGISTERED}, /* U+10FFFF */
	    {"\xf4\x90\x80\x80", COUNT_NULL},         /* beyond */
	    {"\xf5\x80\x80\x80", COUNT_NULL},
	    {"\xf0\x80\x80\xaf", COUNT_NULL}, /* overlong in four */
	    {"\xe0\x80\xaf", COUNT_NULL},     /* in three */
	    {"\xc1\xbf", COUNT_NULL},         /* in two */
	    {"\xe2\x80", COUNT_NULL},         /* cut */
	    {"\x80", COUNT_NULL},             /* begins in the middle */
	    {"\xed\x9f\xbf", COUNT_UNREGISTERED},
	    {"\xed\xa0\x80", COUNT_NULL}, /* a surrogate */
	    {"\xee\x80\x80", COUNT_UNREGISTERED},
	    {"\xc2\x9f", COUNT_NULL},         /* U+009F */
	    {"\xc2\xa0", COUNT_NULL},         /* blank */
	    {"\xc2\xa1", COUNT_UNREGISTERED}, /* U+00A1 */
	    {"a\tb", COUNT_NULL},
	    {"~", COUNT_UNREGISTERED},
	    {"\xe2\x80\xa7", COUNT_UNREGISTERED}, /* U+2027, U+202A: around the two that are refused */
	    {"\xe2\x80\xaa", COUNT_UNREGISTERED},
	};
	uint8_t plain[PLAIN_MAX];
	uint64_t marks;
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		plain_of(plain, 1u << 7, cases[i].text);
		if (count_vote(&marks, &len, &d->contests[0], plain) != cases[i].kind)
			fail_msg("text %zu", i);
	}
}

/* A common candidacy's shares by largest remainder, ties by the definition's order. */
static void test_common_shares(void **state)
{
	static const struct {
		unsigned n, shares[4];
		uint64_t votes, expected[4];
	} cases[] = {
	    {3, {50, 30, 20}, 10, {5, 3, 2}},
	    {3, {50, 30, 20}, 11, {6, 3, 2}},       /* 5.5 3.3 2.2 */
	    {3, {15, 15, 70}, 1, {0, 0, 1}},        /* .15 .15 .70 */
	    {3, {15, 15, 70}, 9, {2, 1, 6}},        /* 1.35 1.35 6.30: the tie goes to the first */
	    {2, {50, 50}, 7, {4, 3}},
	    {4, {25, 25, 25, 25}, 3, {1, 1, 1, 0}},
	    {4, {25, 25, 25, 25}, 0, {0, 0, 0, 0}},
	    {3, {0, 1, 99}, 1, {0, 0, 1}},
	    {3, {0, 0, 100}, 12345, {0, 0, 12345}},
	    {2, {33, 67}, 100000000, {33000000, 67000000}},
	};
	uint64_t out[4];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned shares[4];
		struct option o = {.kind = OPTION_COMMON, .n_parties = cases[i].n, .shares = shares};

		memcpy(shares, cases[i].shares, sizeof shares);
		count_common_shares(out, &o, cases[i].votes);
		for (unsigned k = 0; k < cases[i].n; k++)
			if (out[k] != cases[i].expected[k])
				fail_msg("case %zu, party %u: %llu", i, k, (unsigned long long)out[k]);
	}
}

/* The standing case (test/load/mx-2024-votes.json): public totals exact, split as doc/count.md says. */
static void add_row(struct count *c, const json_t *row, unsigned n_options)
{
	const char *text = json_string_value(json_object_get(row, "write_in"));
	uint8_t plain[PLAIN_MAX] = {0};
	uint64_t marks = text != NULL ? UINT64_C(1) << n_options : 0;
	const json_t *id;
	size_t i;

	json_array_foreach(json_object_get(row, "options"), i, id)
		for (unsigned o = 0; o < n_options; o++)
			if (strcmp(c->contest->options[o].id, json_string_value(id)) == 0)
				marks |= UINT64_C(1) << o;
	for (i = 0; i < 8; i++)
		plain[i] = (uint8_t)(marks >> (56 - 8 * i));
	if (text != NULL)
		memcpy(plain + 8, text, strlen(text));
	for (json_int_t v = 0; v < json_integer_value(json_object_get(row, "votes")); v++)
		assert_int_equal(count_add(c, plain), OK);
}

static void test_standing_case(void **state)
{
	static const uint64_t credited[] = {71383, 11468, 3707, 9254, 8496, 4434, 73772};
	struct definition *mx = NULL;
	struct count *c = NULL;
	json_t *votes = json_load_file("test/load/mx-2024-votes.json", JSON_REJECT_DUPLICATES, NULL), *row;
	size_t i;

	(void)state;
	if (votes == NULL) {
		printf("skip: test/load is not here\n");
		skip();
	}
	assert_int_equal(definition_open(&mx, "test/elections/mx-2024.json"), OK);
	assert_int_equal(count_new(&c, definition_contest(mx, "presidencia")), OK);
	json_array_foreach(json_object_get(votes, "rows"), i, row)
		add_row(c, row, c->contest->n_options);
	assert_int_equal(count_finish(c), OK);
	assert_int_equal(c->total, 184376);
	assert_int_equal(c->candidates[0], 86558); /* Gálvez */
	assert_int_equal(c->candidates[1], 91522); /* Sheinbaum */
	assert_int_equal(c->candidates[2], 4434);  /* Álvarez */
	assert_int_equal(c->null_votes, 1170);
	assert_int_equal(c->unregistered, 692);
	for (i = 0; i < 7; i++)
		assert_int_equal(c->credited[i], credited[i]);
	count_free(c);
	definition_free(mx);
	json_decref(votes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_standing_case),
	    cmocka_unit_test(test_votes),        cmocka_unit_test(test_counts),
	    cmocka_unit_test(test_write_ins_and_malformed),
	    cmocka_unit_test(test_no_write_in),  cmocka_unit_test(test_most_options),
	    cmocka_unit_test(test_utf8),         cmocka_unit_test(test_common_shares),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
