#include "chart/memory_bounds.hpp"

#include <malloc.h>

namespace acr::chart {

void give_back_memory() {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}

}  // namespace acr::chart
