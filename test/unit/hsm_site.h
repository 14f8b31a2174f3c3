/* What the tests of lib/hsm share: a folder of the test's own with a real SoftHSM in it, and the last thing that was said. */
#ifndef UNIT_HSM_SITE_H
#define UNIT_HSM_SITE_H

#include "base/secret.h"
#include "base/settings.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The group's set-up and tear-down. */
int hsm_site_begin(void **state);
int hsm_site_end(void **state);

extern char hsm_site_said[1024];
#define assert_said(part) \
	do { \
		if (strstr(hsm_site_said, part) == NULL) \
			fail_msg("said «%s», not «%s»", hsm_site_said, part); \
	} while (0)

char *hsm_site_path(const char *name); /* within the folder; malloc'd */
struct settings *hsm_site_settings(const char *more); /* the folder's stores and reader, and what is given */
struct secret *hsm_site_k(uint8_t last); /* 31 zeros and this byte */

#endif
