#define R double
#define I int64_t
#define LANES 8
#define T f64
#define MATH(x) x
