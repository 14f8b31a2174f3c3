#include "store/setup.c"
#include "inside/inside.h"

void inside_load(const uint8_t *data, size_t size)
{
	char text[LOAD_LINE_MAX];

	if (size >= sizeof text)
		return;
	memcpy(text, data, size);
	text[size] = '\0';
	/* What goes into COPY is one line of six fields, nothing that COPY would take for more. */
	if (strlen(text) == size && line_fault(text, size) == NULL)
		fuzz_need(strpbrk(text, "\n\r\\\"'") == NULL);
}
