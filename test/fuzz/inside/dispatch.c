#include "notify/dispatch.c"
#include "inside/inside.h"

void inside_dispatch(const uint8_t *data, size_t size)
{
	char phone[SMS_PHONE_MAX + 1] = "", prefix[5];
	struct secret *text = NULL;
	bool ping = false;
	int pair[2];

	fuzz_need(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	(void)!send(pair[1], data, size, MSG_DONTWAIT);
	close(pair[1]);
	if (read_message(pair[0], phone, &text, &ping)) {
		fuzz_need(!ping && sms_phone_valid(phone) && text != NULL && secret_len(text) >= 1 && secret_len(text) <= SMS_TEXT_MAX);
		sms_country_prefix(prefix, phone);
	}
	secret_free(text);
	close(pair[0]);
}
