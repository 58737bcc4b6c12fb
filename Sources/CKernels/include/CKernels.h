#pragma once
#include <stddef.h>
#include <stdint.h>
#include "KernelLists.h"

// Vector kernels of the inner loop. Matrices are pre-major: one row per presynaptic neuron, one column per
// postsynaptic neuron, rows padded to a multiple of 64 bytes and aligned to 64 bytes; padding holds zeros in every
// vector that multiplies. Reductions use a fixed tree over fixed lanes, so that a result has the same bits on every
// path that multiplies and adds in one rounding.
//
// Every kernel exists once per vector path; KernelLists.h lists them, vectors.c chooses the path.

// Elementwise operations of a factor program.
enum {
  MP_COPY, MP_ADD, MP_SUBTRACT, MP_MULTIPLY, MP_DIVIDE, MP_POWER, MP_NEGATE, MP_ABS, MP_SIGN, MP_SQRT, MP_EXP, MP_LOG,
  MP_TANH, MP_RELU, MP_MIN, MP_MAX, MP_CLIP, MP_STEP, MP_FLOOR
};

// Surrogate derivatives of the spike, a function of u = v - threshold.
enum { MP_FAST_SIGMOID, MP_ARCTAN, MP_SIGMOID, MP_BOXCAR, MP_STRAIGHT_THROUGH };

// Activity of a rate neuron.
enum { MP_RATE_SOFTPLUS, MP_RATE_TANH, MP_RATE_RELU, MP_RATE_SIGMOID };

// What an apical dendrite is multiplied by: a function of the potential.
enum { MP_GATE_LOGISTIC, MP_GATE_NEAR_THRESHOLD };

// How a membrane forgets its spike.
enum { MP_RESET_ZERO, MP_RESET_SUBTRACT, MP_RESET_NONE };

// How feedback rows are formed from weights W and magnitudes B.
enum { MP_FEEDBACK_PLAIN, MP_FEEDBACK_SIGN, MP_FEEDBACK_SIGNED_MAGNITUDE };

enum { MP_MAX_TERMS = 8, MP_MAX_DOTS = 4, MP_MAX_PRODUCTS = 4 };

#define MP_DECLARE(T, R)                                                                                               \
  /* One sweep over rows: target = keep * target + source * (rowScale + sum_m productPre_m * productPost_m)           \
     + sum_k a_k * post_k + delta, then clip; a_k = pre_k + sum_m dotPre_km * (source row . dotPost_m). */             \
  typedef struct {                                                                                                     \
    size_t columns, stride;                                                                                            \
    R *target;                                                                                                         \
    const R *source;                                                                                                   \
    R keep, low, high;                                                                                                 \
    int keeps, clips;                                                                                                  \
    int terms, dots, products;                                                                                         \
    const R *post[MP_MAX_TERMS];                                                                                       \
    const R *pre[MP_MAX_TERMS];                                                                                        \
    const R *dotPost[MP_MAX_DOTS];                                                                                     \
    const R *dotPre[MP_MAX_TERMS][MP_MAX_DOTS];                                                                        \
    const R *rowScale;                                                                                                 \
    const R *productPost[MP_MAX_PRODUCTS];                                                                             \
    const R *productPre[MP_MAX_PRODUCTS];                                                                              \
    const R *delta;                                                                                                    \
  } mp_sweep_##T;                                                                                                      \
  void *mp_sweep_new_##T(size_t columns, size_t stride, R *target, const R *source);                                   \
  void mp_sweep_keep_##T(void *s, R keep);                                                                             \
  void mp_sweep_clip_##T(void *s, R low, R high);                                                                      \
  int mp_sweep_term_##T(void *s, const R *post, const R *pre);                                                         \
  int mp_sweep_dot_##T(void *s, const R *post);                                                                        \
  void mp_sweep_dot_factor_##T(void *s, int term, int dot, const R *pre);                                              \
  void mp_sweep_row_scale_##T(void *s, const R *pre);                                                                  \
  int mp_sweep_product_##T(void *s, const R *post, const R *pre);                                                      \
  void mp_sweep_delta_##T(void *s, const R *delta);                                                                    \
  MP_KERNELS(MP_DECLARE_KERNEL, T, R)

#define MP_DECLARE_KERNEL(T, result, name, parameters, arguments) result mp_##name##_##T parameters;

MP_DECLARE(f32, float)
MP_DECLARE(f64, double)
#undef MP_DECLARE
#undef MP_DECLARE_KERNEL

// The vector path that every kernel takes. When the program is loaded, the widest that the machine has is chosen, or the
// one that the environment variable METAPLAST_VECTORS names if the machine has it. Paths are numbered from the widest.
enum { MP_VECTORS_AVX512, MP_VECTORS_AVX2, MP_VECTORS_PLAIN, MP_VECTORS_COUNT };
// 1 when this machine, and this build, have the path.
int mp_vectors_available(int path);
// Whether a path multiplies and adds in one rounding.
int mp_vectors_fuse(int path);
int mp_vectors_chosen(void);
// Takes another path; returns 0, or -1 when it is not available. Kernels that run in other threads end on the old one.
int mp_vectors_choose(int path);
