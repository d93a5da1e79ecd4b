#include "relay/tries/hedge_budget.hpp"

#include <algorithm>

namespace ferry::relay {

namespace {

constexpr double most_left = 10;

}  // namespace

void hedge_budget::note_request(std::int64_t row_id, double share, double cost_share) {
    auto& to = bucket_of(row_id);
    const std::lock_guard lock(to.mutex);
    to.tries = std::min(most_left, to.tries + share);
    to.costs = std::min(most_left, to.costs + cost_share);
}

bool hedge_budget::take(std::int64_t row_id, double times) {
    auto& from = bucket_of(row_id);
    const std::lock_guard lock(from.mutex);
    if (from.tries < 1 || from.costs < times) return false;
    from.tries -= 1;
    from.costs -= times;
    return true;
}

}  // namespace ferry::relay
