#define R float
#define I int32_t
#define LANES 16
#define NAME(x) x##_f32
#define MATH(x) x##f
#include "kernels.inc"
