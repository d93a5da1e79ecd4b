// The client connections of one core, so that it can hasten them, and close idle ones when there is no room for others.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.hpp"

namespace ferry::server {

class session;

// Connections that wait for the first byte of a request: of their first one, or of a further one.
enum class idleness { fresh, kept };

// Owned by a core; lives on it.
class session_registry {
public:
    // A connection is added as a fresh one.
    void add(session& s);
    void remove(session& s);

    void begin_idle(session& s);  // kept, from now on
    void end_idle(session& s);

    // Closes the connection that has been idle in this way for longest, and at least for `age`; false if there is none.
    bool close_oldest(idleness what, milliseconds age);

    // Each connection closes after the answer that says so: the one it is giving or, where that began before, the next
    // one. A connection on which no further request begins within `patience` closes then.
    void drain(std::chrono::milliseconds patience);
    // Answers in flight end with an honest error.
    void stop();

    // How long a connection may be idle now; `usual` while nobody drains.
    std::chrono::milliseconds idle_time(std::chrono::milliseconds usual) const {
        return patience_ ? std::min(*patience_, usual) : usual;
    }

    // Any thread.
    std::int64_t idle(idleness what) const { return list(what).size.load(std::memory_order_relaxed); }

private:
    // By how long they have been idle: the first is the oldest.
    struct idle_list {
        session* first = nullptr;
        session* last = nullptr;
        std::atomic<std::int64_t> size{0};
    };
    idle_list& list(idleness what) { return what == idleness::fresh ? fresh_ : kept_; }
    const idle_list& list(idleness what) const { return what == idleness::fresh ? fresh_ : kept_; }
    void enlist(session& s, idleness what);

    template <class Action>
    void for_each(Action action);

    session* first_ = nullptr;
    idle_list fresh_, kept_;
    std::optional<std::chrono::milliseconds> patience_;
};

}  // namespace ferry::server
