// What Ferry finds out about those that are left alone without spending a request on them.
#include <algorithm>

#include "relay/exchange/circuits.hpp"

namespace ferry::relay {

std::vector<std::int64_t> circuits::due_looks(std::size_t most, steady::time_point now) {
    std::vector<std::int64_t> rows;
    if (is_empty()) return rows;
    const std::lock_guard lock(mutex_);
    for (auto& [key, of] : entries_) {
        if (!of.is.may_be_looked_at(now)) continue;
        const bool is_there = std::find(rows.begin(), rows.end(), of.model_id) != rows.end();
        if (!is_there && rows.size() == most) continue;
        of.is.note_look();
        if (!is_there) rows.push_back(of.model_id);
    }
    return rows;
}

void circuits::looked(const catalog::candidate& row, look_outcome found, steady::time_point now) {
    looks_[static_cast<std::size_t>(found)].fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    for (const auto key : keys_of(row)) {
        auto* known = find(key);
        if (known == nullptr || !known->is.is_left_alone(now)) continue;
        known->looked = found;
        known->is.note_look();
        if (found == look_outcome::well) known->is.end_cooldown(now);
        if (found == look_outcome::unreachable) known->is.begin_cooldown_again(now);
    }
}

std::string_view to_text(look_outcome outcome) {
    switch (outcome) {
        case look_outcome::well:
            return "well";
        case look_outcome::refused:
            return "refused";
        case look_outcome::failed:
            return "failed";
        case look_outcome::unreachable:
            return "unreachable";
    }
    return "";
}

}  // namespace ferry::relay
