#include "base/thread_priority.hpp"

#include <sched.h>
#include <sys/resource.h>

#include <cerrno>
#include <chrono>

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

// Not before a third of what it last took has passed: where others keep every processor busy, each time lasts as long
// as they please, and rows would be stored far slower than the priority allows.
void let_cores_go_first() noexcept {
    using clock = std::chrono::steady_clock;
    thread_local clock::time_point next{};
    const auto before = clock::now();
    if (before < next) return;
    ::sched_yield();
    const auto after = clock::now();
    next = after + (after - before) / 3;
}

}  // namespace ferry
