// Who may connect to a running application, where the connection is served, and what is closed for it.
#include <unistd.h>

#include <algorithm>

#include "app/application.hpp"
#include "app/descriptor_plan.hpp"
#include "base/log.hpp"

namespace ferry::app {

namespace {

using server::idleness;

constexpr std::int64_t most_imbalance = 4;
// Who has just connected is about to say something.
constexpr auto time_to_speak = milliseconds(1000);

}  // namespace

// From the configuration, within what the kernel allows.
void application::share_descriptors() {
    const auto wanted = static_cast<std::int64_t>(settings_.server.max_connections);
    const auto plan = plan_descriptors(descriptor_limit_, descriptors_at_start_, wanted);
    most_connections_ = plan.clients;
    upstream_sockets_.most = plan.upstreams;
    upstream_sockets_.shed = [this] {
        for (auto& one : cores_) one->close_idle_upstreams();
    };
    if (plan.clients == wanted) {
        log_info("At most {} client connections are served; {} file descriptors may be open", wanted, plan.limit);
        return;
    }
    log_warn(
        "At most {} client connections are served: the process may open {} file descriptors, and "
        "server.max_connections = {} needs {}. Raise the limit (ulimit -n, LimitNOFILE of a unit) or lower that.",
        plan.clients, plan.limit, wanted, plan.wanted);
}

// SO_REUSEPORT spreads few connections badly: a core that is well ahead of another hands the connection over.
void application::place(unsigned accepted_on, int fd) {
    const bool has_room = make_room(accepted_on);
    if (!has_room && open_connections() >= most_connections_ + most_over) {
        ++refused_connections_;
        ::close(fd);
        return;
    }
    auto* target = cores_[accepted_on].get();
    if (!has_room) {
        ++refused_connections_;
        return target->refuse(fd);
    }
    const auto own = target->open_connections();
    for (auto& other : cores_) {
        if (own - other->open_connections() > most_imbalance &&
            other->open_connections() < target->open_connections()) {
            target = other.get();
        }
    }
    target->serve(fd);
}

// Whether one more may be served, with one that is idle closed for it if need be. Somebody who connects and says
// nothing must not drive away those who have been served: where such connections are many, the oldest of them goes,
// however young it is.
bool application::make_room(unsigned on) {
    const auto most = most_connections_.load();
    const auto open = open_connections();
    if (open < most) return true;
    if (open >= most + most_over) return false;
    std::int64_t silent = 0;
    for (const auto& one : cores_) silent += one->idle(idleness::fresh);
    if (silent > most / 2) return close_one(idleness::fresh, milliseconds(0), on);
    return close_one(idleness::kept, milliseconds(0), on) || close_one(idleness::fresh, time_to_speak, on);
}

bool application::close_one(idleness what, milliseconds age, unsigned on) {
    auto* target = cores_[on].get();
    bool closed = target->close_idle_here(what, age);
    if (!closed) {
        for (auto& other : cores_) {
            if (other->idle(what) > target->idle(what)) target = other.get();
        }
        closed = target != cores_[on].get();
        if (closed) target->close_idle(what, age);
    }
    if (closed) ++closed_idle_;
    return closed;
}

// Something else than clients and upstreams has used up the reserve.
void application::spare_descriptor(unsigned on) {
    upstream_sockets_.shed();
    if (!close_one(idleness::fresh, time_to_speak, on)) close_one(idleness::kept, milliseconds(0), on);
}

std::int64_t application::open_connections() const {
    std::int64_t sum = 0;
    for (const auto& one : cores_) sum += one->open_connections();
    return sum;
}

}  // namespace ferry::app
