/* Acta del sorteo (numeral 30, PROTOCOL 12): the draw with everything that anyone needs to do it again. */
#ifndef REPORT_LOTTERY_ACT_H
#define REPORT_LOTTERY_ACT_H

#include "base/status.h"
#include "election/definition.h"
#include "report/session.h"

struct report_lottery {
	const struct definition *definition;
	const char *transcript; /* file, PROTOCOL 12; ceremony/lottery.h has recomputed it */
	unsigned draw;          /* 1, or more where earlier draws were broken off */
	const struct report_session *session;
};

/* E_EVIDENCE, said: the transcript is not of its form, or its order is not what its numbers give. */
MUST_USE enum status report_lottery_act(const char *path, const struct report_lottery *l);

#endif
