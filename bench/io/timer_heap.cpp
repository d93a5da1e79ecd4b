#include "io/timer_heap.hpp"

namespace ferry::bench {

void timer_heap::place(timer* t, std::size_t slot) {
    heap_[slot] = t;
    t->slot_ = slot;
}

void timer_heap::sift(timer* t, std::size_t slot) {
    while (slot > 0 && t->due_ < heap_[(slot - 1) / 2]->due_) {
        place(heap_[(slot - 1) / 2], slot);
        slot = (slot - 1) / 2;
    }
    for (std::size_t child; (child = 2 * slot + 1) < heap_.size(); slot = child) {
        if (child + 1 < heap_.size() && heap_[child + 1]->due_ < heap_[child]->due_) ++child;
        if (t->due_ <= heap_[child]->due_) break;
        place(heap_[child], slot);
    }
    place(t, slot);
}

void timer_heap::set(timer& t, steady::time_point due) {
    t.due_ = due;
    if (t.slot_ == timer::idle) {
        t.slot_ = heap_.size();
        heap_.push_back(&t);
    }
    sift(&t, t.slot_);
}

void timer_heap::cancel(timer& t) {
    if (t.slot_ == timer::idle) return;
    const std::size_t hole = t.slot_;
    timer* last = heap_.back();
    heap_.pop_back();
    t.slot_ = timer::idle;
    if (last != &t) sift(last, hole);
}

std::optional<steady::time_point> timer_heap::next() const {
    if (heap_.empty()) return std::nullopt;
    return heap_.front()->due_;
}

timer* timer_heap::pop_due(steady::time_point now) {
    if (heap_.empty() || heap_.front()->due_ > now) return nullptr;
    timer* t = heap_.front();
    cancel(*t);
    return t;
}

}  // namespace ferry::bench
