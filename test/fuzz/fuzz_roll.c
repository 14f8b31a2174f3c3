/* libFuzzer: any bytes as a roll. What is taken must be what the header of ceremony/roll.h promises. */
#include "ceremony/roll.h"
#include "fuzz.h"
#include "notify/mail.h"
#include "notify/sms.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct district district = {"09", "Ciudad de México"};
	static struct definition definition = {.n_districts = 1, .districts = &district};
	struct roll *r;

	if (roll_parse(&r, "roll", data, size, &definition, (size & 1) != 0) != OK)
		return 0;
	for (size_t i = 0; i < r->n; i++) {
		const struct roll_line *l = &r->lines[i];

		if (!mail_address_valid(l->email) || !sms_phone_valid(l->phone) || l->district != 0 || l->name[0] == '\0' ||
		    strlen(l->name) > ROLL_NAME_MAX || strlen(l->voter) > ROLL_VOTER_MAX || l->number < 2)
			abort();
	}
	roll_free(r);
	return 0;
}
