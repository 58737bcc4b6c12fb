// Which vector path the kernels take.
#include "tables.h"
#include <stdlib.h>
#include <string.h>

_Atomic(const mp_table_f32 *) mp_kernels_f32 = &mp_table_f32_plain;
_Atomic(const mp_table_f64 *) mp_kernels_f64 = &mp_table_f64_plain;
static atomic_int chosen = MP_VECTORS_PLAIN;

int mp_vectors_available(int path) {
  switch (path) {
    case MP_VECTORS_PLAIN: return 1;
#if MP_X86_PATHS
    case MP_VECTORS_AVX512: return __builtin_cpu_supports("x86-64-v4") != 0;
    case MP_VECTORS_AVX2: return __builtin_cpu_supports("x86-64-v3") != 0;
#endif
    default: return 0;
  }
}

int mp_vectors_fuse(int path) {
#if defined(__FP_FAST_FMA)
  return 1;
#else
  return path != MP_VECTORS_PLAIN;
#endif
}

int mp_vectors_chosen(void) { return chosen; }

int mp_vectors_choose(int path) {
  if (!mp_vectors_available(path)) return -1;
  const mp_table_f32 *f32 = &mp_table_f32_plain;
  const mp_table_f64 *f64 = &mp_table_f64_plain;
#if MP_X86_PATHS
  if (path == MP_VECTORS_AVX512) f32 = &mp_table_f32_avx512, f64 = &mp_table_f64_avx512;
  if (path == MP_VECTORS_AVX2) f32 = &mp_table_f32_avx2, f64 = &mp_table_f64_avx2;
#endif
  mp_kernels_f32 = f32, mp_kernels_f64 = f64, chosen = path;
  return 0;
}

// A wish that cannot be granted is passed over here; the program refuses it when it starts.
__attribute__((constructor)) static void choose_at_load(void) {
#if MP_X86_PATHS
  __builtin_cpu_init();
#endif
  static const char *const names[MP_VECTORS_COUNT] = {"avx512", "avx2", "plain"};
  const char *wish = getenv("METAPLAST_VECTORS");
  for (int path = 0; wish && path < MP_VECTORS_COUNT; path++)
    if (strcmp(wish, names[path]) == 0 && mp_vectors_choose(path) == 0) return;
  for (int path = 0; path < MP_VECTORS_COUNT; path++)
    if (mp_vectors_choose(path) == 0) return;
}
