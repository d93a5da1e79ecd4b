#include "limits/notices.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <utility>

#include "base/clock.hpp"
#include "base/decimal.hpp"
#include "base/log.hpp"
#include "base/time_text.hpp"
#include "store/store_error.hpp"

namespace ferry::limits {

namespace {

namespace json = boost::json;

constexpr std::size_t most_notices = 1000;
// At each renewal, for leases wait meanwhile.
constexpr int most_at_once = 20;
constexpr auto last_second = std::chrono::milliseconds(1000);

std::string json_time(std::int64_t time_us) {
    auto text = time_text(time_us).substr(0, 19);
    text[10] = 'T';
    return text + "Z";
}

}  // namespace

webhook_message message_of(const notice& what, const std::string& name, const std::string& replica) {
    const auto& of = what.of;
    const bool has_end = what.period != access::budget_period::total;
    webhook_message made;
    made.of = of;
    made.event = what.is_soft ? "budget.used_up" : "budget.exhausted";
    made.id = fmt::format("{}-{}-{}-{}", of.party, of.party_id, of.period_begin_us / 1'000'000, of.budget_pico);
    const json::object document = {
        {"id", made.id},
        {"event", made.event},
        {"created_at", json_time(what.at_us)},
        {"party", {{"kind", of.party}, {"id", of.party_id}, {"name", name}}},
        {"mode", what.is_soft ? "soft" : "hard"},
        {"period", std::string(access::to_text(what.period))},
        {"limit", format_decimal(of.budget_pico, money_scale)},
        {"spent", format_decimal(what.spent_pico, money_scale)},
        {"currency", what.currency},
        {"began_at", has_end ? json::value(json_time(of.period_begin_us)) : json::value(nullptr)},
        {"resets_at", has_end ? json::value(json_time(what.period_end_us)) : json::value(nullptr)},
        {"replica", replica},
    };
    made.body = json::serialize(document);
    return made;
}

void notices::add(notice what) {
    if (!webhook_.is_on()) return;
    const std::lock_guard held(mutex_);
    if (waiting_.size() < most_notices) return waiting_.push_back(std::move(what));
    log_error("The webhook of budgets is not told of {} {}: {} others wait", what.of.party, what.of.party_id,
              most_notices);
}

// False where none is left, or the store cannot be asked.
bool notices::hand_out_one(store::budget_store& store, const std::string& replica) {
    notice next;
    {
        const std::lock_guard held(mutex_);
        if (waiting_.empty()) return false;
        next = waiting_.front();
    }
    const bool is_over = wall_us() >= next.period_end_us;
    try {
        const auto name = is_over ? std::nullopt : store.claim(next.of);
        if (name) webhook_.send(message_of(next, *name, replica));
    } catch (const store::store_error&) {
        return false;
    }
    const std::lock_guard held(mutex_);
    waiting_.pop_front();
    return true;
}

void notices::hand_out(store::budget_store& store, const std::string& replica) {
    for (int i = 0; i != most_at_once && hand_out_one(store, replica); ++i) continue;
}

void notices::finish(store::budget_store& store, const std::string& replica) {
    while (hand_out_one(store, replica)) continue;
    for (const auto& left : webhook_.finish(last_second)) {
        log_warn("The webhook of budgets was not told {}: this process ends", left.id);
        try {
            store.disclaim(left.of);
        } catch (const store::store_error&) {
            // Nobody tells it, then.
        }
    }
}

}  // namespace ferry::limits
