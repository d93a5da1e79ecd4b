#include "server/session_registry.hpp"

#include "server/session.hpp"

namespace ferry::server {

void session_registry::add(session& s) {
    s.next_ = first_;
    if (first_ != nullptr) first_->previous_ = &s;
    first_ = &s;
}

void session_registry::remove(session& s) {
    if (s.previous_ != nullptr) s.previous_->next_ = s.next_;
    if (s.next_ != nullptr) s.next_->previous_ = s.previous_;
    if (first_ == &s) first_ = s.next_;
}

template <class Action>
void session_registry::for_each(Action action) {
    for (auto* s = first_; s != nullptr;) {
        auto* const next = s->next_;
        action(*s);
        s = next;
    }
}

void session_registry::drain(std::chrono::milliseconds patience) {
    patience_ = patience;
    for_each([patience](session& s) { s.drain(patience); });
}

void session_registry::stop() {
    for_each([](session& s) { s.stop(); });
}

}  // namespace ferry::server
