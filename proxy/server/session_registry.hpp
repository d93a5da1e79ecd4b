// The client connections of one core, so that it can hasten them.
#pragma once

namespace ferry::server {

class session;

// Owned by a core; lives on it.
class session_registry {
public:
    void add(session& s);
    void remove(session& s);

    // Idle connections close now; the others after the answer they are giving.
    void drain();
    // Answers in flight end with an honest error.
    void stop();

private:
    template <class Action>
    void for_each(Action action);

    session* first_ = nullptr;
};

}  // namespace ferry::server
