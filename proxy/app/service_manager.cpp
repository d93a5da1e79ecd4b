#include "app/service_manager.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace ferry::app {

namespace {

std::string_view variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string_view{} : value;
}

std::int64_t number(std::string_view text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace

service_manager::service_manager() : socket_(variable("NOTIFY_SOCKET")) {
    const auto watched = variable("WATCHDOG_PID");
    const auto most = number(variable("WATCHDOG_USEC"));
    if (most > 0 && (watched.empty() || number(watched) == ::getpid())) interval_ = std::chrono::microseconds(most / 2);
}

void service_manager::tell(const std::string& state) const {
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    if (socket_.size() < 2 || socket_.size() >= sizeof name.sun_path) return;
    std::memcpy(name.sun_path, socket_.data(), socket_.size());
    if (socket_.front() == '@') name.sun_path[0] = '\0';  // the abstract namespace
    const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return;
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
    ::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL | MSG_DONTWAIT, reinterpret_cast<const sockaddr*>(&name),
             length);
    ::close(fd);
}

void service_manager::tell_reloading() const {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    tell("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.tv_sec * 1'000'000 + now.tv_nsec / 1000));
}

void service_manager::hand_over_to(pid_t successor) {
    tell("MAINPID=" + std::to_string(successor));
    socket_.clear();
}

void service_manager::beat() {
    const auto now = steady::now();
    if (!interval_ || now < next_beat_) return;
    next_beat_ = now + *interval_;
    tell("WATCHDOG=1");
}

}  // namespace ferry::app
