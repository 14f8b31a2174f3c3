/* Drawing M of N members so that anyone recomputes it (PROTOCOL 12). */
#ifndef PROTOCOL_LOTTERY_H
#define PROTOCOL_LOTTERY_H

#include "base/status.h"
#include <stdint.h>

MUST_USE enum status lottery_commitment(uint8_t out[32], const uint8_t eid[32], const uint8_t entropy[32]);
/* spoken: decimal texts as read aloud. order: n card numbers, the drawn first, substitutes after. 1 <= n <= 255. */
MUST_USE enum status lottery_order(unsigned *order, unsigned n, const uint8_t eid[32], const uint8_t entropy[32],
                                   const char *const *spoken, unsigned n_spoken);

#endif
