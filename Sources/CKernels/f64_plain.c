#include "f64.h"
#define PATH plain
#include "path.h"
