/* See folio.h. */
#include "report/folio.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

void folio_make(char out[FOLIO_SIZE], const char *election, const char *kind, unsigned number,
                const uint8_t content[32])
{
	size_t at = 0;

	for (; at < FOLIO_SIZE / 2 && election[at] != '\0'; at++)
		out[at] = (char)toupper((unsigned char)election[at]);
	snprintf(out + at, FOLIO_SIZE - at, "/%s/%02u/%02X%02X%02X%02X", kind, number, content[0], content[1], content[2],
	         content[3]);
}
