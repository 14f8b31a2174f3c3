/*
 * The one set of outcomes: what a function returns is what its program exits with.
 * Numbers are stable and never reused.
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

enum status {
	OK = 0,
	E_FAILED = 1,     /* the machine's fault: memory, disk, network */
	E_USAGE = 2,      /* the command line or the settings */
	E_EVIDENCE = 3,   /* a file or message is not what it must be */
	E_DEVICE = 4,     /* HSM, card, reader */
	E_STATE = 5,      /* a step whose predecessor has not been completed */
	E_REFUSED = 6,    /* understood, and not allowed */
	E_UNPROVED = 7,   /* verify-election: holds, but something rests on nobody's proof */
	E_INCOMPLETE = 8, /* verify-election: the record lacks a part */
};

#define MUST_USE __attribute__((warn_unused_result))

#endif
