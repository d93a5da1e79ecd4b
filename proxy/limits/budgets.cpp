#include "limits/budgets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/decimal.hpp"
#include "base/log.hpp"
#include "base/time_text.hpp"
#include "limits/party_key.hpp"
#include "store/store_error.hpp"

namespace ferry::limits {
namespace {

std::string name_of(const access::party_limits& limits) {
    return fmt::format("budget of {} {}", format_decimal(limits.budget_pico, money_scale), period_words(limits.period));
}

std::string whose(const access::party_limits& limits) {
    return limits.who == access::party::key ? "this key" : fmt::format("this key's {}", access::to_text(limits.who));
}

fault is_set_aside(const access::party_limits& limits) {
    auto refused = fault::client(fault_code::rate_limit_exceeded,
                                 fmt::format("What is left of the {} of {} is set aside for requests that are running. "
                                             "Try again when they have ended.",
                                             name_of(limits), whose(limits)));
    refused.retry_after = milliseconds(1000);
    return refused;
}

fault nobody_knows() {
    return fault::self(fault_code::overloaded, "The budget of this key cannot be looked at now: try again shortly.",
                       "The store is away and the lease has ended (budget.when_store_is_away is refuse).");
}

}  // namespace

std::string period_words(access::budget_period period) {
    if (period == access::budget_period::total) return "in total";
    return fmt::format("a {}", access::to_text(period));
}

fault budget_is_used_up(const access::party_limits& limits, std::int64_t period_end_us) {
    auto text = fmt::format("The {} of {} is used up.", name_of(limits), whose(limits));
    if (limits.period != access::budget_period::total) {
        text += fmt::format(" It begins anew at {} UTC.", time_text(period_end_us).substr(0, 16));
    }
    return fault::client(fault_code::budget_exceeded, std::move(text));
}

// A budget that a request is looked at for, and locked.
struct budgets::judged {
    const access::party_limits* limits = nullptr;
    std::shared_ptr<account> of;
    std::unique_lock<std::mutex> held;
    reservation found;
};

void budgets::judge(judged& one, const cost_frame& cost, const budget_options& chosen, bool is_away, outcome& made) {
    using verdict = reservation::verdict;
    const auto& limits = *one.limits;
    one.held = std::unique_lock(one.of->lock);
    one.found = one.of->reserve(limits, cost, moment::now(), chosen, is_away);
    if (one.found.is_warned_of) {
        made.warning = fmt::format("The {} of {} is used up.", name_of(limits), whose(limits));
        tell(*one.of, true, chosen);
    }
    std::optional<fault> refused;
    switch (one.found.is) {
        case verdict::in:
            return;
        case verdict::look:
            made.must_look = true;
            return;
        case verdict::wait:
            made.must_wait = true;
            return;
        case verdict::busy:
            refused = is_set_aside(limits);
            break;
        case verdict::exhausted:
            refused = budget_is_used_up(limits, one.of->current().end_us);
            tell(*one.of, false, chosen);
            break;
        case verdict::unknown:
            one.found = {};
            if (chosen.refuses_when_away) refused = nobody_knows();
            break;
    }
    if (refused && !made.refused) made.refused = std::move(refused);
}

// Under the account's lock.
void budgets::tell(account& of, bool is_soft, const budget_options& chosen) {
    if (!of.tells_exhaustion()) return;
    ++used_up_[is_soft ? 1 : 0];
    const auto& limits = of.limits();
    const auto who = std::string(access::to_text(limits.who));
    log_warn("The {} of {} {} is used up{}", name_of(limits), who, limits.id, is_soft ? "; it only warns" : "");
    const auto& now = of.current();
    notices_.add({{who, limits.id, now.begin_us, limits.budget_pico},
                  limits.period,
                  now.end_us,
                  of.spent_by_all().value_or(0),
                  is_soft,
                  wall_us(),
                  chosen.currency});
}

hold& hold::operator=(hold&& other) noexcept {
    if (this == &other) return *this;
    leave();
    parts_ = std::exchange(other.parts_, {});
    cost_pico_ = other.cost_pico_;
    expected_pico_ = other.expected_pico_;
    return *this;
}

void hold::leave() {
    for (auto& one : parts_) {
        if (!one.of) continue;
        const std::lock_guard held(one.of->lock);
        one.of->settle(one.reserved_pico, cost_pico_);
    }
    for (auto& one : parts_) one.of.reset();
}

budgets::budgets()
    : thread_("budgets", [](const std::string& what) { log_error("Renewing budgets failed: {}", what); }) {}

void budgets::reconfigure(const budget_options& options) {
    const std::lock_guard held(mutex_);
    options_ = std::make_shared<const budget_options>(options);
}

std::shared_ptr<const budget_options> budgets::options() const {
    const std::lock_guard held(mutex_);
    return options_;
}

std::int64_t budgets::rate_of(const budget_options& chosen, const std::string& currency) {
    if (const auto nano = limits::rate_of(chosen, currency)) return *nano;
    const std::lock_guard held(mutex_);
    if (std::find(unrated_.begin(), unrated_.end(), currency) == unrated_.end()) {
        unrated_.push_back(currency);
        log_warn("Budgets are in {}, and usage.rates has no \"{}/{} = ...\": what costs {} counts as if it were {}",
                 chosen.currency, currency, chosen.currency, currency, chosen.currency);
    }
    return as_it_is;
}

std::shared_ptr<account> budgets::account_of(const access::party_limits& limits) {
    const auto key = party_key(limits.who, limits.id);
    auto& in = shards_[party_shard(key)];
    const std::lock_guard held(in.lock);
    auto& found = in.accounts[key];
    if (!found) found = std::make_shared<account>(limits);
    return found;
}

budgets::outcome budgets::reserve(std::span<const access::party_limits> limits, const cost_frame& cost,
                                  bool is_patient) {
    outcome made;
    const auto chosen = options();
    const bool is_away = is_away_ || !is_patient;
    std::array<judged, 3> all;
    std::size_t count = 0;
    for (const auto& one : limits) {
        if (one.budget_pico < 0) continue;
        all[count].limits = &one;
        all[count++].of = account_of(one);
    }
    // Always in the order key, user, team, so that nobody waits for each other.
    for (std::size_t i = 0; i != count; ++i) judge(all[i], cost, *chosen, is_away, made);
    const bool is_in = !made.refused && !made.must_wait && !made.must_look;
    made.in.expected_pico_ = cost.expected_pico;
    for (std::size_t i = 0; is_in && i != count; ++i) {
        auto& one = all[i];
        one.of->take(one.found);
        made.in.parts_[i] = {one.of, one.found.pico};
        if (!one.found.is_bounded || cost.output_price_pico <= 0) continue;
        const auto most = std::max<std::int64_t>((one.found.pico - cost.prompt_pico) / cost.output_price_pico, 1);
        made.most_output = made.most_output < 0 ? most : std::min(made.most_output, most);
    }
    for (auto& one : all) {
        if (one.held) one.held.unlock();
    }
    if (!made.must_wait) return made;
    {
        const std::lock_guard held(mutex_);
        for (const auto& one : all) {
            if (one.found.is == reservation::verdict::wait) asked_.push_back(one.of);
        }
    }
    ask_soon();
    return made;
}

std::vector<budget_state> budgets::look(std::span<const access::party_limits> limits) {
    std::vector<budget_state> all;
    for (const auto& one : limits) {
        if (one.budget_pico < 0) continue;
        const auto of = account_of(one);
        const std::lock_guard held(of->lock);
        all.push_back({&one, of->spent_by_all(), of->current().end_us});
    }
    return all;
}

}  // namespace ferry::limits
