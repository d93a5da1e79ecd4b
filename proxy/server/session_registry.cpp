#include "server/session_registry.hpp"

#include "server/session.hpp"

namespace ferry::server {

void session_registry::add(session& s) {
    s.next_ = first_;
    if (first_ != nullptr) first_->previous_ = &s;
    first_ = &s;
    enlist(s, idleness::fresh);
}

void session_registry::remove(session& s) {
    end_idle(s);
    if (s.previous_ != nullptr) s.previous_->next_ = s.next_;
    if (s.next_ != nullptr) s.next_->previous_ = s.previous_;
    if (first_ == &s) first_ = s.next_;
}

void session_registry::enlist(session& s, idleness what) {
    auto& in = list(what);
    s.idle_as_ = what;
    s.idle_since_ = steady::now();
    s.idle_before_ = in.last;
    s.idle_behind_ = nullptr;
    (in.last == nullptr ? in.first : in.last->idle_behind_) = &s;
    in.last = &s;
    in.size.store(in.size.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void session_registry::begin_idle(session& s) {
    if (!s.idle_as_) enlist(s, idleness::kept);
}

void session_registry::end_idle(session& s) {
    if (!s.idle_as_) return;
    auto& in = list(*s.idle_as_);
    (s.idle_before_ == nullptr ? in.first : s.idle_before_->idle_behind_) = s.idle_behind_;
    (s.idle_behind_ == nullptr ? in.last : s.idle_behind_->idle_before_) = s.idle_before_;
    s.idle_as_.reset();
    in.size.store(in.size.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
}

bool session_registry::close_oldest(idleness what, milliseconds age) {
    auto* const oldest = list(what).first;
    if (oldest == nullptr || steady::now() - oldest->idle_since_ < age) return false;
    end_idle(*oldest);
    oldest->make_room();
    return true;
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
