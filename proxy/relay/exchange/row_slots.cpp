#include "relay/exchange/row_slots.hpp"

#include <algorithm>
#include <limits>

namespace ferry::relay {

namespace {

// Longer ones are of no use: who comes last waits for ten answers of each that runs.
std::size_t most_waiting(std::int64_t most) {
    constexpr std::int64_t times = 10, least = 64;
    return static_cast<std::size_t>(std::max(least, times * most));
}

// Of a row that is gone or has no limit any more, whoever asks it as it was keeps his slot until he is done.
constexpr std::int64_t unlimited = std::numeric_limits<std::int64_t>::max() / 16;

std::int64_t limit_now(const catalog::candidate* row) {
    return row == nullptr || row->max_parallel == 0 ? unlimited : row->max_parallel;
}

}  // namespace

// Below, the private functions REQUIRE that the stripe's mutex is held, but end().

row_slots::gate& row_slots::gate_of(stripe& in, const catalog::candidate& row) {
    auto& known = in.gates[row.id];
    if (!known) {
        known = std::make_unique<gate>();
        known->model_name = row.model_name;
        // The request may have begun before the limit changed.
        const std::lock_guard lock(latest_mutex_);
        const auto* latest = latest_ ? latest_->find_row(row.id) : nullptr;
        known->most = limit_now(latest == nullptr ? &row : latest);
    }
    return *known;
}

std::optional<row_slots::slot> row_slots::take(const catalog::candidate& row) {
    auto& in = stripe_of(row.id);
    const std::lock_guard lock(in.mutex);
    auto& at = gate_of(in, row);
    if (at.in_use >= at.most || !at.queue.empty()) return std::nullopt;
    ++at.in_use;
    return slot(this, row.id);
}

void row_slots::end(std::int64_t row_id) {
    auto& in = stripe_of(row_id);
    const std::lock_guard lock(in.mutex);
    auto& at = *in.gates.find(row_id)->second;
    --at.in_use;
    hand_on(row_id, at);
}

void row_slots::wake(const std::shared_ptr<waiter>& who) {
    net::post_to(who->context, [who] { who->came.notify(); });
}

void row_slots::hand_on(std::int64_t row_id, gate& at) {
    while (at.in_use < at.most) {
        const auto next = at.queue.next();
        if (!next) return;
        auto& who = **next;
        if (who.is_over_.exchange(true)) continue;
        ++at.in_use;
        who.got = slot(this, row_id);
        wake(*next);
    }
}

bool row_slots::join(const std::shared_ptr<waiter>& who, const catalog::candidate& row) {
    auto& in = stripe_of(row.id);
    const std::lock_guard lock(in.mutex);
    auto& at = gate_of(in, row);
    if (at.queue.size() >= most_waiting(at.most)) {
        // Whose turn would come last gives way: else one key alone could fill the queue.
        const auto last = at.queue.last_behind(at.queue.place_for(who->key, who->priority));
        if (!last) return false;
        if (--(*last)->places_ == 0) wake(*last);
    }
    ++at.waited;
    ++who->places_;
    who->stands_.push_back({row.id, at.queue.join(who->key, who->priority, who)});
    hand_on(row.id, at);  // one may have ended since it was found full
    return true;
}

void row_slots::leave(waiter& who) {
    who.is_over_ = true;
    for (const auto& one : who.stands_) {
        auto& in = stripe_of(one.row_id);
        const std::lock_guard lock(in.mutex);
        const auto at = in.gates.find(one.row_id);
        if (at != in.gates.end()) at->second->queue.leave(one.at);
    }
}

void row_slots::count_refused(std::int64_t row_id) {
    auto& in = stripe_of(row_id);
    const std::lock_guard lock(in.mutex);
    const auto found = in.gates.find(row_id);
    if (found != in.gates.end()) ++found->second->refused;
}

void row_slots::follow(std::shared_ptr<const catalog::catalog> models) {
    {
        const std::lock_guard lock(latest_mutex_);
        latest_.swap(models);
    }
    // Only this thread changes it.
    for (auto& in : stripes_) {
        const std::lock_guard lock(in.mutex);
        for (auto& [row_id, at] : in.gates) {
            at->most = limit_now(latest_->find_row(row_id));
            hand_on(row_id, *at);
        }
        boost::unordered::erase_if(in.gates, [](const auto& one) {
            return one.second->most == unlimited && one.second->in_use == 0 && one.second->queue.empty();
        });
    }
}

std::vector<row_load> row_slots::list() const {
    std::vector<row_load> all;
    for (const auto& in : stripes_) {
        const std::lock_guard lock(in.mutex);
        for (const auto& [row_id, at] : in.gates) {
            if (at->most == unlimited) continue;
            all.push_back({row_id, at->model_name, at->most, at->in_use, static_cast<std::int64_t>(at->queue.size()),
                           at->waited, at->refused});
        }
    }
    std::sort(all.begin(), all.end(), [](const row_load& a, const row_load& b) { return a.model_id < b.model_id; });
    return all;
}

}  // namespace ferry::relay
