// The tables of kernels: one a precision and path, and which is in use.
#pragma once
#include "CKernels.h"
#include <stdatomic.h>

// ThreadSanitizer instruments what runs before it is ready, so it gets the plain path alone.
#if defined(__x86_64__) && !__has_feature(thread_sanitizer)
#define MP_X86_PATHS 1
#else
#define MP_X86_PATHS 0
#endif

#define MP_HIDDEN __attribute__((visibility("hidden")))
#define MP_MEMBER(T, result, name, parameters, arguments) result(*name) parameters;
#define MP_TABLE(T, R)                                                                                                 \
  typedef struct {                                                                                                     \
    MP_KERNELS(MP_MEMBER, T, R)                                                                                        \
  } mp_table_##T;                                                                                                      \
  extern MP_HIDDEN const mp_table_##T mp_table_##T##_avx512, mp_table_##T##_avx2, mp_table_##T##_plain;                \
  extern MP_HIDDEN _Atomic(const mp_table_##T *) mp_kernels_##T;
MP_TABLE(f32, float)
MP_TABLE(f64, double)
