#define R double
#define NAME(x) x##_f64
#include "entries.inc"
