// Lets requests in by the budgets of their key, user and team.
#pragma once

#include <array>
#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/fault.hpp"
#include "limits/account.hpp"
#include "limits/notices.hpp"
#include "limits/party_key.hpp"
#include "store/store_thread.hpp"

namespace ferry::limits {

// What was set aside for a request. Destroyed without settle(), it cost nothing. Move-only. Owned by: the request.
// Any thread.
class hold {
public:
    hold() = default;
    hold(hold&& other) noexcept { *this = std::move(other); }
    hold& operator=(hold&& other) noexcept;
    ~hold() { leave(); }

    // Nothing is asked of any budget: it is empty.
    explicit operator bool() const { return parts_[0].of != nullptr; }
    void settle(std::int64_t cost_pico) { cost_pico_ = cost_pico; }
    // Nobody knows what it cost: what was expected.
    void settle_as_expected() { cost_pico_ = expected_pico_; }

private:
    friend class budgets;
    struct part {
        std::shared_ptr<account> of;
        std::int64_t reserved_pico = 0;
    };
    void leave();

    std::array<part, 3> parts_;
    std::int64_t cost_pico_ = 0, expected_pico_ = 0;
};

struct budget_figures {
    std::uint64_t used_up_hard = 0, used_up_soft = 0;  // as this process found out, once in a period
    webhook_figures webhook;
};

// Where a budget stands. `limits` as long as the key's.
struct budget_state {
    const access::party_limits* limits = nullptr;
    std::optional<std::int64_t> spent_pico;  // by all, in the period; nothing where that is not known
    std::int64_t end_us = 0;                 // of the period

    // It is hard, and has not so much left.
    bool lacks(std::int64_t pico) const {
        if (limits->is_soft || pico <= 0 || !spent_pico) return false;
        return *spent_pico >= limits->budget_pico || pico > limits->budget_pico - *spent_pico;
    }
};

// "a day", "in total".
std::string period_words(access::budget_period period);
fault budget_is_used_up(const access::party_limits& limits, std::int64_t period_end_us);

// The accounts of all cores, and the thread that renews their leases. Requests never wait for the store but where an
// account is new, or this process needs more of a budget than it holds.
// Owned by: the application. Any thread; locks are held for some hundred nanoseconds.
class budgets {
public:
    budgets();
    ~budgets() { stop(); }

    // Before the first use.
    void open(std::unique_ptr<store::budget_store> store, std::string instance, const budget_options& options);
    void reconfigure(const budget_options& options);
    std::shared_ptr<const budget_options> options() const;
    // Of one unit of `currency` so many billionths in that of budgets. One that has no rate is told of, once.
    std::int64_t rate_of(const budget_options& chosen, const std::string& currency);
    // Whom it is told that a budget is used up.
    void tell_by(const webhook_options& chosen) { notices_.reconfigure(chosen); }
    budget_figures figures() const { return {used_up_[0], used_up_[1], notices_.figures()}; }
    // Tells what was spent and gives back what is held.
    void stop();

    struct outcome {
        hold in;
        // budget_exceeded; rate_limit_exceeded where others that are running have all of it; overloaded where nobody
        // knows.
        std::optional<fault> refused;
        bool must_look = false;         // it does not fit by a rough frame: try again with one of the prompt read
        bool must_wait = false;         // more is asked of the store: try again after when_renewed()
        std::int64_t most_output = -1;  // tokens the answer may have; -1: any number
        std::string warning;            // of budgets that only warn: "" for none
    };
    // `is_patient`: it may wait. Else the configuration decides where the store has not told.
    outcome reserve(std::span<const access::party_limits> limits, const cost_frame& cost, bool is_patient);

    // Those that a reservation was tried of.
    std::vector<budget_state> look(std::span<const access::party_limits> limits);

    // Calls back once, on another thread, when the store has told or could not be asked.
    void when_renewed(std::function<void()> then);

private:
    std::shared_ptr<account> account_of(const access::party_limits& limits);
    struct judged;
    void judge(judged& one, const cost_frame& cost, const budget_options& chosen, bool is_away, outcome& made);
    void tell(account& of, bool is_soft, const budget_options& chosen);
    void renew(std::span<const std::shared_ptr<account>> accounts, bool is_last = false);
    void renew_asked();
    void renew_all(bool is_last = false);
    void repeat();
    void ask_soon();
    std::vector<std::shared_ptr<account>> all();

    struct shard {
        std::mutex lock;
        boost::unordered_flat_map<std::uint64_t, std::shared_ptr<account>> accounts;
    };
    std::array<shard, party_shards> shards_;
    mutable std::mutex mutex_;  // of the options, those who wait, and unrated_
    std::shared_ptr<const budget_options> options_ = std::make_shared<budget_options>();
    std::vector<std::shared_ptr<account>> asked_;  // more is wanted of these
    std::vector<std::function<void()>> waiting_;
    std::vector<std::string> unrated_;  // currencies that were told of
    std::unique_ptr<store::budget_store> store_;
    std::string instance_;
    notices notices_;
    std::array<std::atomic<std::uint64_t>, 2> used_up_{};  // hard, soft
    std::atomic<bool> is_away_{false}, is_asked_{false};
    store::store_thread thread_;  // last: its jobs use all of the above
};

}  // namespace ferry::limits
