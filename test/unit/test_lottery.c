/* The lottery (PROTOCOL 12): vectors, and that every order is a permutation. */
#include "base/report.h"
#include "protocol/lottery.h"
#include "unit/vectors.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void test_vectors(void **state)
{
	json_t *file = vectors_load("credentials.json");
	const json_t *list = vectors_get(file, "lottery"), *v;
	uint8_t eid[32], entropy[32], expected[32], out[32];
	const char *spoken[8];
	unsigned order[255];
	size_t i;

	(void)state;
	vectors_field(eid, 32, file, "eid");
	assert_true(json_array_size(list) > 0);
	json_array_foreach((json_t *)(uintptr_t)list, i, v) {
		const json_t *said = vectors_get(v, "spoken"), *result = vectors_get(v, "order");
		unsigned n = (unsigned)vectors_int(v, "n"), m = (unsigned)json_array_size(said);

		vectors_field(entropy, 32, v, "entropy");
		vectors_field(expected, 32, v, "commitment");
		assert_int_equal(lottery_commitment(out, eid, entropy), OK);
		assert_memory_equal(out, expected, 32);
		assert_in_range(m, 1, 8);
		for (unsigned j = 0; j < m; j++)
			spoken[j] = json_string_value(json_array_get(said, j));
		assert_int_equal(lottery_order(order, n, eid, entropy, spoken, m), OK);
		assert_int_equal(json_array_size(result), n);
		for (unsigned j = 0; j < n; j++)
			assert_int_equal(order[j], json_integer_value(json_array_get(result, j)));
	}
	json_decref(file);
}

static void test_permutations(void **state)
{
	uint8_t eid[32] = {1}, entropy[32] = {0};
	const char *spoken[] = {"12", "7"}, *joined[] = {"127"};
	unsigned first[5] = {0}, order[255], other[255];
	bool seen[256];

	(void)state;
	for (unsigned n = 1; n <= 255; n = n < 9 ? n + 1 : n + 41) {
		assert_int_equal(lottery_order(order, n, eid, entropy, spoken, 2), OK);
		memset(seen, 0, sizeof seen);
		for (unsigned i = 0; i < n; i++) {
			assert_in_range(order[i], 1, n);
			assert_false(seen[order[i]]);
			seen[order[i]] = true;
		}
	}
	/* "12", "7" is not "127"; and each of five comes first about as often (chance 10^-9 to fail) */
	assert_int_equal(lottery_order(order, 255, eid, entropy, spoken, 2), OK);
	assert_int_equal(lottery_order(other, 255, eid, entropy, joined, 1), OK);
	assert_memory_not_equal(order, other, sizeof order);
	for (unsigned i = 0; i < 2000; i++) {
		entropy[0] = (uint8_t)i;
		entropy[1] = (uint8_t)(i >> 8);
		assert_int_equal(lottery_order(order, 5, eid, entropy, spoken, 2), OK);
		first[order[0] - 1]++;
	}
	for (int i = 0; i < 5; i++)
		assert_in_range(first[i], 280, 520);
}

static void test_limits(void **state)
{
	uint8_t zero[32] = {0};
	unsigned order[1];
	char why[128];

	(void)state;
	report_capture_begin(why, sizeof why);
	assert_int_equal(lottery_order(order, 0, zero, zero, NULL, 0), E_USAGE);
	assert_int_equal(lottery_order(order, 256, zero, zero, NULL, 0), E_USAGE);
	report_capture_end();
	assert_int_equal(lottery_order(order, 1, zero, zero, NULL, 0), OK);
	assert_int_equal(order[0], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_vectors),
	    cmocka_unit_test(test_permutations),
	    cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
