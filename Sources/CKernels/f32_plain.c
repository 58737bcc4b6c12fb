#include "f32.h"
#define PATH plain
#include "path.h"
