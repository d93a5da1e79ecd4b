#include "base/thread_priority.hpp"

#include <sched.h>
#include <sys/resource.h>

#include <cerrno>

namespace ferry {

// On Linux both are properties of the thread. Where a container forbids them, the thread goes on as it is.
void give_way_to_cores() noexcept {
    if (::sched_getscheduler(0) != SCHED_OTHER) return;
    const sched_param none{};
    ::sched_setscheduler(0, SCHED_BATCH, &none);
    errno = 0;
    const int nice = ::getpriority(PRIO_PROCESS, 0);
    if (errno == 0) ::setpriority(PRIO_PROCESS, 0, nice + 5);
}

void let_cores_go_first() noexcept {
    ::sched_yield();
}

}  // namespace ferry
