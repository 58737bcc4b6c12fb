#pragma once
#include <stddef.h>

// How often this thread has asked the C library for memory since it began.
size_t allocations_of_this_thread(void);
