#include "f32.h"
#define PATH plain
#define BYTES 16
#include "path.h"
