// One precision on one vector path: the kernels of every list, as functions of this file, and the table of them.
// Included once by each of f32_avx512.c, f64_plain.c and so on, which define the macros
//   R, I, LANES   the number, the integer of its size, and how many fill 64 bytes
//   T, PATH       what names end in: f32 and avx512
//   TARGET        the target attribute of every function; not defined on the plain path. Without its tune=x86-64 the
//                 compiler would split 64-byte vectors in two, to spare processors that slow down for them
//   BYTES         bytes of the widest vectors that the path has
//   MATH(x)       the C library's function x for this precision
#include "tables.h"
#include <math.h>
#include <string.h>

#pragma clang fp contract(off)

#define JOIN4(a, b, c, d) a##_##b##_##c##d
#define JOIN(a, b, c) JOIN4(a, b, c, )
#define NAME(x) JOIN(x, T, PATH)
#define TYPE2(x, t) x##_##t
#define TYPE(x, t) TYPE2(x, t)
typedef TYPE(mp_sweep, T) Sweep;

// Every function below carries the target, the inlined ones too: functions of different targets do not inline.
#ifdef TARGET
#pragma clang attribute push(__attribute__((target(TARGET))), apply_to = function)
#endif

typedef R V __attribute__((vector_size(64)));
typedef I M __attribute__((vector_size(64)));
typedef R H __attribute__((vector_size(32)));
typedef R Q __attribute__((vector_size(16)));

#define LOAD(p) (*(const V *)(p))
#define STORE(p, x) (*(V *)(p) = (x))
#define SPLAT(x) ((V){} + (x))

// Sum of the lanes by halves: a fixed tree, the same on every vector width.
#if LANES == 16
#define LANE_SUM(v)                                                                                                    \
  ({                                                                                                                   \
    V v_ = (v);                                                                                                        \
    H h_ = __builtin_shufflevector(v_, v_, 0, 1, 2, 3, 4, 5, 6, 7) +                                                   \
           __builtin_shufflevector(v_, v_, 8, 9, 10, 11, 12, 13, 14, 15);                                              \
    Q q_ = __builtin_shufflevector(h_, h_, 0, 1, 2, 3) + __builtin_shufflevector(h_, h_, 4, 5, 6, 7);                  \
    (q_[0] + q_[2]) + (q_[1] + q_[3]);                                                                                 \
  })
#else
#define LANE_SUM(v)                                                                                                    \
  ({                                                                                                                   \
    V v_ = (v);                                                                                                        \
    H h_ = __builtin_shufflevector(v_, v_, 0, 1, 2, 3) + __builtin_shufflevector(v_, v_, 4, 5, 6, 7);                  \
    Q q_ = __builtin_shufflevector(h_, h_, 0, 1) + __builtin_shufflevector(h_, h_, 2, 3);                              \
    q_[0] + q_[1];                                                                                                     \
  })
#endif

// The sources. Each kernel of a list of KernelLists.h is defined in one of them.
#include "kernels.inc"
#include "machine.inc"

#ifdef TARGET
#pragma clang attribute pop
#endif

#define ENTRY(T, result, name, parameters, arguments) .name = NAME(name),
const TYPE(mp_table, T) NAME(mp_table) = {MP_KERNELS(ENTRY, T, R)};
