/* lib/base/settings_table, settings_check: the table against doc/vemre.conf and against the sources, and each fault said. */
#include "base/buffer.h"
#include "base/file.h"
#include "base/report.h"
#include "base/settings_table.h"
#include "unit/folder.h"
#include <glob.h>
#include <regex.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- the documentation: "\t[# ]name = value;" within "group = {", and the table, in one order */

static bool doc_line(const char *line, char name[64], char value[512], bool *is_default)
{
	const char *at = line + 1, *end;
	size_t len;

	if (line[0] != '\t')
		return false;
	*is_default = strncmp(at, "# ", 2) == 0;
	at += *is_default ? 2 : 0;
	len = strspn(at, "abcdefghijklmnopqrstuvwxyz_");
	if (len == 0 || len > 50 || strncmp(at + len, " = ", 3) != 0 || (end = strstr(at + len + 3, ";")) == NULL)
		return false;
	snprintf(name, 64, "%.*s", (int)len, at);
	snprintf(value, 512, "%.*s", (int)(end - at - (long)len - 3), at + len + 3);
	return true;
}

static void test_documented(void **state)
{
	FILE *f = fopen("doc/vemre.conf", "r");
	char line[1024], group[64] = "", name[64], value[512], full[160];
	unsigned n = 0, wrong = 0;
	bool is_default;

	(void)state;
	assert_non_null(f);
	while (fgets(line, sizeof line, f) != NULL) {
		if (line[0] >= 'a' && line[0] <= 'z' && strstr(line, " = {") != NULL) {
			snprintf(group, sizeof group, "%.*s", (int)strcspn(line, " "), line);
			continue;
		}
		if (!doc_line(line, name, value, &is_default))
			continue;
		snprintf(full, sizeof full, "%s.%s", group, name);
		if (n >= settings_table_n || strcmp(settings_table[n].name, full) != 0) {
			print_error("doc/vemre.conf has %s where the table has %s\n", full,
			            n < settings_table_n ? settings_table[n].name : "its end");
			wrong++;
			break;
		}
		/* What is commented out shows the default; what is not must be set. */
		if (is_default != (settings_table[n].fallback != NULL) ||
		    (is_default && strcmp(settings_table[n].fallback, value) != 0)) {
			print_error("%s: doc/vemre.conf says %s%s, the table %s\n", full, is_default ? "# " : "", value,
			            settings_table[n].fallback != NULL ? settings_table[n].fallback : "that it must be set");
			wrong++;
		}
		n++;
	}
	fclose(f);
	assert_int_equal(wrong, 0);
	assert_int_equal(n, settings_table_n);
}

/* ---- the sources: whatever they ask for stands in the table, and the table has nothing that nobody asks for */

static bool seen[256];

static bool is_group(const char *text, size_t len)
{
	for (unsigned i = 0; i < settings_table_n; i++)
		if (strncmp(settings_table[i].name, text, len) == 0 && settings_table[i].name[len] == '.')
			return true;
	return false;
}

static unsigned read_source(const char *path, const regex_t *quoted)
{
	struct buffer b = BUFFER_INIT;
	unsigned wrong = 0;
	regmatch_t m[3];

	assert_int_equal(file_read(&b, path, 1 << 20), OK);
	for (const char *at = buffer_str(&b); regexec(quoted, at, 3, m, 0) == 0; at += m[0].rm_eo - 1) {
		size_t group = (size_t)(m[2].rm_eo - m[2].rm_so);
		const struct settings_entry *e;
		char name[128];

		if (!is_group(at + m[2].rm_so, group) || strncmp(at + m[1].rm_eo - 5, ".json", 5) == 0) /* a file's name */
			continue;
		snprintf(name, sizeof name, "%.*s", (int)(m[1].rm_eo - m[1].rm_so), at + m[1].rm_so);
		if ((e = settings_find(name)) != NULL) {
			seen[e - settings_table] = true;
		} else {
			print_error("%s asks for %s, which is no setting of the table\n", path, name);
			wrong++;
		}
	}
	buffer_free(&b);
	return wrong;
}

static void test_sources(void **state)
{
	unsigned wrong = 0, unused = 0;
	regex_t quoted;
	glob_t files;

	(void)state;
	assert_true(settings_table_n <= 256);
	assert_int_equal(regcomp(&quoted, "\"(([a-z]+)\\.[a-z_]+)\"", REG_EXTENDED), 0);
	assert_int_equal(glob("lib/*/*.c", 0, NULL, &files), 0);
	assert_int_equal(glob("cmd/*.c", GLOB_APPEND, NULL, &files), 0);
	assert_int_equal(glob("fcgi/backend/*.c", GLOB_APPEND, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++)
		if (strstr(files.gl_pathv[i], "settings_table.c") == NULL && strstr(files.gl_pathv[i], "manifest.c") == NULL)
			wrong += read_source(files.gl_pathv[i], &quoted);
	globfree(&files);
	regfree(&quoted);
	for (unsigned i = 0; i < settings_table_n; i++)
		if (!seen[i] && strncmp(settings_table[i].name, "system.", 7) != 0) { /* those are manifest.c's */
			print_error("nobody asks for %s\n", settings_table[i].name);
			unused++;
		}
	assert_int_equal(wrong, 0);
	assert_int_equal(unused, 0);
}

/* ---- a file's faults */

static char heard[8192];

static void hear(void *ctx, enum report_level level, enum status status, const char *text, const char *hint)
{
	size_t len = strlen(heard);

	(void)ctx;
	(void)level;
	(void)status;
	snprintf(heard + len, sizeof heard - len, "%s | %s\n", text, hint != NULL ? hint : "");
}

static unsigned faults_of(const char *text, unsigned users)
{
	struct settings *s = NULL;
	const char *path = in_folder("vemre.conf");
	unsigned n = 99;
	enum status r;

	assert_int_equal(file_replace(path, text, strlen(text), 0600), OK);
	assert_int_equal(settings_open(&s, path), OK);
	heard[0] = '\0';
	report_install(hear, NULL, NULL);
	r = settings_check(s, users, &n);
	report_install(NULL, NULL, NULL);
	assert_int_equal(r, n == 0 ? OK : E_USAGE);
	settings_free(s);
	return n;
}

static void test_every_fault_at_once(void **state)
{
	(void)state;
	assert_int_equal(faults_of("database = { conection = \"\"; };\n"   /* a name nearly right */
	                           "backend = { threads = 0; };\n"         /* out of range */
	                           "login = { totp = 1; allow = \"x\"; };\n" /* of other kinds, two */
	                           "sms = { from = 5; gateways = [ 1, 2 ]; };\n" /* two more */
	                           "whatever = 3;\n",
	                           0),
	                 7);
	assert_non_null(strstr(heard, "database.conection: no hay tal ajuste | ¿será database.connection?"));
	assert_non_null(strstr(heard, "«backend.threads» no es un entero entre 1 y 512"));
	assert_non_null(strstr(heard, "«login.totp» no es true ni false"));
	assert_non_null(strstr(heard, "login.allow: no es una lista de textos"));
	assert_non_null(strstr(heard, "sms.from: no es un texto entre comillas"));
	assert_non_null(strstr(heard, "sms.gateways: no es una lista de textos"));
	assert_non_null(strstr(heard, "whatever: no hay tal ajuste | doc/vemre.conf explica cada ajuste"));
}

/* Groups in a setting's place: one without anything in it has no setting that could be told of. */
static void test_group(void **state)
{
	(void)state;
	assert_int_equal(faults_of("backend = { threads = { }; };\nlogin = { totp = { }; allow = { }; };\nsms = { from = { }; };\n"
	                           "probe = { };\n",
	                           0),
	                 4);
}

/* What libconfig would pass over in silence, and files that it would open by itself. */
static void test_one_file(void **state)
{
	static const char zero[] = "backend = { threads = 3; };\n\0backend = 5;\n",
	                  text[] = "sms = { from = \"a@include\"; }; # @include\n";
	char include[300];
	const char *path;
	struct settings *s;

	(void)state;
	assert_int_equal(file_replace(in_folder("other.conf"), "", 0, 0600), OK);
	snprintf(include, sizeof include, "\n \t@include \"%s\"\n", in_folder("other.conf"));
	path = in_folder("vemre.conf");
	assert_int_equal(file_replace(path, zero, sizeof zero - 1, 0600), OK);
	assert_int_equal(settings_open(&s, path), E_USAGE);
	assert_int_equal(file_replace(path, include, strlen(include), 0600), OK);
	assert_int_equal(settings_open(&s, path), E_USAGE);
	assert_null(s);
	assert_int_equal(file_replace(path, text, sizeof text - 1, 0600), OK);
	assert_int_equal(settings_open(&s, path), OK);
	settings_free(s);
}

static void test_what_is_named(void **state)
{
	const char *path = in_folder("key");
	char text[512];

	(void)state;
	assert_int_equal(file_replace(path, "k", 1, 0640), OK);
	/* relative to the settings file; the database of countries is not there; the key is others' to read */
	snprintf(text, sizeof text, "backend = { code_key_file = \"key\"; };\nplace = { database = \"no.mmdb\"; };\n");
	assert_int_equal(faults_of(text, SETTINGS_BACKEND), 2);
	assert_non_null(strstr(heard, "otros pueden leerlo (modo 0640) | chmod 600"));
	assert_non_null(strstr(heard, "place.database: "));
	assert_non_null(strstr(heard, "no.mmdb: "));
	assert_int_equal(chmod(path, 0600), 0);
	assert_int_equal(faults_of(text, SETTINGS_BACKEND), 1);
	/* nobody who reads neither cares, and a must is missed by its reader alone */
	assert_int_equal(faults_of(text, SETTINGS_CLOSE), 0);
	assert_int_equal(faults_of(text, SETTINGS_ENROL), 2);
	assert_non_null(strstr(heard, "falta el ajuste mail.url"));
	/* a folder that is a file */
	assert_int_equal(faults_of("system = { sql = \"key\"; };\n", SETTINGS_OPEN), 1);
	assert_non_null(strstr(heard, "no es una carpeta"));
	/* a list's second file */
	assert_int_equal(faults_of("web = { configurations = [ \"key\", \"gone\" ]; };\n", SETTINGS_OPEN), 1);
	assert_non_null(strstr(heard, "gone"));
}

/* The example itself has no fault but those of files that this machine has not. */
static void test_example(void **state)
{
	struct settings *s = NULL;

	(void)state;
	assert_int_equal(settings_open(&s, "doc/vemre.conf"), OK);
	assert_int_equal(settings_check(s, 0, NULL), OK);
	settings_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_documented), cmocka_unit_test(test_sources), cmocka_unit_test(test_every_fault_at_once),
	        cmocka_unit_test(test_group), cmocka_unit_test(test_one_file),
	        cmocka_unit_test(test_what_is_named), cmocka_unit_test(test_example),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
