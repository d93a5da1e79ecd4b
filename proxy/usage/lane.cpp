#include "usage/lane.hpp"

#include <algorithm>
#include <utility>

namespace ferry::usage {

std::uint64_t lane::safe_to() {
    const auto held = all();
    if (held.empty()) return position.load(std::memory_order_acquire);  // closed, and all of it shipped
    std::uint64_t safe = 0;
    for (const auto& each : held) {
        if (!each->has_begun()) break;
        const bool is_complete = each->is_complete();  // before what is published: it is final then
        const std::uint64_t published = each->published();
        const std::uint64_t offset = each->safe_to();
        safe = each->position_of(offset);
        if (!is_complete || offset < published) break;
    }
    return safe;
}

std::size_t lane::release_waiters(std::uint64_t safe) {
    tell(0, safe, true);
    std::lock_guard lock(guard);
    return waiters.size();
}

void lane::fail_waiters(std::uint64_t from, std::uint64_t to) {
    tell(from, to, false);
}

void lane::tell(std::uint64_t from, std::uint64_t to, bool is_durable) {
    std::vector<waiter> due;
    {
        std::lock_guard lock(guard);
        const auto later = std::stable_partition(waiters.begin(), waiters.end(), [&](const waiter& w) {
            return w.position <= to && (w.position > from || from == 0);
        });
        due.assign(std::make_move_iterator(waiters.begin()), std::make_move_iterator(later));
        waiters.erase(waiters.begin(), later);
    }
    for (auto& each : due)
        on_core([callback = std::move(each.callback), is_durable] { callback(is_durable); });
}

void lane::release_room_waiters() {
    std::vector<std::function<void()>> due;
    {
        std::lock_guard lock(guard);
        due.swap(room_waiters);
    }
    for (auto& each : due) on_core(std::move(each));
}

void lane::on_core_if_it_runs(std::function<void()> job) {
    std::unique_lock lock(guard);
    const auto way = post;
    lock.unlock();
    if (way) way(std::move(job));
}

void lane::on_core(std::function<void()> job) {
    std::function<void(std::function<void()>)> way;
    {
        std::lock_guard lock(guard);
        way = post;
    }
    if (way)
        way(std::move(job));
    else
        job();
}

}  // namespace ferry::usage
