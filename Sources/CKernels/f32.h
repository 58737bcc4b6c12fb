#define R float
#define I int32_t
#define LANES 16
#define T f32
#define MATH(x) x##f
