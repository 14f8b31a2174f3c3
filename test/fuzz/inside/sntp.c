#include "monitor/sntp.c"
#include "inside/inside.h"

void inside_sntp(const uint8_t *data, size_t size)
{
	static const uint8_t origin[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	uint8_t answer[PACKET];
	double offset = 0;

	if (size != PACKET)
		return;
	memcpy(answer, data, PACKET);
	memcpy(answer + ORIGINATE, origin, 8);
	if (read_answer(&offset, answer, origin, now(), now()) == OK) /* half an era ahead or behind at most */
		fuzz_need(offset > -2147483700.0 && offset < 2147483700.0);
}
