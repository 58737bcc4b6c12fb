#include "tables.h"
#if MP_X86_PATHS
#include "f64.h"
#define PATH avx2
#define BYTES 32
#define TARGET "arch=x86-64-v3,tune=x86-64"
#include "path.h"
#endif
