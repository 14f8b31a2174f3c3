/* Which lists there are (PROTOCOL 9): small ones joined, or a contest withheld. */
#include "election/lists.h"
#include "unit/sample.h"
#include "unit/vectors.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* Four districts, in an order that is not their names'; one contest by district, one whole, one of two districts. */
static struct definition *definition(int min_list)
{
	static const char *const ids[] = {"c", "a", "d", "b"};
	json_t *root = sample_load("simulacro.json");
	struct definition *d;

	assert_non_null(root);
	json_array_clear(sample_at(root, "districts"));
	for (int i = 0; i < 4; i++)
		json_array_append_new(sample_at(root, "districts"), json_pack("{s:s, s:s}", "id", ids[i], "name", ids[i]));
	sample_set(root, "min_list", json_integer(min_list));
	sample_set(root, "contests.1.districts", json_pack("[s, s]", "a", "d"));
	assert_int_equal(sample_read(&d, root), OK);
	json_decref(root);
	return d;
}

/* "name:total" of every list, "!" after a withheld one. */
static void plan(char out[1024], const struct definition *d, uint64_t c, uint64_t a, uint64_t dd, uint64_t b)
{
	const uint64_t ballots[4] = {c, a, dd, b};
	struct election_lists *l;
	uint64_t sums[32] = {0};

	assert_int_equal(lists_plan(&l, d, ballots), OK);
	out[0] = '\0';
	for (size_t i = 0; i < l->n; i++)
		sprintf(out + strlen(out), "%s%s:%llu%s", i > 0 ? " " : "", l->lists[i].name,
		        (unsigned long long)l->lists[i].total, l->lists[i].withheld ? "!" : "");
	/* every ballot's row goes to a list, and the totals are right */
	for (unsigned k = 0; k < d->n_contests; k++)
		for (unsigned i = 0; i < 4; i++) {
			int at = l->of[k * 4 + i];

			assert_int_equal(at >= 0, d->contests[k].in_district[i]);
			if (at >= 0) {
				assert_ptr_equal(l->lists[at].contest, &d->contests[k]);
				sums[at] += ballots[i];
			}
		}
	for (size_t i = 0; i < l->n; i++)
		assert_int_equal(sums[i], l->lists[i].total);
	lists_free(l);
}

static void test_plans(void **state)
{
	static const struct {
		uint64_t c, a, d, b;
		const char *lists;
	} cases[] = {
	    /* nobody has voted: zeros, nothing withheld */
	    {0, 0, 0, 0, "presidencia:0 jefatura-cdmx:0 senadurias.c:0 senadurias.a:0 senadurias.d:0 senadurias.b:0"},
	    /* all large */
	    {5, 6, 7, 8, "presidencia:26 jefatura-cdmx:13 senadurias.c:5 senadurias.a:6 senadurias.d:7 senadurias.b:8"},
	    /* exactly min_list is not small */
	    {5, 5, 5, 5, "presidencia:20 jefatura-cdmx:10 senadurias.c:5 senadurias.a:5 senadurias.d:5 senadurias.b:5"},
	    /* two small ones that are enough together */
	    {4, 6, 3, 8, "presidencia:21 jefatura-cdmx:9 senadurias.a:6 senadurias.b:8 senadurias.rest:7"},
	    /* one small one takes the smallest of the others */
	    {4, 6, 7, 8, "presidencia:25 jefatura-cdmx:13 senadurias.d:7 senadurias.b:8 senadurias.rest:10"},
	    /* a tie: first by name (a, not c nor b) */
	    {6, 6, 4, 6, "presidencia:22 jefatura-cdmx:10 senadurias.c:6 senadurias.b:6 senadurias.rest:10"},
	    {6, 0, 4, 6, "presidencia:16 jefatura-cdmx:4! senadurias.c:6 senadurias.a:0 senadurias.rest:10"},
	    /* two small ones that are not enough: a third joins */
	    {1, 2, 9, 8, "presidencia:20 jefatura-cdmx:11 senadurias.d:9 senadurias.rest:11"},
	    /* all joined */
	    {2, 2, 2, 2, "presidencia:8 jefatura-cdmx:4! senadurias.rest:8"},
	    {1, 1, 1, 9, "presidencia:12 jefatura-cdmx:2! senadurias.rest:12"},
	    {1, 1, 1, 2, "presidencia:5 jefatura-cdmx:2! senadurias.rest:5"},
	    /* empty ones stay as zeros, and are never joined */
	    {0, 6, 0, 1, "presidencia:7 jefatura-cdmx:6 senadurias.c:0 senadurias.d:0 senadurias.rest:7"},
	    /* under min_list altogether: withheld, in one list */
	    {1, 1, 1, 1, "presidencia:4! jefatura-cdmx:2! senadurias:4!"},
	    {4, 0, 0, 0, "presidencia:4! jefatura-cdmx:0 senadurias:4!"},
	    {0, 0, 0, 1, "presidencia:1! jefatura-cdmx:0 senadurias:1!"},
	    /* a contest of two districts counts those alone */
	    {0, 2, 2, 9, "presidencia:13 jefatura-cdmx:4! senadurias.c:0 senadurias.rest:13"},
	};
	struct definition *d = definition(5);
	char out[1024];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		plan(out, d, cases[i].c, cases[i].a, cases[i].d, cases[i].b);
		assert_string_equal(out, cases[i].lists);
	}
	definition_free(d);
}

static void test_least_min(void **state)
{
	struct definition *d = definition(2);
	char out[1024];

	(void)state;
	plan(out, d, 1, 2, 3, 0);
	assert_string_equal(out, "presidencia:6 jefatura-cdmx:5 senadurias.d:3 senadurias.b:0 senadurias.rest:3");
	plan(out, d, 1, 1, 0, 0);
	assert_string_equal(out, "presidencia:2 jefatura-cdmx:1! senadurias.d:0 senadurias.b:0 senadurias.rest:2");
	plan(out, d, 2, 2, 2, 2);
	assert_string_equal(out,
	                    "presidencia:8 jefatura-cdmx:4 senadurias.c:2 senadurias.a:2 senadurias.d:2 senadurias.b:2");
	plan(out, d, 1000000000, 1, 2000000000, 3000000000);
	assert_string_equal(out, "presidencia:6000000001 jefatura-cdmx:2000000001 senadurias.d:2000000000 "
	                         "senadurias.b:3000000000 senadurias.rest:1000000001");
	definition_free(d);
}

/* The vector: record-small's own results name the lists that its ballots by district must give. */
static void test_record_small(void **state)
{
	json_t *root = sample_load("record-small/election.json"), *results = sample_load("record-small/results.json");
	const json_t *lists = vectors_get(results, "lists"), *x;
	uint64_t ballots[3] = {2, 3, 3};
	struct election_lists *l;
	struct definition *d;
	size_t i;

	(void)state;
	assert_int_equal(sample_read(&d, root), OK);
	assert_int_equal(lists_plan(&l, d, ballots), OK);
	assert_int_equal(l->n, json_array_size(lists));
	json_array_foreach((json_t *)(uintptr_t)lists, i, x) {
		assert_string_equal(l->lists[i].name, vectors_text(x, "list"));
		assert_int_equal(l->lists[i].total, vectors_int(x, "total"));
		assert_int_equal(l->lists[i].withheld, json_is_true(json_object_get(x, "withheld")));
	}
	lists_free(l);
	definition_free(d);
	json_decref(root);
	json_decref(results);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_plans),
	    cmocka_unit_test(test_least_min),
	    cmocka_unit_test(test_record_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
