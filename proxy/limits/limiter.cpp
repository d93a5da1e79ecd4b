#include "limits/limiter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ferry::limits {
namespace {

std::string_view words_for(measure of) {
    constexpr std::string_view words[] = {"requests in any minute", "tokens in any minute", "requests in any 24 hours",
                                          "tokens in any 24 hours", "requests at once"};
    return words[static_cast<std::size_t>(of)];
}

void narrow(allowance& to, const allowance& other) {
    if (other.limit < 0) return;
    if (to.limit < 0 || other.remaining < to.remaining) to = other;
}

constexpr access::party parties[] = {access::party::key, access::party::user, access::party::team};

amounts wanted_by(std::int64_t tokens) {
    return {1, tokens, 1, tokens, 1};
}

}  // namespace

fault limit_is_reached(access::party whose, const shortage& why) {
    const auto wait_s = static_cast<double>(why.wait_ms) / 1000;
    auto refused = fault::client(
        fault_code::rate_limit_exceeded,
        fmt::format(
            "The limit of this {}{} is reached: {} {}. {}", whose == access::party::key ? "" : "key's ",
            access::to_text(whose), why.limit, words_for(why.of),
            why.limit == 0 ? std::string("It lets nothing through.") : fmt::format("Try again in {:.1f} s.", wait_s)));
    if (why.limit != 0) refused.retry_after = std::chrono::milliseconds(why.wait_ms);
    return refused;
}

std::optional<fault> refusal_of(std::span<const party_state> states) {
    for (const auto& one : states) {
        if (one.is.wait_ms) return limit_is_reached(one.who, {one.is.of, one.is.limit, *one.is.wait_ms});
    }
    return std::nullopt;
}

ticket& ticket::operator=(ticket&& other) noexcept {
    if (this == &other) return *this;
    leave();
    meters_ = std::move(other.meters_);
    count_ = std::exchange(other.count_, 0);
    expected_ = other.expected_;
    used_ = other.used_;
    began_ms_ = other.began_ms_;
    ended_ms_ = other.ended_ms_;
    return *this;
}

void ticket::leave() {
    for (std::size_t i = 0; i != count_; ++i) {
        const std::lock_guard held(meters_[i]->lock);
        meters_[i]->settle(began_ms_, used_ - expected_, std::max(ended_ms_, began_ms_));
    }
    for (std::size_t i = 0; i != count_; ++i) meters_[i].reset();
    count_ = 0;
}

std::shared_ptr<meter> limiter::find(std::uint64_t key) {
    auto& in = shard_of(key);
    const std::lock_guard held(in.lock);
    const auto found = in.meters.find(key);
    return found == in.meters.end() ? nullptr : found->second;
}

std::shared_ptr<meter> limiter::meter_of(const access::party_limits& limits) {
    const auto key = party_key(limits.who, limits.id);
    auto& in = shard_of(key);
    const std::lock_guard held(in.lock);
    auto& found = in.meters[key];
    if (!found) found = std::make_shared<meter>(limits);
    return found;
}

limiter::admission limiter::admit(std::span<const access::party_limits> limits, std::int64_t tokens,
                                  std::int64_t now_ms, bool is_patient) {
    admission made;
    auto& meters = made.in.meters_;
    const auto wanted = wanted_by(tokens);
    std::array<std::unique_lock<std::mutex>, 3> held;
    const int replicas = is_patient ? replicas_.load(std::memory_order_relaxed) : 1;
    // Always in the order key, user, team, so that nobody waits for each other.
    for (std::size_t i = 0; i != limits.size(); ++i) meters[i] = meter_of(limits[i]);
    for (std::size_t i = 0; i != limits.size(); ++i) {
        held[i] = std::unique_lock(meters[i]->lock);
        if (on_new_ && meters[i]->must_ask(now_ms)) on_new_();
        const auto missing = meters[i]->check(limits[i], wanted, now_ms, replicas);
        if (missing && missing->is_guess) {
            made.must_wait = true;
        } else if (missing && !made.refused) {
            made.refused = limit_is_reached(limits[i].who, *missing);
        }
    }
    if (made.refused) made.must_wait = false;
    const bool is_in = !made.refused && !made.must_wait;
    for (std::size_t i = 0; i != limits.size(); ++i) {
        if (is_in) meters[i]->take(wanted, now_ms);
        narrow(made.left.requests, meters[i]->requests(now_ms));
        narrow(made.left.tokens, meters[i]->tokens(now_ms));
        held[i].unlock();
    }
    if (!is_in) return made;
    made.in.count_ = limits.size();
    made.in.expected_ = made.in.used_ = tokens;
    made.in.began_ms_ = now_ms;
    return made;
}

void limiter::when_told(std::function<void()> then) {
    {
        const std::lock_guard held(waiting_lock_);
        waiting_.push_back(std::move(then));
    }
    if (on_new_) on_new_();
}

std::vector<std::function<void()>> limiter::take_waiting() {
    const std::lock_guard held(waiting_lock_);
    return std::exchange(waiting_, {});
}

std::vector<party_state> limiter::look(std::span<const access::party_limits> limits, std::int64_t tokens,
                                       std::int64_t now_ms) {
    std::vector<party_state> all;
    for (const auto& one : limits) {
        const auto counted = meter_of(one);
        const std::lock_guard held(counted->lock);
        for (const auto& state : counted->look(one, wanted_by(tokens), now_ms)) all.push_back({one.who, state});
    }
    return all;
}

std::vector<store::limit_use_row> limiter::collect(std::int64_t since_ms, std::int64_t now_ms) {
    std::vector<store::limit_use_row> rows;
    for (auto& in : shards_) {
        const std::lock_guard held(in.lock);
        boost::unordered::erase_if(in.meters, [&](const auto& one) {
            const auto& [key, counted] = one;
            const std::lock_guard both(counted->lock);
            if (counted.use_count() == 1 && counted->is_idle(now_ms)) return true;
            if (!counted->is_used(since_ms)) return false;
            const auto used = counted->used(now_ms);
            rows.push_back({std::string(access::to_text(parties[key % 4])),
                            static_cast<std::int64_t>(key / 4),
                            used[0],
                            used[1],
                            used[2],
                            used[3],
                            used[4],
                            {}});
            return false;
        });
    }
    return rows;
}

std::vector<store::limit_use_row> limiter::share(std::span<const store::limit_use_row> asked,
                                                 const store::limits_of_others& others, std::int64_t turn,
                                                 std::int64_t now_ms) {
    const auto key_of_row = [](const store::limit_use_row& row) {
        const auto* const who = std::find_if(std::begin(parties), std::end(parties) - 1,
                                             [&](access::party one) { return access::to_text(one) == row.party; });
        return party_key(*who, row.party_id);
    };
    replicas_ = others.replicas;
    boost::unordered_flat_map<std::uint64_t, amounts> used;
    for (const auto& row : others.used) {
        used[key_of_row(row)] = {row.minute_requests, row.minute_tokens, row.day_requests, row.day_tokens,
                                 row.parallel};
    }
    std::vector<store::limit_use_row> told;
    for (const auto& row : asked) {
        const auto key = key_of_row(row);
        const auto counted = find(key);
        if (!counted) continue;
        const std::lock_guard held(counted->lock);
        const auto shares = counted->share(used[key], others.replicas, others.rank, turn, now_ms);
        const auto mine = counted->used(now_ms);
        told.push_back({row.party, row.party_id, mine[0], mine[1], mine[2], mine[3], mine[4], shares});
    }
    return told;
}

}  // namespace ferry::limits
