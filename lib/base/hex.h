/* Lower-case hexadecimal, as every file of the record has it (PROTOCOL 2). */
#ifndef BASE_HEX_H
#define BASE_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* out: 2 * len characters and a zero. */
void hex_encode(char *out, const void *data, size_t len);
/* Exactly 2 * len lower-case digits in text[0 .. text_len); anything else: false, out undefined.
 * Timing depends on the text: for public data only (`_vartime`). */
bool hex_decode_vartime(uint8_t *out, size_t len, const char *text, size_t text_len);

#endif
