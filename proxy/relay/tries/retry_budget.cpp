#include "relay/tries/retry_budget.hpp"

#include <algorithm>
#include <functional>

namespace ferry::relay {

namespace {

constexpr std::int64_t whole_try = 1000;

}  // namespace

retry_budget::bucket& retry_budget::bucket_of(std::string_view endpoint) {
    return buckets_[std::hash<std::string_view>()(endpoint) % buckets_.size()];
}

void retry_budget::add(bucket& to, double share) {
    const auto part = static_cast<std::int64_t>(share * whole_try);
    auto spent = to.spent.load(std::memory_order_relaxed);
    while (spent > 0 && !to.spent.compare_exchange_weak(spent, std::max<std::int64_t>(0, spent - part))) continue;
}

bool retry_budget::take(std::string_view endpoint, double share, steady::time_point now) {
    if (share <= 0) return false;
    if (share >= 1) return true;
    auto& from = bucket_of(endpoint);
    const std::lock_guard lock(from.mutex);
    const auto passed = std::chrono::duration_cast<milliseconds>(now - from.at).count();
    if (passed > 0) {
        // What requests put in meanwhile may not be lost: so it is taken off, not written.
        const auto back = std::min({passed, from.spent.load(), most * whole_try});
        from.spent.fetch_sub(back);
        from.at = now;
    }
    if (from.spent.load() + whole_try > most * whole_try) return false;
    from.spent.fetch_add(whole_try);
    return true;
}

}  // namespace ferry::relay
