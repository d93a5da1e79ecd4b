#include "limits/budgets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/decimal.hpp"
#include "base/log.hpp"
#include "base/time_text.hpp"
#include "store/store_error.hpp"

namespace ferry::limits {
namespace {

constexpr auto between_renewals = milliseconds(100);

std::string name_of(const access::party_limits& limits) {
    const auto amount = format_decimal(limits.budget_pico, money_scale);
    const bool is_total = limits.period == access::budget_period::total;
    const auto span = is_total ? std::string("in total") : fmt::format("a {}", access::to_text(limits.period));
    return fmt::format("budget of {} {}", amount, span);
}

std::string whose(const access::party_limits& limits) {
    return limits.who == access::party::key ? "this key" : fmt::format("this key's {}", access::to_text(limits.who));
}

fault nobody_knows() {
    return fault::self(fault_code::overloaded, "The budget of this key cannot be looked at now: try again shortly.",
                       "The store is away and the lease has ended (budget.when_store_is_away is refuse).");
}

}  // namespace

hold& hold::operator=(hold&& other) noexcept {
    if (this == &other) return *this;
    leave();
    parts_ = std::exchange(other.parts_, {});
    cost_pico_ = other.cost_pico_;
    return *this;
}

void hold::leave() {
    for (auto& one : parts_) {
        if (!one.of) continue;
        const std::lock_guard held(one.of->lock);
        one.of->settle(one.reserved_pico, one.worst_pico, cost_pico_);
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
    options_ = options;
}

budget_options budgets::options() const {
    const std::lock_guard held(mutex_);
    return options_;
}

std::shared_ptr<account> budgets::account_of(const access::party_limits& limits) {
    const auto key = static_cast<std::uint64_t>(limits.id) * 4 + static_cast<std::uint64_t>(limits.who);
    const std::lock_guard held(mutex_);
    auto& found = accounts_[key];
    if (!found) found = std::make_shared<account>(limits);
    return found;
}

fault budgets::exhausted(const account& of) const {
    const auto& limits = of.limits();
    auto text = fmt::format("The {} of {} is used up.", name_of(limits), whose(limits));
    if (limits.period != access::budget_period::total) {
        text += fmt::format(" It begins anew at {} UTC.", time_text(of.current().end_us).substr(0, 16));
    }
    return fault::client(fault_code::budget_exceeded, std::move(text));
}

budgets::outcome budgets::reserve(std::span<const access::party_limits> limits, const cost_frame& cost) {
    using verdict = reservation::verdict;
    outcome made;
    const auto chosen = options();
    const auto now_us = wall_us();
    std::array<std::unique_lock<std::mutex>, 3> held;
    std::array<reservation, 3> reserved;
    auto& parts = made.in.parts_;
    // Always in the order key, user, team, so that nobody waits for each other.
    for (std::size_t i = 0; i != limits.size(); ++i) {
        if (limits[i].budget_pico >= 0) parts[i].of = account_of(limits[i]);
    }
    for (std::size_t i = 0; i != limits.size(); ++i) {
        if (!parts[i].of) continue;
        held[i] = std::unique_lock(parts[i].of->lock);
        auto& one = reserved[i] = parts[i].of->reserve(limits[i], cost, now_us, chosen);
        if (one.is == verdict::unknown || (one.is == verdict::wait && is_away_)) {
            one = {};
            if (chosen.refuses_when_away && is_away_ && !made.refused) made.refused = nobody_knows();
            if (!is_away_) one.is = verdict::wait;
        }
        made.must_wait = made.must_wait || one.is == verdict::wait;
        if (one.is == verdict::exhausted && !made.refused) {
            made.refused = exhausted(*parts[i].of);
            if (parts[i].of->tells_exhaustion()) {
                log_warn("The {} of {} {} is used up", name_of(limits[i]), access::to_text(limits[i].who),
                         limits[i].id);
            }
        }
        if (one.left_pico == 0) {
            made.warning = fmt::format("The {} of {} is used up.", name_of(limits[i]), whose(limits[i]));
            if (parts[i].of->tells_exhaustion()) {
                log_warn("The {} of {} {} is used up; it only warns", name_of(limits[i]),
                         access::to_text(limits[i].who), limits[i].id);
            }
        }
    }
    const bool is_in = !made.refused && !made.must_wait;
    for (std::size_t i = 0; i != limits.size(); ++i) {
        if (!parts[i].of) continue;
        if (is_in) {
            parts[i].of->take(reserved[i], cost);
            parts[i].reserved_pico = reserved[i].pico;
            parts[i].worst_pico = reserved[i].is_bounded ? reserved[i].pico : cost.worst_pico;
        }
        if (is_in && reserved[i].is_bounded && cost.output_price_pico > 0) {
            const auto most = std::max<std::int64_t>((reserved[i].pico - cost.prompt_pico) / cost.output_price_pico, 1);
            if (made.most_output < 0 || most < made.most_output) made.most_output = most;
        }
        held[i].unlock();
        if (!is_in) parts[i].of.reset();
    }
    if (made.must_wait) ask_soon();
    return made;
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
        renew();
    });
    if (!is_posted) is_asked_ = false;
}

void budgets::repeat() {
    renew();
    thread_.post_after(between_renewals, [this] { repeat(); });
}

std::vector<std::shared_ptr<account>> budgets::all() {
    const auto now_us = wall_us();
    std::vector<std::shared_ptr<account>> kept;
    const std::lock_guard held(mutex_);
    boost::unordered::erase_if(accounts_, [&](const auto& one) {
        const std::lock_guard both(one.second->lock);
        if (one.second.use_count() == 1 && one.second->is_idle(now_us)) return true;
        kept.push_back(one.second);
        return false;
    });
    return kept;
}

void budgets::renew(bool is_last) {
    const auto chosen = options();
    std::vector<std::shared_ptr<account>> asked;
    std::vector<store::budget_renewal> renewals;
    for (auto& one : all()) {
        const std::lock_guard held(one->lock);
        auto next = one->next_renewal(wall_us(), chosen, is_last);
        if (!next) continue;
        asked.push_back(one);
        renewals.push_back(std::move(*next));
    }
    try {
        // The lease counts from before the call, here; in the store from within it.
        const auto began_us = wall_us();
        const auto states = store_->renew(instance_, renewals, std::chrono::ceil<std::chrono::seconds>(chosen.lease));
        for (std::size_t i = 0; i != states.size(); ++i) {
            const std::lock_guard held(asked[i]->lock);
            asked[i]->renewed(renewals[i], states[i], began_us, chosen);
        }
        if (is_away_ && !renewals.empty()) log_info("Budgets are shared again");
        if (!renewals.empty()) is_away_ = false;
    } catch (const store::store_error& away) {
        for (std::size_t i = 0; i != asked.size(); ++i) {
            const std::lock_guard held(asked[i]->lock);
            asked[i]->not_renewed(renewals[i]);
        }
        if (!is_away_) log_warn("Budgets cannot be renewed: {}", away.what());
        is_away_ = true;
    }
    std::vector<std::function<void()>> told;
    {
        const std::lock_guard held(mutex_);
        told.swap(waiting_);
    }
    for (const auto& one : told) one();
}

void budgets::stop() {
    thread_.post([this] {
        renew(true);
        try {
            if (store_) store_->release(instance_);
        } catch (const store::store_error&) {
            // They end by themselves.
        }
    });
    thread_.stop();
}

}  // namespace ferry::limits
