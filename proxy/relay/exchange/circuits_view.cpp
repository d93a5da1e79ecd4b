// What operators see of the circuits.
#include <algorithm>
#include <tuple>

#include "openai/fault_map.hpp"
#include "relay/exchange/circuits.hpp"

namespace ferry::relay {

circuit_view circuits::view_of(const entry& of, const circuit_options& rules, steady::time_point now) {
    circuit_view made;
    made.level = of.level;
    made.state = of.is.state(now);
    made.refuses = of.is.refuses();
    made.model_id = of.model_id;
    made.model_names.assign(of.model_names.begin(), of.model_names.end());
    made.host = of.host;
    made.error_code = openai::code_text(of.last);
    made.reason = of.last.full_text();
    made.failures = of.is.failures(now, rules);
    made.openings = of.is.openings();
    made.left = of.is.left(now);
    made.looked = of.looked;
    return made;
}

std::vector<circuit_view> circuits::list(const circuit_options& rules, steady::time_point now) const {
    std::vector<circuit_view> all;
    if (is_empty()) return all;
    const std::lock_guard lock(mutex_);
    for (const auto& [key, of] : entries_) {
        if (of.is.state(now) != circuit_state::closed && !of.is.is_over(now, rules))
            all.push_back(view_of(of, rules, now));
    }
    std::sort(all.begin(), all.end(), [](const circuit_view& a, const circuit_view& b) {
        return std::tie(a.level, a.host, a.model_id) < std::tie(b.level, b.host, b.model_id);
    });
    return all;
}

std::optional<circuit_view> circuits::view(const catalog::candidate& row, const circuit_options& rules,
                                           steady::time_point now) const {
    if (is_empty()) return std::nullopt;
    const auto keys = keys_of(row);
    const std::lock_guard lock(mutex_);
    std::optional<circuit_view> strictest;
    for (const auto key : keys) {
        const auto* known = find(key);
        if (known == nullptr || known->is.state(now) == circuit_state::closed) continue;
        if (strictest && (strictest->refuses || !known->is.refuses())) continue;
        strictest = view_of(*known, rules, now);
    }
    return strictest;
}

circuit_figures circuits::figures() const {
    circuit_figures all;
    for (std::size_t i = 0; i < all.opened.size(); ++i) {
        all.opened[i] = opened_[i].load(std::memory_order_relaxed);
        all.probed[i] = probed_[i].load(std::memory_order_relaxed);
        all.closed[i] = closed_[i].load(std::memory_order_relaxed);
    }
    for (std::size_t i = 0; i < all.looks.size(); ++i) all.looks[i] = looks_[i].load(std::memory_order_relaxed);
    all.refused = refused_.load(std::memory_order_relaxed);
    return all;
}

}  // namespace ferry::relay
