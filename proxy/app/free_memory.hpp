// Memory that was freed and not given back to the system.
#pragma once

namespace ferry::app {

// Gives back what this thread has freed. Takes some milliseconds after much was used: call it when nobody waits.
// The C library's allocator is left alone: it would stop the other threads meanwhile.
void give_free_memory_back();

}  // namespace ferry::app
