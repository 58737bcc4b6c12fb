#define R float
#define NAME(x) x##_f32
#include "entries.inc"
