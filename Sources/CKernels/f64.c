#define R double
#define I int64_t
#define LANES 8
#define NAME(x) x##_f64
#define MATH(x) x
#include "kernels.inc"
