/* fcgi/backend/place.c: addresses in all their forms, networks; countries by the real database where it is there. */
#include "backend/place.c"
#include <unistd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void test_address(void **state)
{
	uint8_t a[16];

	(void)state;
	assert_true(place_address(a, "203.0.113.9"));
	assert_int_equal(a[15], 9);
	assert_int_equal(a[10], 0xff);
	assert_true(place_address(a, "2001:db8::1"));
	assert_false(place_address(a, ""));
	assert_false(place_address(a, "203.0.113"));
	assert_false(place_address(a, "203.0.113.9, 8.8.8.8"));
	assert_false(place_address(a, "localhost"));
}

static void test_subscriber(void **state)
{
	uint8_t a[16], b[16];

	(void)state;
	place_address(a, "2001:db8:1:2:3:4:5:6");
	place_address(b, "2001:db8:1:2:9:9:9:9");
	place_subscriber(a);
	place_subscriber(b);
	assert_memory_equal(a, b, 16);
	place_address(b, "2001:db8:1:3::");
	place_subscriber(b);
	assert_memory_not_equal(a, b, 16);
	place_address(a, "203.0.113.9");
	place_address(b, "203.0.113.8");
	place_subscriber(a);
	place_subscriber(b);
	assert_memory_not_equal(a, b, 16);
}

static bool in(const char *address, const char *network)
{
	uint8_t a[16];
	bool known;

	assert_true(place_address(a, address));
	return place_in_network(a, network, &known);
}

static void test_network(void **state)
{
	uint8_t a[16] = {0};
	bool known;

	(void)state;
	assert_true(in("203.0.113.9", "203.0.113.0/24"));
	assert_true(in("203.0.113.9", "203.0.113.9"));
	assert_true(in("203.0.113.9", "0.0.0.0/0"));
	assert_false(in("203.0.114.9", "203.0.113.0/24"));
	assert_false(in("2001:db8::1", "0.0.0.0/0"));
	assert_true(in("2001:db8:0:ffff::1", "2001:db8::/32"));
	assert_false(in("2001:db9::1", "2001:db8::/32"));
	assert_true(in("203.0.113.129", "203.0.113.128/25"));
	assert_false(in("203.0.113.127", "203.0.113.128/25"));
	for (const char *const *bad = (const char *const[]){"", "x", "203.0.113.0/33", "203.0.113.0/", "203.0.113.0/-1",
	                                                     "2001:db8::/129", "203.0.113.0/24x",
	                                                     "203.0.113.0/18446744073709551615" /* + 96 is 95 */,
	                                                     "203.0.113.0/" /* cut there, it would be one */
	                                                     "000000000000000000000000000000000000000000000000024000", NULL};
	     *bad != NULL; bad++) {
		assert_false(place_in_network(a, *bad, &known));
		assert_false(known);
	}
}

static void test_country(void **state)
{
	static const struct {
		const char *address, *country;
	} known[] = {{"8.8.8.8", "US"}, {"189.203.1.7", "MX"}, {"::ffff:189.203.1.7", "MX"},
	             {"64:ff9b::bdcb:107", "MX"}, {"2002:bdcb:107::1", "MX"}, {"2806:10ae::1", "MX"},
	             {"2001:4860:4860::8888", "US"}, {"127.0.0.1", NULL}, {"10.0.0.1", NULL}, {"::1", NULL}, {"", NULL}};
	const char *path = getenv("VEMRE_PLACE_DB");
	struct place *p = NULL;
	char country[3];

	(void)state;
	if (path == NULL)
		path = "test/node_modules/@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb";
	if (access(path, R_OK) != 0) {
		print_message("%s is not there: npm ci in test/\n", path);
		skip();
	}
	assert_int_equal(place_open(&p, path), OK);
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		bool found = place_country(p, country, known[i].address);

		assert_int_equal(found, known[i].country != NULL);
		if (found)
			assert_string_equal(country, known[i].country);
	}
	place_close(p);
	assert_int_equal(place_open(&p, "Makefile"), E_USAGE);
	assert_null(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_address), cmocka_unit_test(test_subscriber),
	                                   cmocka_unit_test(test_network), cmocka_unit_test(test_country)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
