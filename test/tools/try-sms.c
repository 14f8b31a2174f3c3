/* try-sms SOCKET PHONE < text: hands one message to send-messages as the backend does; exit status of sms_send. */
#include "base/program.h"
#include "base/report.h"
#include "notify/sms.h"
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	char text[SMS_TEXT_MAX + 1];
	struct secret *s;
	enum status r;
	ssize_t n;

	program_start("try-sms");
	if (argc != 3)
		return program_end(fault(E_USAGE, NULL, "try-sms SOCKET PHONE < text"));
	if ((n = read(0, text, sizeof text)) <= 0 || (s = secret_copy(text, (size_t)n)) == NULL)
		return program_end(E_FAILED);
	r = sms_send(argv[1], argv[2], s);
	secret_free(s);
	return program_end(r);
}
