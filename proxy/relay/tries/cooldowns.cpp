#include "relay/tries/cooldowns.hpp"

#include "openai/fault_map.hpp"

namespace ferry::relay {
namespace {

// Rows come and go with the catalog; what is forgotten is learned again by one failed try.
constexpr std::size_t most_accounts = 256;  // of one stripe

enum class weight { nothing, counts, the_key };

weight weight_of(const fault& why) {
    switch (why.code) {
        case fault_code::upstream_insufficient_balance:
        case fault_code::upstream_auth_error:
        case fault_code::upstream_permission_denied:
            return weight::the_key;
        case fault_code::upstream_dns_error:
        case fault_code::upstream_unreachable:
        case fault_code::upstream_tls_error:
        case fault_code::upstream_connect_timeout:
        case fault_code::upstream_timeout:
        case fault_code::upstream_stream_timeout:
        case fault_code::upstream_stream_interrupted:
        case fault_code::upstream_truncated_body:
        case fault_code::upstream_invalid_response:
        case fault_code::upstream_overloaded:
        case fault_code::upstream_error:
            return weight::counts;
        default:
            return weight::nothing;  // the request's own fault, or a limit of the rate
    }
}

}  // namespace

void cooldowns::note_failure(const catalog::candidate& row, const fault& why, const circuit_options& rules,
                             steady::time_point now) {
    const bool names_a_time = why.code == fault_code::upstream_rate_limited && why.retry_after;
    const auto weighs = weight_of(why);
    if (weighs == weight::nothing && !names_a_time) return;
    auto& of = stripe_of(row);
    const std::lock_guard lock(of.mutex);
    if (of.states.size() >= most_accounts) of.states.clear();
    auto& known = of.states[row.account];
    known.model_id = row.id;
    known.host = row.where.host_header;
    known.error_code = openai::code_text(why);
    known.reason = why.full_text();
    if (names_a_time) {
        known.until = std::max(known.until, now + *why.retry_after);
        known.keeps_failing = false;
    } else if (++known.failures >= rules.minimum_requests || weighs == weight::the_key) {
        known.until = std::max(known.until, now + rules.cooldown);
        known.keeps_failing = true;
    }
    count(of);
}

// REQUIRES: the stripe is locked.
void cooldowns::count(stripe& of) {
    const auto before = of.count.exchange(of.states.size(), std::memory_order_relaxed);
    count_.fetch_add(of.states.size() - before, std::memory_order_relaxed);  // may wrap around, and back
}

void cooldowns::note_success(const catalog::candidate& row) {
    if (is_empty()) return;
    auto& of = stripe_of(row);
    if (of.count.load(std::memory_order_relaxed) == 0) return;
    const std::lock_guard lock(of.mutex);
    of.states.erase(row.account);
    count(of);
}

cooldowns::condition cooldowns::how_it_is(const catalog::candidate& row, steady::time_point now) const {
    if (is_empty()) return condition::well;
    const auto& of = stripe_of(row);
    if (of.count.load(std::memory_order_relaxed) == 0) return condition::well;
    const std::lock_guard lock(of.mutex);
    const auto found = of.states.find(row.account);
    if (found == of.states.end() || found->second.until <= now) return condition::well;
    return found->second.keeps_failing ? condition::failing : condition::waiting;
}

std::vector<cooling_account> cooldowns::list(steady::time_point now) const {
    std::vector<cooling_account> all;
    for (const auto& of : stripes_) {
        const std::lock_guard lock(of.mutex);
        for (const auto& [account, known] : of.states) {
            if (known.until <= now) continue;
            all.push_back({known.model_id, known.host, known.error_code, known.reason, known.failures,
                           std::chrono::duration_cast<milliseconds>(known.until - now)});
        }
    }
    return all;
}

}  // namespace ferry::relay
