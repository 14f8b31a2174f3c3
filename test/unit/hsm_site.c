/* See hsm_site.h. */
#include "unit/hsm_site.h"
#include "base/file.h"
#include "base/report.h"
#include "hsm/spare.h"
#include <stdio.h>
#include <stdlib.h>

static char folder[] = "/tmp/test-hsm-XXXXXX";
char hsm_site_said[1024];

static void listen_to(void *ctx, enum report_level level, enum status status, const char *text, const char *hint)
{
	(void)ctx;
	(void)status;
	(void)hint;
	if (level >= REPORT_WARNING)
		snprintf(hsm_site_said, sizeof hsm_site_said, "%s", text);
}

char *hsm_site_path(const char *name)
{
	char *path = file_path(folder, name, NULL);

	assert_non_null(path);
	return path;
}

struct settings *hsm_site_settings(const char *more)
{
	struct settings *s = NULL;
	char *path = hsm_site_path("vemre.conf"), text[1024];

	snprintf(text, sizeof text,
	         "hsm: { vault_store = \"vault\"; system_store = \"system\"; spare_store = \"spare\"; };\n"
	         "cards: { reader = \"reader\"; };\n%s",
	         more);
	assert_int_equal(file_replace(path, text, strlen(text), 0600), OK);
	assert_int_equal(settings_open(&s, path), OK);
	free(path);
	return s;
}

struct secret *hsm_site_k(uint8_t last)
{
	uint8_t bytes[32] = {[31] = last};

	return secret_copy(bytes, sizeof bytes);
}

int hsm_site_begin(void **state)
{
	(void)state;
	secret_protect_process();
	report_install(listen_to, NULL, NULL);
	return mkdtemp(folder) != NULL ? 0 : -1;
}

int hsm_site_end(void **state)
{
	(void)state;
	spare_forget(folder);
	return 0;
}
