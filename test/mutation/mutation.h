/*
 * Mutation of the verifier (the tests' alone: mutate.mjs writes these macros into copies of its sources, the sources
 * themselves have nothing of it). A mutant is one decision that can be switched off: a condition that refuses never
 * does, a call's refusal is taken for OK, a check is not run. Each says whether it has decided anything (`fired`).
 */
#ifndef MUTATION_MUTATION_H
#define MUTATION_MUTATION_H

#include "base/report.h"
#include "base/status.h"
#include <stdbool.h>
#include <stddef.h>

struct mutant {
	const char *where, *what; /* "lib/record/box.c:92", the decision's text */
	volatile bool off, fired;
	bool noticed;
};
/* All that are linked in, in no order that matters. */
extern struct mutant *const __start_mutants[], *const __stop_mutants[];

#define MUTANT_SITE(where_, what_)                                                                                     \
	static struct mutant mutant_ = {.where = where_, .what = what_};                                               \
	static struct mutant *const mutant_listed_ __attribute__((section("mutants"), used)) = &mutant_

/* A condition that refuses. */
#define MUTANT(where, what, ...)                                                                                       \
	__extension__({                                                                                                \
		MUTANT_SITE(where, what);                                                                              \
		bool refuses_ = (__VA_ARGS__);                                                                         \
		if (refuses_)                                                                                          \
			mutant_.fired = true;                                                                          \
		refuses_ && !mutant_.off;                                                                              \
	})
/* A call that refuses. */
#define MUTANT_STATUS(where, what, ...)                                                                                \
	__extension__({                                                                                                \
		MUTANT_SITE(where, what);                                                                              \
		char unsaid_[8]; /* who takes a refusal for OK does not say it either */                               \
		if (mutant_.off)                                                                                       \
			report_capture_begin(unsaid_, sizeof unsaid_);                                                 \
		enum status status_ = (__VA_ARGS__);                                                                   \
		if (mutant_.off)                                                                                       \
			report_capture_end();                                                                          \
		if (status_ != OK && status_ != E_FAILED)                                                              \
			mutant_.fired = true;                                                                          \
		mutant_.off && status_ != E_FAILED ? OK : status_;                                                     \
	})
/* A check that is run, or taken to hold. */
#define MUTANT_RUN(where, what, v, c, f)                                                                               \
	__extension__({                                                                                                \
		MUTANT_SITE(where, what);                                                                              \
		bool held_ = true;                                                                                     \
		if (mutant_.off)                                                                                       \
			(v)->report->outcome[c] = VERIFY_HOLDS;                                                        \
		else                                                                                                   \
			held_ = run(v, c, f);                                                                          \
		if ((v)->report->outcome[c] != VERIFY_HOLDS)                                                           \
			mutant_.fired = true;                                                                          \
		held_;                                                                                                 \
	})

#endif
