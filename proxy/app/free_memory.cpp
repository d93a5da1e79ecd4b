#include "app/free_memory.hpp"

#ifdef FERRY_MIMALLOC
#include <mimalloc.h>
#endif

namespace ferry::app {

void give_free_memory_back() {
#ifdef FERRY_MIMALLOC
    ::mi_collect(true);
#endif
}

}  // namespace ferry::app
