// A coroutine that waits.
#pragma once

#include <cstddef>
#include <new>
#include <utility>

namespace ferry::net {

// Keeps the handler that resumes a coroutine, of whatever type, without an allocation. Lives on one core.
class resumption {
public:
    resumption() = default;
    ~resumption() { drop(); }
    resumption(const resumption&) = delete;
    resumption& operator=(const resumption&) = delete;

    // REQUIRES: it is empty.
    template <class Handler>
    void keep(Handler handler) {
        static_assert(sizeof(Handler) <= sizeof room_ && alignof(Handler) <= alignof(void*));
        ::new (static_cast<void*>(room_)) Handler(std::move(handler));
        end_ = [](void* room, bool is_wanted) {
            auto* kept = static_cast<Handler*>(room);
            Handler next(std::move(*kept));
            kept->~Handler();
            if (is_wanted) std::move(next)();
        };
    }
    explicit operator bool() const { return end_ != nullptr; }
    // It is empty by the time the coroutine runs on, which may wait here again, or end and destroy it.
    void run() { std::exchange(end_, nullptr)(room_, true); }
    // Destroys the coroutine.
    void drop() {
        if (end_ != nullptr) std::exchange(end_, nullptr)(room_, false);
    }

private:
    alignas(void*) std::byte room_[4 * sizeof(void*)];
    void (*end_)(void* room, bool is_wanted) = nullptr;
};

}  // namespace ferry::net
