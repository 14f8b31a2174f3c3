/* The fast arithmetic where the machine has AVX-512 with 52-bit multiply-add. */
#if defined(__x86_64__)
#if !defined(__clang__)
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx512ifma,bmi2,adx")
#endif
#include "group/affine.h"
#include "group/field.h"
#include "group/jacobian.h"
#include "group/taint.h"
#include <immintrin.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#if defined(__clang__) /* after the headers, which are none of its business */
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512ifma,bmi2,adx"))), apply_to = function)
#endif
#define LANES_OPS LANES_IFMA
#define LANES_NAME "avx512-ifma"
#include "group/lanes_ifma.h"
#include "group/lanes.inc"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#else
typedef int lanes_ifma_none;
#endif
