#include "io/event_loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace ferry::bench {
namespace {

void control(int epoll, int operation, int fd, watcher* w, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = w;
    if (epoll_ctl(epoll, operation, fd, &event) != 0) throw std::system_error(errno, std::generic_category(), "epoll");
}

}  // namespace

event_loop::event_loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (epoll_ < 0 || wake_ < 0) throw std::system_error(errno, std::generic_category(), "epoll");
    control(epoll_, EPOLL_CTL_ADD, wake_, nullptr, EPOLLIN);
}

event_loop::~event_loop() {
    close(wake_);
    close(epoll_);
}

void event_loop::watch(int fd, watcher& w, std::uint32_t events) {
    control(epoll_, EPOLL_CTL_ADD, fd, &w, events);
}

void event_loop::change(int fd, watcher& w, std::uint32_t events) {
    control(epoll_, EPOLL_CTL_MOD, fd, &w, events);
}

void event_loop::forget(int fd) {
    epoll_ctl(epoll_, EPOLL_CTL_DEL, fd, nullptr);
}

// epoll_pwait2 waits with the precision that millisecond intervals need; an old kernel gets whole milliseconds.
int event_loop::wait(void* events, int room) {
    using namespace std::chrono;
    auto* list = static_cast<epoll_event*>(events);
    const auto next = timers_.next();
    if (!next) return epoll_wait(epoll_, list, room, -1);
    const auto left = std::max<nanoseconds>(*next - steady::now(), nanoseconds(0));
    timespec limit{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
    const int n = epoll_pwait2(epoll_, list, room, &limit, nullptr);
    if (n >= 0 || errno != ENOSYS) return n;
    return epoll_wait(epoll_, list, room, static_cast<int>(ceil<milliseconds>(left).count()));
}

int event_loop::timed_wait(void* events, int room) {
    const auto before = asked_;
    const auto begun = steady::now();
    const int n = wait(events, room);
    asked_ = steady::now();
    // A wait that did not sleep takes about a microsecond.
    ready_since_ = asked_ - begun > std::chrono::microseconds(20) ? asked_ : before;
    return n;
}

void event_loop::run() {
    epoll_event events[256];
    asked_ = steady::now();
    while (!stopping_.load(std::memory_order_acquire)) {
        const int n = keeps_time_ ? timed_wait(events, 256) : wait(events, 256);
        for (int i = 0; i < n; ++i) {
            if (auto* w = static_cast<watcher*>(events[i].data.ptr)) w->on_ready(events[i].events);
        }
        if (timers_.next()) {
            const auto now = steady::now();
            while (timer* t = timers_.pop_due(now)) t->on_timer();
        }
        retired_.clear();
    }
}

void event_loop::stop() {
    stopping_.store(true, std::memory_order_release);
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = write(wake_, &one, sizeof one);
}

}  // namespace ferry::bench
