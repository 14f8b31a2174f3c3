/* The fast arithmetic where the machine has MULX (BMI2) and ADX for the products, AVX2 for the look-ups. */
#if defined(__x86_64__)
#if !defined(__clang__)
#pragma GCC target("avx2,bmi2,adx")
#endif
#include "group/affine.h"
#include "group/field_adx.h"
#include "group/jacobian.h"
#include "group/taint.h"
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#if defined(__clang__) /* after the headers, which are none of its business */
#pragma clang attribute push(__attribute__((target("avx2,bmi2,adx"))), apply_to = function)
#endif
#define LANES_OPS LANES_ADX
#define LANES_NAME "mulx-adx"
#define LANES_MUL field_mul_adx
#include "group/lanes_plain.h"
#include "group/lanes.inc"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#else
typedef int lanes_adx_none;
#endif
