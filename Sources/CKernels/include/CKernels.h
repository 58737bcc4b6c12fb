#pragma once
#include <stddef.h>
#include <stdint.h>

// Vector kernels of the inner loop. Matrices are pre-major: one row per presynaptic neuron, one column per
// postsynaptic neuron, rows padded to a multiple of 64 bytes and aligned to 64 bytes; padding holds zeros in every
// vector that multiplies. Reductions use a fixed tree over fixed lanes and no contraction, so that a result has the
// same bits on every vector width.

// Elementwise operations of a factor program.
enum {
  MP_COPY, MP_ADD, MP_SUBTRACT, MP_MULTIPLY, MP_DIVIDE, MP_POWER, MP_NEGATE, MP_ABS, MP_SIGN, MP_SQRT, MP_EXP, MP_LOG,
  MP_TANH, MP_RELU, MP_MIN, MP_MAX, MP_CLIP, MP_STEP
};

// Surrogate derivatives of the spike, a function of u = v - threshold.
enum { MP_FAST_SIGMOID, MP_ARCTAN, MP_SIGMOID, MP_BOXCAR, MP_STRAIGHT_THROUGH };

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
  size_t mp_active_rows_##T(const void *s, size_t rows, uint32_t *list);                                               \
  void mp_sweep_rows_##T(const void *s, const uint32_t *list, size_t count, int descending);                           \
  void mp_accumulate_##T(const R *w, size_t stride, size_t columns, const uint32_t *list, size_t count, R *y);         \
  void mp_accumulate_weighted_##T(                                                                                     \
      const R *w, size_t stride, size_t columns, const uint32_t *list, const R *factor, size_t count, R *y);           \
  void mp_row_dots_##T(                                                                                                \
      const R *w, const R *b, int kind, R scale, size_t stride, size_t columns, size_t rows, const R *x,               \
      const R *gain, uint32_t *scratch, int descending, R *y);                                                         \
  void mp_elementwise_##T(                                                                                             \
      int op, size_t n, R *y, const R *a, size_t aStep, const R *b, size_t bStep, const R *c, size_t cStep);           \
  R mp_sum_##T(const R *a, size_t n);                                                                                  \
  R mp_dot_##T(const R *a, size_t aStep, const R *b, size_t bStep, size_t n);                                          \
  size_t mp_spike_##T(                                                                                                 \
      size_t n, R *v, R *s, const R *current, const R *threshold, size_t thresholdStep, R leak, int reset,             \
      uint32_t *list);                                                                                                 \
  void mp_surrogate_##T(                                                                                               \
      size_t n, R *psi, const R *v, const R *threshold, size_t thresholdStep, int kind, R width);                      \
  size_t mp_non_zero_##T(size_t n, const R *x, uint32_t *list);                                                        \
  void mp_fill_##T(size_t n, R *y, R x);                                                                               \
  void mp_copy_##T(size_t n, R *y, const R *x);                                                                        \
  void mp_leak_##T(size_t n, R *y, R keep, R gain, const R *x);                                                        \
  void mp_axpy_##T(size_t n, R *y, R factor, const R *x);                                                              \
  void mp_positive_##T(size_t n, R *y, const R *x);                                                                    \
  R mp_softmax_##T(size_t n, const R *v, R *p);                                                                        \
  int mp_all_finite_##T(const R *x, size_t n);                                                                         \
  /* Elements first ..< first + n of a named Philox stream as (2u - 1) * bound, u a multiple of 2^-24. */              \
  void mp_uniform_##T(                                                                                                 \
      uint64_t seed, uint32_t second, uint32_t first, uint32_t purpose, R bound, size_t start, size_t n, R *y);

MP_DECLARE(f32, float)
MP_DECLARE(f64, double)
#undef MP_DECLARE
