/* expand_message_xmd with SHA-256 (RFC 9380 5.3.1). */
#ifndef GROUP_XMD_H
#define GROUP_XMD_H

#include "base/status.h"
#include <stddef.h>
#include <stdint.h>

/* out_len <= 8160, dst_len <= 255. */
MUST_USE enum status xmd_expand(uint8_t *out, size_t out_len, const uint8_t *dst, size_t dst_len,
                                const uint8_t *msg, size_t msg_len);

#endif
