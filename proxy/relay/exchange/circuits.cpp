#include "relay/exchange/circuits.hpp"

#include <algorithm>
#include <boost/container_hash/hash.hpp>

#include "openai/fault_map.hpp"

namespace ferry::relay {

namespace {

// Rows come and go with the catalog.
constexpr std::size_t most_circuits = 2048;
constexpr std::size_t most_names = 8;

constexpr std::array circuit_levels = {circuit_level::row, circuit_level::key, circuit_level::endpoint};

std::uint64_t circuit_key(circuit_level level, std::size_t of, std::int64_t row_id) {
    std::size_t key = 0;
    boost::hash_combine(key, static_cast<int>(level));
    boost::hash_combine(key, of);
    boost::hash_combine(key, row_id);
    return key;
}

circuit_blow blow_of(circuit_level level, fault_weight weight, const fault& why, bool saw_answers, bool saw_others) {
    const bool is_limit = why.code == fault_code::upstream_rate_limited;
    circuit_blow made;
    made.at_once = weight == fault_weight::at_once;
    if (level == circuit_level::row) made.refuses = !is_limit;
    if (level == circuit_level::key) made.refuses = false;
    if (level == circuit_level::endpoint) made.refuses = !saw_answers;
    if (level == circuit_level::endpoint) made.may_open = !saw_answers || saw_others;
    return made;
}

}  // namespace

circuits::all_keys circuits::keys_of(const catalog::candidate& row) {
    const auto account = static_cast<std::size_t>(row.account);
    return {circuit_key(circuit_level::row, account, row.id), circuit_key(circuit_level::key, account, 0),
            circuit_key(circuit_level::endpoint, boost::hash<std::string>()(row.where.pool_key), 0)};
}

bool circuits::is_marked(const all_keys& keys) const {
    return std::any_of(keys.begin(), keys.end(), [this](std::uint64_t key) {
        return marks_[key % mark_count].load(std::memory_order_relaxed) != 0;
    });
}

// Below, all but the public functions and is_marked() REQUIRE that the mutex is held.

circuits::entry* circuits::find(std::uint64_t key) {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second;
}

const circuits::entry* circuits::find(std::uint64_t key) const {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second;
}

circuits::entry& circuits::make(std::uint64_t key, circuit_level level, const circuit_options& rules,
                                steady::time_point now) {
    if (auto* known = find(key)) return *known;
    forget_old(rules, now);
    if (entries_.size() >= most_circuits) {
        entries_.clear();
        for (auto& mark : marks_) mark.store(0, std::memory_order_relaxed);
    }
    auto& made = entries_[key];
    made.level = level;
    marks_[key % mark_count].fetch_add(1, std::memory_order_relaxed);
    count_.store(entries_.size(), std::memory_order_relaxed);
    return made;
}

void circuits::forget(std::uint64_t key) {
    if (entries_.erase(key) == 0) return;
    marks_[key % mark_count].fetch_sub(1, std::memory_order_relaxed);
    count_.store(entries_.size(), std::memory_order_relaxed);
}

void circuits::forget_old(const circuit_options& rules, steady::time_point now) {
    std::vector<std::uint64_t> old;
    for (const auto& [key, of] : entries_) {
        if (of.is.is_over(now, rules)) old.push_back(key);
    }
    for (const auto key : old) forget(key);
}

void circuits::count(std::array<std::atomic<std::uint64_t>, 3>& changes, std::size_t level) {
    changes[level].fetch_add(1, std::memory_order_relaxed);
}

std::optional<circuits::pass> circuits::enter(const catalog::candidate& row, bool even_behind,
                                              const circuit_options& rules, steady::time_point now) {
    pass made;
    if (is_empty()) return made;
    made.of_ = this;
    made.asked_ = now;
    made.keys_ = keys_of(row);
    if (!is_marked(made.keys_)) return made;
    const std::lock_guard lock(mutex_);
    std::array<entry*, 3> known{};
    for (std::size_t i = 0; i < known.size(); ++i) {
        known[i] = find(made.keys_[i]);
        if (known[i] != nullptr && known[i]->is.is_over(now, rules)) {
            forget(made.keys_[i]);
            known[i] = nullptr;
        }
        if (known[i] == nullptr || known[i]->is.admits(now)) continue;
        if (known[i]->is.refuses() || !even_behind) return std::nullopt;
    }
    const auto serial = serials_ + 1;
    for (std::size_t i = 0; i < known.size(); ++i) {
        if (known[i] == nullptr || !known[i]->is.admits(now) || !known[i]->is.claim(serial, now)) continue;
        made.serial_ = serials_ = serial;
        count(probed_, i);
    }
    if (known[0] != nullptr) made.openings_ = known[0]->is.openings();
    return made;
}

bool circuits::is_well(const catalog::candidate& row, steady::time_point now) const {
    if (is_empty()) return true;
    const auto keys = keys_of(row);
    if (!is_marked(keys)) return true;
    const std::lock_guard lock(mutex_);
    return std::all_of(keys.begin(), keys.end(), [this, now](std::uint64_t key) {
        const auto* known = find(key);
        return known == nullptr || known->is.admits(now);
    });
}

void circuits::give_back(const pass& by) {
    const std::lock_guard lock(mutex_);
    for (const auto key : by.keys_) {
        if (auto* known = find(key)) known->is.give_back(by.serial_);
    }
}

void circuits::begun(const pass& by) {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < by.keys_.size(); ++i) {
        auto* known = find(by.keys_[i]);
        if (known != nullptr && known->is.begun(by.serial_)) count(closed_, i);
    }
}

void circuits::succeeded(const pass& by, const catalog::candidate& row, const circuit_options& rules,
                         steady::time_point now) {
    if (is_empty()) return;
    const auto keys = keys_of(row);
    if (!is_marked(keys)) return;
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        auto* known = find(keys[i]);
        if (known == nullptr) continue;
        const bool is_row = circuit_levels[i] == circuit_level::row;
        const bool has_closed =
            is_row ? known->is.succeeded(by.serial_, by.asked_, rules, now) : known->is.alive(by.serial_, by.asked_);
        if (has_closed) count(closed_, i);
        if (known->is.is_over(now, rules)) forget(keys[i]);
    }
}

bool circuits::failed(const pass& by, const catalog::candidate& row, const fault& why, const failed_how& how,
                      const circuit_options& rules, steady::time_point now) {
    bool has_shut = false;
    for (const auto level : circuit_levels) has_shut |= weigh(level, by, row, why, how, rules, now);
    return has_shut;
}

bool circuits::weigh(circuit_level level, const pass& by, const catalog::candidate& row, const fault& why,
                     const failed_how& how, const circuit_options& rules, steady::time_point now) {
    const auto weight = weigh_fault(level, why, how);
    const auto at = static_cast<std::size_t>(level);
    if (weight == fault_weight::none || (weight == fault_weight::alive && is_empty())) return false;
    const auto key = keys_of(row)[at];
    const std::lock_guard lock(mutex_);
    if (weight == fault_weight::alive) {
        auto* known = find(key);
        if (known == nullptr) return false;
        const bool was_closed = known->is.state(now) == circuit_state::closed;
        if (level == circuit_level::row && was_closed) return false;
        if (known->is.alive(by.serial_, by.asked_)) count(closed_, at);
        if (known->is.is_over(now, rules)) forget(key);
        return false;
    }
    auto& of = make(key, level, rules, now);
    if (of.is.failures(now, rules) == 0) {
        of.saw_answers = of.saw_others = false;
        of.model_id = 0;
    }
    of.saw_others |= of.model_id != 0 && of.model_id != row.id;
    of.saw_answers |= how.connected;
    const auto blow = blow_of(level, weight, why, of.saw_answers, of.saw_others);
    const bool has_changed = weight == fault_weight::waits ? of.is.wait(by.serial_, *why.retry_after, now)
                                                           : of.is.failed(by.serial_, blow, rules, now);
    of.model_id = row.id;
    of.host = row.where.host_header;
    if (std::find(of.model_names.begin(), of.model_names.end(), row.model_name) == of.model_names.end() &&
        of.model_names.size() < most_names) {
        of.model_names.push_back(row.model_name);
    }
    of.last = fault::upstream(why.code, retry_advice::never, why.message, why.for_operator);
    of.last.upstream_status = why.upstream_status;
    if (!has_changed) return false;
    of.looked.reset();
    count(opened_, at);
    if (weight == fault_weight::counts && why.retry_after) of.is.put_off(*why.retry_after, rules, now);
    return of.is.refuses();
}

std::optional<fault> circuits::refusal(const catalog::candidate& row, steady::time_point now) const {
    if (is_empty()) return std::nullopt;
    const auto keys = keys_of(row);
    const std::lock_guard lock(mutex_);
    std::optional<fault> why;
    for (const auto key : keys) {
        const auto* known = find(key);
        if (known == nullptr || known->is.admits(now) || !known->is.refuses()) continue;
        const auto left = known->is.left(now);
        if (why && *why->retry_after >= left) continue;
        why = known->last;
        why->retry_after = left;
    }
    if (why) why->message = "The upstream is not asked again yet. Its last failure: " + why->message;
    return why;
}

}  // namespace ferry::relay
