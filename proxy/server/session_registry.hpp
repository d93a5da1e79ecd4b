// The client connections of one core, so that it can hasten them.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace ferry::server {

class session;

// Owned by a core; lives on it.
class session_registry {
public:
    void add(session& s);
    void remove(session& s);

    // Each connection closes after the answer that says so: the one it is giving or, where that began before, the next
    // one. A connection on which no further request begins within `patience` closes then.
    void drain(std::chrono::milliseconds patience);
    // Answers in flight end with an honest error.
    void stop();

    // How long a connection may be idle now; `usual` while nobody drains.
    std::chrono::milliseconds idle_time(std::chrono::milliseconds usual) const {
        return patience_ ? std::min(*patience_, usual) : usual;
    }

private:
    template <class Action>
    void for_each(Action action);

    session* first_ = nullptr;
    std::optional<std::chrono::milliseconds> patience_;
};

}  // namespace ferry::server
