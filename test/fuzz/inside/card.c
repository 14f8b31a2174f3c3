#include "hsm/card_reader.c"
#include "inside/inside.h"

void inside_card(const uint8_t *data, size_t size)
{
	struct card_label label = {0};

	if (label_parse(&label, data, size) == OK)
		fuzz_need(label.card >= 1 && label.card <= label.cards && label.cards <= 64 && label.threshold >= 2 &&
		          label.threshold <= label.cards && strlen(label.member) <= CARD_MEMBER_MAX && point_valid(label.commitment.octets));
}
