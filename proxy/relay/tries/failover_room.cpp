// How a request waits for rows that have as many at once as they may.
#include <algorithm>
#include <utility>

#include "base/ending_faults.hpp"
#include "relay/exchange/row_slots.hpp"
#include "relay/tries/failover.hpp"

namespace ferry::relay {

namespace {

// Whoever is destroyed while he waits leaves the queues, too.
struct place_in_queues {
    ~place_in_queues() { slots.leave(*who); }
    row_slots& slots;
    std::shared_ptr<row_slots::waiter> who;
};

}  // namespace

// The slot of the row that was asked before is kept where this one has none.
bool failover::has_room(std::size_t candidate) {
    const auto& row = *x_.route.candidates[candidate];
    if (row.max_parallel == 0 && !x_.slot) return true;
    if (x_.slot.is_of(row.id)) return true;
    row_slots::slot got;
    if (row.max_parallel != 0) {
        auto free = x_.core.slots.take(row);
        if (!free) full_ |= 1u << candidate;
        if (!free) return false;
        got = std::move(*free);
    }
    x_.slot = std::move(got);
    return true;
}

// It waits at all of them, as long as the most patient one lets it.
boost::asio::awaitable<std::optional<fault>> failover::await_room() {
    const auto before = steady::now();
    const auto usual = x_.settings->relay.retry.queue_timeout;
    std::optional<fault> ended;
    do {
        x_.slot = {};
        const auto key = x_.who->key_id.value_or(0);
        place_in_queues place{x_.core.slots,
                              std::make_shared<row_slots::waiter>(x_.core.context, key, x_.who->priority)};
        milliseconds patience{0};
        for (std::size_t i = 0; i < x_.route.candidates.size(); ++i) {
            const auto& row = *x_.route.candidates[i];
            const auto most = row.queue_timeout.value_or(usual);
            const bool may_wait = (full_ >> i & 1u) != 0 && before + most > steady::now();
            if (may_wait && x_.core.slots.join(place.who, row)) patience = std::max(patience, most);
        }
        const auto until = std::min(before + patience, x_.total_until);
        if (patience.count() > 0) co_await await_answer(x_, place.who, until);
        x_.core.slots.leave(*place.who);
        if (x_.gone) {
            ended = client_has_left();
        } else if (x_.stopping()) {
            ended = ferry_is_stopping();
        } else if (!place.who->got) {
            ended = why_no_room();
        } else {
            x_.slot = std::move(place.who->got);
            ended = enter_with_slot();
        }
    } while (!ended && awaits_room());
    // Not Ferry's own time.
    if (x_.before_us < 0) x_.waited_us += us_between(before, steady::now());
    co_return std::move(ended);
}

// Circuits may have closed the way meanwhile, and another may have opened.
std::optional<fault> failover::enter_with_slot() {
    const auto& all = x_.route.candidates;
    const auto found = std::find_if(all.begin(), all.end(), [this](const auto* row) { return x_.slot.is_of(row->id); });
    const auto i = static_cast<std::size_t>(found - all.begin());
    full_ = 0;
    if (i == at_ && (asked_ >> i & 1u) != 0) return enter_again();
    if (enter(i, true) || enter_next() || awaits_room()) return std::nullopt;
    x_.slot = {};
    return x_.core.breakers.refusal(*all[i], steady::now());
}

fault failover::why_no_room() {
    std::string rows;
    for (std::size_t i = 0; i < x_.route.candidates.size(); ++i) {
        if ((full_ >> i & 1u) == 0) continue;
        const auto& row = *x_.route.candidates[i];
        x_.core.slots.count_refused(row.id);
        rows += (rows.empty() ? "" : ", ") + std::to_string(row.id) + " (" + std::to_string(row.max_parallel) + ")";
    }
    auto why =
        fault::self(fault_code::overloaded, "The model has as many requests at once as it may: try again in a moment.",
                    "No room within queue_timeout at the rows (max_parallel) " + rows + ".");
    why.retry_after = milliseconds(1'000);
    return why;
}

}  // namespace ferry::relay
