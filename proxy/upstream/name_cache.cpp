#include "upstream/name_cache.hpp"

#include <algorithm>

namespace ferry::upstream {

namespace {

using std::chrono::seconds;

constexpr seconds least_ttl{5}, most_ttl{300};
constexpr seconds failure_ttl{1};
constexpr seconds most_patience{30};
constexpr auto usable_for = std::chrono::hours(24);
constexpr auto unused_for = std::chrono::minutes(10);
constexpr auto between_looks = std::chrono::minutes(1);

}  // namespace

name_cache::answer name_cache::find(const std::string& host, callback done) {
    const auto now = now_();
    bool asks = false;
    answer has;
    {
        const std::lock_guard lock(mutex_);
        auto& of = entries_[host];
        of.used_at = now;
        const bool has_addresses = of.has && !of.has->addresses.empty();
        const bool is_fresh = of.has && now < of.fresh_until;
        if (is_fresh || (has_addresses && now < of.usable_until)) has = of.has;
        if (!has) of.waiting.push_back(std::move(done));
        if (!is_fresh && !of.is_asked) asks = of.is_asked = true;
    }
    // The source may answer at once.
    if (asks) {
        source_.ask(host, [this, host](lookup_answer got) { take(host, std::move(got)); });
    }
    return has;
}

void name_cache::take(const std::string& host, lookup_answer got) {
    const auto now = now_();
    std::vector<callback> waiting;
    answer has;
    {
        const std::lock_guard lock(mutex_);
        auto& of = entries_[host];
        learn(of, std::move(got), now);
        has = of.has;
        waiting.swap(of.waiting);
        forget_unused(now);
    }
    for (const auto& one : waiting) one(has);
}

void name_cache::learn(entry& of, lookup_answer got, steady::time_point now) {
    of.is_asked = false;
    const bool serves_on = of.has && !of.has->addresses.empty() && now < of.usable_until;
    if (!got.error.empty() && !got.is_definite && serves_on) {
        of.fresh_until = now + of.patience;
        of.patience = std::min(of.patience * 2, most_patience);
        return;
    }
    const bool failed = !got.error.empty();
    of.has = std::make_shared<const known>(known{std::move(got.addresses), std::move(got.error)});
    of.fresh_until = now + (failed ? failure_ttl : std::clamp(got.ttl, least_ttl, most_ttl));
    of.usable_until = now + usable_for;
    of.patience = seconds(1);
}

void name_cache::forget_unused(steady::time_point now) {
    if (now - looked_over_at_ < between_looks) return;
    looked_over_at_ = now;
    std::erase_if(entries_, [now](const auto& one) {
        return !one.second.is_asked && one.second.waiting.empty() && now - one.second.used_at > unused_for;
    });
}

std::size_t name_cache::size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

}  // namespace ferry::upstream
