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

constexpr auto between_renewals = milliseconds(1000);
// In one transaction: others write too.
constexpr std::size_t renewed_at_once = 256;

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

store::budget_terms terms_of(const budget_options& chosen) {
    store::budget_terms terms{std::chrono::ceil<std::chrono::seconds>(chosen.lease), {}};
    for (const auto& rate : chosen.rates) {
        if (rate.to == chosen.currency) terms.rates.push_back({rate.from, rate.nano});
    }
    return terms;
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

void budgets::open(std::unique_ptr<store::budget_store> store, std::string instance, const budget_options& options) {
    store_ = std::move(store);
    instance_ = std::move(instance);
    reconfigure(options);
    thread_.post_after(between_renewals, [this] { repeat(); });
}

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

void budgets::when_renewed(std::function<void()> then) {
    {
        const std::lock_guard held(mutex_);
        waiting_.push_back(std::move(then));
    }
    ask_soon();
}

void budgets::ask_soon() {
    if (is_asked_.exchange(true)) return;
    const bool is_posted = thread_.post([this] {
        is_asked_ = false;
        renew_asked();
    });
    if (!is_posted) is_asked_ = false;
}

void budgets::repeat() {
    thread_.post_after(between_renewals, [this] { repeat(); });
    renew_all();
    notices_.hand_out(*store_, instance_);
}

std::vector<std::shared_ptr<account>> budgets::all() {
    const auto now = moment::now();
    std::vector<std::shared_ptr<account>> kept;
    for (auto& in : shards_) {
        const std::lock_guard held(in.lock);
        boost::unordered::erase_if(in.accounts, [&](const auto& one) {
            const std::lock_guard both(one.second->lock);
            if (one.second.use_count() == 1 && one.second->is_idle(now)) return true;
            kept.push_back(one.second);
            return false;
        });
    }
    return kept;
}

void budgets::renew_all(bool is_last) {
    const auto kept = all();
    const std::span accounts(kept);
    for (std::size_t at = 0; at < accounts.size(); at += renewed_at_once) {
        renew(accounts.subspan(at, std::min(renewed_at_once, accounts.size() - at)), is_last);
        renew_asked();
    }
}

// Those who wait are called whatever came of it.
void budgets::renew_asked() {
    std::vector<std::shared_ptr<account>> asked;
    std::vector<std::function<void()>> told;
    {
        const std::lock_guard held(mutex_);
        asked.swap(asked_);
        told.swap(waiting_);
    }
    if (!asked.empty()) renew(asked);
    for (const auto& one : told) one();
}

void budgets::renew(std::span<const std::shared_ptr<account>> accounts, bool is_last) {
    const auto chosen = options();
    std::vector<std::shared_ptr<account>> asked;
    std::vector<store::budget_renewal> renewals;
    // The lease counts from before the call, here; in the store from within it.
    const auto began = moment::now();
    for (const auto& one : accounts) {
        const std::lock_guard held(one->lock);
        auto next = one->next_renewal(began, *chosen, is_last);
        if (!next) continue;
        asked.push_back(one);
        renewals.push_back(std::move(*next));
    }
    if (renewals.empty()) return;
    try {
        const auto states = store_->renew(instance_, renewals, terms_of(*chosen));
        for (std::size_t i = 0; i != states.size(); ++i) {
            const std::lock_guard held(asked[i]->lock);
            asked[i]->renewed(renewals[i], states[i], began, *chosen);
        }
        if (is_away_) log_info("Budgets are shared again");
        is_away_ = false;
    } catch (const std::exception& away) {
        if (!is_away_) log_warn("Budgets cannot be renewed: {}", away.what());
        is_away_ = true;
    }
}

void budgets::stop() {
    thread_.post([this] {
        if (!store_) return;
        renew_all(true);
        try {
            if (!all().empty()) store_->release(instance_);  // else nothing was leased
        } catch (const store::store_error&) {
            // They end by themselves.
        }
        notices_.finish(*store_, instance_);
    });
    thread_.stop();
}

}  // namespace ferry::limits
