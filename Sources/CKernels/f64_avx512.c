#include "tables.h"
#if MP_X86_PATHS
#include "f64.h"
#define PATH avx512
#define BYTES 64
#define MANY_REGISTERS
#define TARGET "arch=x86-64-v4,tune=x86-64"
#include "path.h"
#endif
