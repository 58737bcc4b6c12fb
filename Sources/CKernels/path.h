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

// a * b + c written in one expression is one operation where the path has it, rounded once.
#pragma clang fp contract(on)

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
#if LANES == 16
#define SPLAT(x)                                                                                                       \
  ({                                                                                                                   \
    const R x_ = (x);                                                                                                  \
    (V){x_, x_, x_, x_, x_, x_, x_, x_, x_, x_, x_, x_, x_, x_, x_, x_};                                               \
  })
#else
#define SPLAT(x)                                                                                                       \
  ({                                                                                                                   \
    const R x_ = (x);                                                                                                  \
    (V){x_, x_, x_, x_, x_, x_, x_, x_};                                                                               \
  })
#endif
#define UNROLL _Pragma("clang loop unroll(full)")

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

// One stage of a transposition in registers: swaps, between vectors h apart, the lanes whose index has bit h.
#if LANES == 16
#define EVEN(a, b, h)                                                                                                  \
  __builtin_shufflevector(                                                                                             \
      a, b, EVEN_(0, h), EVEN_(1, h), EVEN_(2, h), EVEN_(3, h), EVEN_(4, h), EVEN_(5, h), EVEN_(6, h), EVEN_(7, h),    \
      EVEN_(8, h), EVEN_(9, h), EVEN_(10, h), EVEN_(11, h), EVEN_(12, h), EVEN_(13, h), EVEN_(14, h), EVEN_(15, h))
#define ODD(a, b, h)                                                                                                   \
  __builtin_shufflevector(                                                                                             \
      a, b, ODD_(0, h), ODD_(1, h), ODD_(2, h), ODD_(3, h), ODD_(4, h), ODD_(5, h), ODD_(6, h), ODD_(7, h), ODD_(8, h), \
      ODD_(9, h), ODD_(10, h), ODD_(11, h), ODD_(12, h), ODD_(13, h), ODD_(14, h), ODD_(15, h))
#define STAGES STAGE(8) STAGE(4) STAGE(2) STAGE(1)
#else
#define EVEN(a, b, h)                                                                                                  \
  __builtin_shufflevector(                                                                                             \
      a, b, EVEN_(0, h), EVEN_(1, h), EVEN_(2, h), EVEN_(3, h), EVEN_(4, h), EVEN_(5, h), EVEN_(6, h), EVEN_(7, h))
#define ODD(a, b, h)                                                                                                   \
  __builtin_shufflevector(                                                                                             \
      a, b, ODD_(0, h), ODD_(1, h), ODD_(2, h), ODD_(3, h), ODD_(4, h), ODD_(5, h), ODD_(6, h), ODD_(7, h))
#define STAGES STAGE(4) STAGE(2) STAGE(1)
#endif
#define EVEN_(i, h) (((i) & (h)) == 0 ? (i) : (i) - (h) + LANES)
#define ODD_(i, h) (((i) & (h)) == 0 ? (i) + (h) : (i) + LANES)

// The sources. Each kernel of a list of KernelLists.h is defined in one of them.
#include "kernels.inc"
#include "machine.inc"
#include "deferred.inc"
#include "panels.inc"
#include "rates.inc"
#include "matrices.inc"
#include "traces.inc"

#ifdef TARGET
#pragma clang attribute pop
#endif

#define ENTRY(T, result, name, parameters, arguments) .name = NAME(name),
const TYPE(mp_table, T) NAME(mp_table) = {MP_KERNELS(ENTRY, T, R)};
