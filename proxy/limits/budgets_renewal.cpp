// What budgets tell the store, and hear from it.
#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "limits/budgets.hpp"
#include "store/store_error.hpp"

namespace ferry::limits {
namespace {

constexpr auto between_renewals = milliseconds(1000);
// In one transaction: others write too.
constexpr std::size_t renewed_at_once = 256;

store::budget_terms terms_of(const budget_options& chosen) {
    store::budget_terms terms{std::chrono::ceil<std::chrono::seconds>(chosen.lease), {}};
    for (const auto& rate : chosen.rates) {
        if (rate.to == chosen.currency) terms.rates.push_back({rate.from, rate.nano});
    }
    return terms;
}

}  // namespace

void budgets::open(std::unique_ptr<store::budget_store> store, std::string instance, const budget_options& options) {
    store_ = std::move(store);
    instance_ = std::move(instance);
    reconfigure(options);
    thread_.post_after(between_renewals, [this] { repeat(); });
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
