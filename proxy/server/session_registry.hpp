// The client connections of one core, so that it can count them, hasten them and wait for them.
#pragma once

#include <cstddef>
#include <functional>

namespace ferry::server {

class session;

// Owned by a core; lives on it.
class session_registry {
public:
    void add(session& s);
    void remove(session& s);
    std::size_t size() const { return size_; }

    // Idle connections close now; the others after the answer they are giving.
    void drain();
    // Answers in flight end with an honest error.
    void stop();
    // Calls `action` once, as soon as no session is left (at once if there is none).
    void when_empty(std::function<void()> action);

private:
    template <class Action>
    void for_each(Action action);

    session* first_ = nullptr;
    std::size_t size_ = 0;
    std::function<void()> when_empty_;
};

}  // namespace ferry::server
