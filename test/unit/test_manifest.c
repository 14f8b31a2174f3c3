/* lib/ceremony/manifest.c: the same folder gives the same lines; every difference is found. */
#include "ceremony/manifest.h"
#include "base/file.h"
#include "base/report.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

static char folder[] = "/tmp/vemre-manifest.XXXXXX";

static char *in(const char *name)
{
	static char path[128];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	return path;
}

static int make(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL || mkdir(in("b"), 0755) != 0 || file_create(in("a"), "abc", 3, 0644) != OK ||
	    file_create(in("b/c"), "", 0, 0755) != OK)
		return -1;
	return 0;
}

static int clear(void **state)
{
	(void)state;
	unlink(in("link"));
	unlink(in("b/c"));
	unlink(in("a"));
	rmdir(in("b"));
	return rmdir(folder);
}

static const struct manifest_root *root(void)
{
	static struct manifest_root r;

	r = (struct manifest_root){"root", folder};
	return &r;
}

static void test_lines(void **state)
{
	static const char expected[] =
	        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad 0644 3 root/a\n"
	        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0755 0 root/b/c\n";
	struct buffer b = BUFFER_INIT;

	(void)state;
	assert_int_equal(manifest_of(&b, root(), 1), OK);
	assert_string_equal(buffer_str(&b), expected);
	buffer_free(&b);
}

static void test_link(void **state)
{
	struct buffer b = BUFFER_INIT;
	char text[200];

	(void)state;
	assert_int_equal(symlink("a", in("link")), 0);
	report_capture_begin(text, sizeof text);
	assert_int_equal(manifest_of(&b, root(), 1), E_EVIDENCE);
	report_capture_end();
	assert_non_null(strstr(text, "link"));
	assert_int_equal(unlink(in("link")), 0);
	buffer_free(&b);
}

static enum status compare(const char *installed, const char *certified, char *text, unsigned size)
{
	struct buffer a = BUFFER_INIT, b = BUFFER_INIT;
	enum status r;

	buffer_text(&a, installed);
	buffer_text(&b, certified);
	report_capture_begin(text, size);
	r = manifest_compare(&a, &b);
	report_capture_end();
	buffer_free(&a);
	buffer_free(&b);
	return r;
}

static void test_compare(void **state)
{
	char text[200];

	(void)state;
	assert_int_equal(compare("00 0644 1 x/a\n00 0644 1 x/b\n", "00 0644 1 x/b\n00 0644 1 x/a\n", text, sizeof text), OK);
	assert_int_equal(compare("00 0644 1 x/a\n", "01 0644 1 x/a\n", text, sizeof text), E_EVIDENCE);
	assert_non_null(strstr(text, "x/a: no es el archivo certificado"));
	assert_int_equal(compare("00 0755 1 x/a\n", "00 0644 1 x/a\n", text, sizeof text), E_EVIDENCE);
	assert_int_equal(compare("00 0644 1 x/a\n00 0644 1 x/b\n", "00 0644 1 x/a\n", text, sizeof text), E_EVIDENCE);
	assert_non_null(strstr(text, "x/b: no está"));
	assert_int_equal(compare("00 0644 1 x/b\n", "00 0644 1 x/a\n00 0644 1 x/b\n", text, sizeof text), E_EVIDENCE);
	assert_non_null(strstr(text, "x/a: falta"));
	assert_int_equal(compare("", "", text, sizeof text), OK);
	assert_int_equal(compare("00 0644 1 x/a\n", "garbage\n", text, sizeof text), E_EVIDENCE);
	assert_int_equal(compare("00 0644 1 x/a\n", "00 0644 1 x/a", text, sizeof text), E_EVIDENCE);
}

static void test_sections(void **state)
{
	static const char all[] = "00 0644 1 server/sql/a\n00 0644 1 enrolment/programs/b\n00 0000 1 database/function f(a b)\n";
	struct buffer m = BUFFER_INIT, out = BUFFER_INIT;
	char text[200];

	(void)state;
	buffer_text(&m, all);
	assert_int_equal(manifest_has(&m), MANIFEST_SERVER | MANIFEST_ENROLMENT | MANIFEST_DATABASE);
	assert_int_equal(manifest_sections_of(&out, &m, MANIFEST_SERVER | MANIFEST_DATABASE), OK);
	assert_string_equal(buffer_str(&out), "00 0644 1 server/sql/a\n00 0000 1 database/function f(a b)\n");
	assert_int_equal(manifest_section("server"), MANIFEST_SERVER);
	assert_int_equal(manifest_section("elsewhere"), 0);
	buffer_text(&m, "00 0644 1 elsewhere/a\n");
	report_capture_begin(text, sizeof text);
	assert_int_equal(manifest_sections_of(&out, &m, MANIFEST_SERVER), E_EVIDENCE);
	report_capture_end();
	assert_non_null(strstr(text, "elsewhere/a"));
	buffer_free(&m);
	buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_lines), cmocka_unit_test(test_link),
	                                   cmocka_unit_test(test_compare), cmocka_unit_test(test_sections)};

	return cmocka_run_group_tests(tests, make, clear);
}
