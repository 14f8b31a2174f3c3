/* Spanish is the language of the sources; English comes from build/share/locale (LANGUAGE=en). */
#ifndef BASE_I18N_H
#define BASE_I18N_H

#include <libintl.h>

#define _(text) gettext(text) /* gettext's own custom. NOLINT(bugprone-reserved-identifier) */
#define N_(text) (text)

/* Looks for the catalogue beside the running binary (../share/locale), then in /usr/share/locale. */
void i18n_init(void);

#endif
