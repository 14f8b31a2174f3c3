/* See i18n.h. The locale need not be installed: C.UTF-8 is always there, LANGUAGE chooses the text. */
#include "base/i18n.h"
#include <libgen.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <unistd.h>

void i18n_init(void)
{
	char exe[PATH_MAX], folder[PATH_MAX + 32];
	ssize_t n;

	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	setlocale(LC_CTYPE, "C.UTF-8");
	setlocale(LC_MESSAGES, "C.UTF-8");
	if ((n = readlink("/proc/self/exe", exe, sizeof exe - 1)) > 0) {
		exe[n] = '\0';
		snprintf(folder, sizeof folder, "%s/../share/locale", dirname(exe));
		if (access(folder, R_OK) == 0)
			bindtextdomain("vemre", folder);
	}
	bind_textdomain_codeset("vemre", "UTF-8");
	textdomain("vemre");
}
