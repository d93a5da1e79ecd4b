// A second candidate that is asked beside the one that is.
#include <algorithm>
#include <utility>

#include "relay/tries/failover.hpp"

namespace ferry::relay {

const catalog::candidate* failover::beside() const {
    const auto& all = x_.route.candidates;
    const auto now = x_.core.breakers.is_empty() ? steady::time_point{} : steady::now();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if ((asked_ >> i & 1u) == 0 && x_.core.breakers.is_well(*all[i], now)) return all[i];
    }
    return nullptr;
}

bool failover::enter_beside(const catalog::candidate& row, attempt::side& as) {
    auto pass = x_.core.breakers.enter(row, false, x_.settings->relay.circuit, steady::now());
    if (!pass) return false;
    if (row.max_parallel != 0) {
        auto room = x_.core.slots.take(row);
        if (!room) return false;
        as.slot = std::move(*room);
    }
    as.pass = std::move(*pass);
    asked_ |= 1u << place_of(row);
    return true;
}

std::size_t failover::place_of(const catalog::candidate& row) const {
    const auto& all = x_.route.candidates;
    return static_cast<std::size_t>(std::find(all.begin(), all.end(), &row) - all.begin());
}

void failover::failed_beside(const catalog::candidate& row, const circuits::pass& pass, const fault& why,
                             const attempt& tried) {
    if (why.source != fault_source::upstream || was_stale(why, tried.failure())) return;
    const failed_how how{.connected = tried.failure().connected, .answered = tried.failure().answer_begun};
    x_.core.breakers.failed(pass, row, why, how, x_.settings->relay.circuit, steady::now());
}

void failover::step_to(const catalog::candidate& row, attempt::side& as) {
    at_ = place_of(row);
    x_.pass = std::move(as.pass);
    x_.slot = std::move(as.slot);
    x_.patience.reset();
    x_.is_hurried = false;
    tries_ = 0;
    fresh_ = shut_ = once_ = false;
    repairs_.emplace(x_, to());
}

}  // namespace ferry::relay
