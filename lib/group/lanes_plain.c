/* The fast arithmetic on any machine. */
#define LANES_OPS LANES_PLAIN
#define LANES_NAME "plain"
#define LANES_MUL field_mul_c
#include "group/lanes_plain.h"
#include "group/lanes.inc"
