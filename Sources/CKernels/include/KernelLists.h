#pragma once

// The kernels, as K(T, result, name, (parameters), (arguments)): each has a declaration mp_name_T in CKernels.h and a
// place in the table of every vector path, and is defined as `static result NAME(name)` in a source that path.h includes.

// Sweeps over rows and vectors: kernels.inc.
#define MP_ROW_KERNELS(K, T, R)                                                                                        \
  K(T, size_t, active_rows, (const void *sweep, size_t rows, uint32_t *list), (sweep, rows, list))                     \
  K(T, void, sweep_rows, (const void *sweep, const uint32_t *list, size_t count, int descending),                      \
    (sweep, list, count, descending))                                                                                  \
  K(T, void, accumulate,                                                                                               \
    (const R *w, size_t stride, size_t columns, const uint32_t *list, size_t count, R *y),                             \
    (w, stride, columns, list, count, y))                                                                              \
  K(T, void, accumulate_weighted,                                                                                      \
    (const R *w, size_t stride, size_t columns, const uint32_t *list, const R *factor, size_t count, R *y),            \
    (w, stride, columns, list, factor, count, y))                                                                      \
  K(T, void, row_dots,                                                                                                 \
    (const R *w, const R *b, int kind, R scale, size_t stride, size_t columns, size_t rows, const R *x,                \
     const R *gain, uint32_t *scratch, int descending, R *y),                                                          \
    (w, b, kind, scale, stride, columns, rows, x, gain, scratch, descending, y))                                       \
  K(T, void, elementwise,                                                                                              \
    (int op, size_t n, R *y, const R *a, size_t aStep, const R *b, size_t bStep, const R *c, size_t cStep),            \
    (op, n, y, a, aStep, b, bStep, c, cStep))                                                                          \
  K(T, R, sum, (const R *a, size_t n), (a, n))                                                                         \
  K(T, R, dot, (const R *a, size_t aStep, const R *b, size_t bStep, size_t n), (a, aStep, b, bStep, n))                \
  K(T, size_t, spike,                                                                                                  \
    (size_t n, R *v, R *s, const R *current, const R *threshold, size_t thresholdStep, R leak, int reset,              \
     uint32_t *list),                                                                                                  \
    (n, v, s, current, threshold, thresholdStep, leak, reset, list))                                                   \
  K(T, void, surrogate,                                                                                                \
    (size_t n, R *psi, const R *v, const R *threshold, size_t thresholdStep, int kind, R width),                       \
    (n, psi, v, threshold, thresholdStep, kind, width))                                                                \
  K(T, size_t, non_zero, (size_t n, const R *x, uint32_t *list), (n, x, list))                                         \
  K(T, void, fill, (size_t n, R *y, R x), (n, y, x))                                                                   \
  K(T, void, copy, (size_t n, R *y, const R *x), (n, y, x))                                                            \
  K(T, void, leak, (size_t n, R *y, R keep, R gain, const R *x), (n, y, keep, gain, x))                                \
  K(T, void, axpy, (size_t n, R *y, R factor, const R *x), (n, y, factor, x))                                          \
  K(T, void, adam,                                                                                                     \
    (size_t n, R *w, R *mean, R *square, R *g, R scale, R keepMean, R keepSquare, R step, R root, R epsilon),          \
    (n, w, mean, square, g, scale, keepMean, keepSquare, step, root, epsilon))                                         \
  K(T, void, positive, (size_t n, R *y, const R *x), (n, y, x))                                                        \
  K(T, R, softmax, (size_t n, const R *v, R *p), (n, v, p))                                                            \
  K(T, int, all_finite, (const R *x, size_t n), (x, n))                                                                \
  /* Elements start ..< start + n of a named Philox stream as (2u - 1) * bound, u a multiple of 2^-24. */              \
  K(T, void, uniform,                                                                                                  \
    (uint64_t seed, uint32_t second, uint32_t first, uint32_t purpose, R bound, size_t start, size_t n, R *y),         \
    (seed, second, first, purpose, bound, start, n, y))

// What a machine can do: machine.inc. Each returns a number that depends on all of its work.
#define MP_MACHINE_KERNELS(K, T, R)                                                                                    \
  /* repeats times 12 vectors: x = x * factor + summand in one instruction where the path has one. */                  \
  K(T, R, machine_fused, (size_t repeats, R factor, R summand, size_t *flops), (repeats, factor, summand, flops))      \
  /* The same with a multiplication and an addition. */                                                                \
  K(T, R, machine_separate, (size_t repeats, R factor, R summand, size_t *flops), (repeats, factor, summand, flops))   \
  /* Sum n numbers, a multiple of 256, and scale them in place; again and again. */                                    \
  K(T, R, machine_read, (const R *x, size_t n, size_t sweeps), (x, n, sweeps))                                         \
  K(T, R, machine_update, (R *x, size_t n, size_t sweeps, R factor), (x, n, sweeps, factor))

// Products of vectors, written into a matrix at the end of a sample: deferred.inc.
#define MP_PRODUCT_KERNELS(K, T, R)                                                                                    \
  K(T, size_t, active_columns,                                                                                         \
    (const R *x, size_t stride, size_t rows, size_t columns, uint32_t *list),                                          \
    (x, stride, rows, columns, list))                                                                                  \
  K(T, void, add_products,                                                                                             \
    (R *w, size_t stride, size_t columns, const uint32_t *list, size_t count, const R *pre, size_t preStride,          \
     const R *post, size_t rank),                                                                                      \
    (w, stride, columns, list, count, pre, preStride, post, rank))                                                     \
  K(T, void, both_ways,                                                                                                \
    (const R *w, size_t stride, size_t columns, size_t rows, size_t groups, const R *const *pre,                       \
     const R *const *post, R *const *ahead, R *const *back),                                                           \
    (w, stride, columns, rows, groups, pre, post, ahead, back))                                                        \
  K(T, void, transpose,                                                                                                \
    (const R *x, size_t stride, size_t rows, size_t columns, R *y, size_t yStride),                                    \
    (x, stride, rows, columns, y, yStride))                                                                            \
  K(T, void, scale,                                                                                                    \
    (size_t n, R *y, R factor),                                                                                        \
    (n, y, factor))                                                                                                    \
  K(T, void, product,                                                                                                  \
    (size_t n, R *y, const R *x),                                                                                      \
    (n, y, x))                                                                                                         \
  K(T, void, add_events,                                                                                               \
    (R *w, size_t stride, size_t columns, const uint32_t *list, size_t count, const uint64_t *bits, const R *x),       \
    (w, stride, columns, list, count, bits, x))                                                                        \
  K(T, void, accumulate_halves,                                                                                        \
    (const uint32_t *x, size_t stride, size_t columns, size_t rows, const R *factor, const R *gain, R *y),             \
    (x, stride, columns, rows, factor, gain, y))                                                                       \
  K(T, void, scatter_halves,                                                                                           \
    (const uint32_t *x, size_t stride, size_t columns, const uint32_t *list, size_t count, const uint64_t *bits,       \
     uint64_t mask, R *y),                                                                                             \
    (x, stride, columns, list, count, bits, mask, y))                                                                  \
  K(T, void, combine,                                                                                                  \
    (size_t n, size_t count, const R *const *factor, const R *const *x, R scale, R *y),                                \
    (n, count, factor, x, scale, y))                                                                                   \
  K(T, void, round_halves, (size_t n, const float *x, R *y), (n, x, y))                                                \
  K(T, void, store_halves,                                                                                             \
    (const R *x, size_t rowStep, size_t columnStep, size_t rows, size_t columns, uint32_t *y, size_t stride),          \
    (x, rowStep, columnStep, rows, columns, y, stride))

// Panels of a few presynaptic neurons: panels.inc.
#define MP_PANEL_KERNELS(K, T, R)                                                                                      \
  K(T, void, pack,                                                                                                     \
    (const R *x, size_t stride, const uint32_t *list, size_t count, size_t next, size_t columns, R *panel),            \
    (x, stride, list, count, next, columns, panel))                                                                    \
  K(T, void, pack_halves,                                                                                              \
    (const uint32_t *x, size_t stride, const uint32_t *list, size_t count, size_t next, size_t columns, R *panel),     \
    (x, stride, list, count, next, columns, panel))                                                                    \
  K(T, void, unpack,                                                                                                   \
    (const R *panel, size_t columns, const uint32_t *list, size_t count, R *x, size_t stride),                         \
    (panel, columns, list, count, x, stride))                                                                          \
  K(T, void, panel_dots,                                                                                               \
    (const R *panel, const uint32_t *list, size_t count, const R *x, size_t stride, size_t steps, R *y),               \
    (panel, list, count, x, stride, steps, y))                                                                         \
  K(T, void, panel_update,                                                                                             \
    (R *panel, const uint32_t *list, size_t count, const R *x, size_t stride, size_t steps, const R *p, size_t pStride),\
    (panel, list, count, x, stride, steps, p, pStride))                                                                \
  K(T, void, panel_trace,                                                                                              \
    (const R *spikes, size_t steps, const uint32_t *learning, size_t count, R keep, R gain, const R *factor, R *p,     \
     size_t pStride),                                                                                                  \
    (spikes, steps, learning, count, keep, gain, factor, p, pStride))                                                  \
  K(T, void, panel_gated,                                                                                              \
    (const R *spikes, size_t steps, const uint32_t *learning, size_t count, const R *factor, const R *x, R *p,         \
     size_t pStride),                                                                                                  \
    (spikes, steps, learning, count, factor, x, p, pStride))                                                           \
  K(T, void, panel_substitute,                                                                                         \
    (size_t steps, size_t groups, size_t backs, const R *const *history, size_t stride, const R *const *factor,        \
     const R *before, const R *after, R *p, R *z, size_t zStride),                                                     \
    (steps, groups, backs, history, stride, factor, before, after, p, z, zStride))

// Rate neurons: rates.inc.
#define MP_RATE_KERNELS(K, T, R)                                                                                       \
  K(T, void, rate, (int kind, size_t n, R sharpness, const R *v, R *y, R *gain), (kind, n, sharpness, v, y, gain))     \
  K(T, void, rate_gain, (int kind, size_t n, R sharpness, const R *y, R *gain), (kind, n, sharpness, y, gain))

// Products of matrices: matrices.inc.
#define MP_MATRIX_ROOM (256 * 1024)
#define MP_MATRIX_KERNELS(K, T, R)                                                                                     \
  /* c (+)= a b: a is m times depth, b depth times n, each with its distances between rows and columns; c has rows      \
     `stride` apart. `room` holds MP_MATRIX_ROOM numbers, aligned to 64 bytes. */                                      \
  K(T, void, matmul,                                                                                                  \
    (size_t m, size_t n, size_t depth, const R *a, size_t aRow, size_t aColumn, const R *b, size_t bRow,               \
     size_t bColumn, R *c, size_t stride, int adds, R *room),                                                          \
    (m, n, depth, a, aRow, aColumn, b, bRow, bColumn, c, stride, adds, room))

// Neurons that send traces: traces.inc.
#define MP_TRACE_KERNELS(K, T, R)                                                                                      \
  /* Steps of n neurons; `u`: currents, then potentials before the reset; returns how many spikes. */                  \
  K(T, size_t, trace_neurons,                                                                                          \
    (size_t n, size_t steps, size_t stride, R *u, R *a, const R *drive, const R *factor, R leak, R threshold, R decay),\
    (n, steps, stride, u, a, drive, factor, leak, threshold, decay))                                                   \
  K(T, void, trace_credit,                                                                                             \
    (size_t n, size_t steps, size_t stride, const R *u, const R *a, R *g, R leak, R threshold, R decay),               \
    (n, steps, stride, u, a, g, leak, threshold, decay))                                                               \
  K(T, void, gate, (size_t n, int kind, R *x, const R *u, R threshold, R width), (n, kind, x, u, threshold, width))    \
  K(T, void, trace_filter,                                                                                             \
    (size_t n, size_t steps, size_t stride, const R *x, R decay, R *y), (n, steps, stride, x, decay, y))               \
  K(T, void, fold,                                                                                                     \
    (size_t n, size_t steps, size_t stride, const R *x, const R *factor, R *y), (n, steps, stride, x, factor, y))

// All of them.
#define MP_KERNELS(K, T, R)                                                                                            \
  MP_ROW_KERNELS(K, T, R)                                                                                              \
  MP_PRODUCT_KERNELS(K, T, R)                                                                                          \
  MP_PANEL_KERNELS(K, T, R)                                                                                            \
  MP_RATE_KERNELS(K, T, R)                                                                                             \
  MP_MATRIX_KERNELS(K, T, R)                                                                                           \
  MP_TRACE_KERNELS(K, T, R)                                                                                            \
  MP_MACHINE_KERNELS(K, T, R)
