/* Acta del sorteo (numeral 30, PROTOCOL 12): the draw with everything that anyone needs to do it again. */
#ifndef REPORT_LOTTERY_ACT_H
#define REPORT_LOTTERY_ACT_H

#include "base/status.h"
#include "election/definition.h"
#include "report/session.h"
#include <stdint.h>

struct report_lottery {
	const struct definition *definition;
	uint8_t eid[32], commitment[32], entropy[32];
	const char *const *spoken; /* decimal, in the order they were read aloud */
	unsigned n_spoken;
	unsigned n, m;
	const unsigned *order;     /* n card numbers, the first m drawn */
	unsigned draw;             /* 1, or more where earlier draws were broken off */
	const struct report_session *session;
};

MUST_USE enum status report_lottery_act(const char *path, const struct report_lottery *l);

#endif
