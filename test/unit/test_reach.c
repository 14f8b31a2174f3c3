/* store/connection.h, connection_reach: what connecting to the database takes, from the connection string alone. */
#include "base/settings.h"
#include "store/connection.h"
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static enum status reach_of(struct connection_reach *out, const char *connection)
{
	char path[] = "/tmp/vemre-reach.XXXXXX";
	struct settings *s = NULL;
	int fd = mkstemp(path);
	enum status r;

	assert_true(fd >= 0);
	dprintf(fd, "database = { connection = \"%s\"; };\n", connection);
	close(fd);
	assert_int_equal(settings_open(&s, path), OK);
	r = connection_reach(out, s);
	settings_free(s);
	unlink(path);
	return r;
}

static bool internet(const char *connection)
{
	struct connection_reach reach;
	bool found;

	assert_int_equal(reach_of(&reach, connection), OK);
	found = reach.internet;
	connection_reach_free(&reach);
	return found;
}

static void test_internet(void **state)
{
	(void)state;
	assert_false(internet(""));
	assert_false(internet("port=5433"));
	assert_false(internet("host=/var/run/postgresql port=5432"));
	assert_false(internet("host=/one,/two"));
	assert_true(internet("host=db1"));
	assert_true(internet("host=/one,db2"));
	assert_true(internet("host=db1,db2 sslmode=verify-full target_session_attrs=read-write"));
	assert_true(internet("hostaddr=192.0.2.1"));
	assert_true(internet("service=vemre"));
	assert_true(internet("postgresql://db1:5432,db2:5432/?sslmode=verify-full"));
	setenv("PGHOST", "db3", 1);
	assert_true(internet("port=5433"));
	assert_false(internet("host=/var/run/postgresql"));
	unsetenv("PGHOST");
}

static bool has(const struct connection_reach *reach, const char *file)
{
	for (size_t i = 0; reach->files[i] != NULL; i++)
		if (strcmp(reach->files[i], file) == 0)
			return true;
	return false;
}

static void test_files(void **state)
{
	struct connection_reach reach;

	(void)state;
	setenv("HOME", "/home/somebody", 1);
	assert_int_equal(reach_of(&reach, "host=db1 sslrootcert=/a/ca.pem sslcert=/a/me.pem sslkey=/a/me.key passfile=/a/pass"), OK);
	assert_true(has(&reach, "/a/ca.pem") && has(&reach, "/a/me.pem") && has(&reach, "/a/me.key") && has(&reach, "/a/pass"));
	assert_true(has(&reach, "/home/somebody/.pgpass") && has(&reach, "/home/somebody/.postgresql"));
	assert_false(has(&reach, "/a/other"));
	connection_reach_free(&reach);
	unsetenv("HOME");
	assert_int_equal(reach_of(&reach, "host=db1"), OK);
	assert_null(reach.files[0]);
	connection_reach_free(&reach);
	assert_int_equal(reach_of(&reach, "host=db1 nonsense=1"), E_USAGE);
	connection_reach_free(&reach);
}

/* The account's name stands where the placeholder does: what is let through is what libpq will open. */
static void test_account(void **state)
{
	const struct passwd *me = getpwuid(geteuid());
	struct connection_reach reach;
	char mine[300];

	(void)state;
	assert_non_null(me);
	unsetenv("HOME");
	assert_int_equal(reach_of(&reach, "host=db1 sslcert=/a/{account}.crt sslkey=/a/{account}/{account}.key"), OK);
	snprintf(mine, sizeof mine, "/a/%s.crt", me->pw_name);
	assert_true(has(&reach, mine));
	snprintf(mine, sizeof mine, "/a/%s/%s.key", me->pw_name, me->pw_name);
	assert_true(has(&reach, mine));
	connection_reach_free(&reach);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_internet), cmocka_unit_test(test_files),
	                                   cmocka_unit_test(test_account)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
