#include "limits/budgets.hpp"

#include <boost/test/unit_test.hpp>
#include <condition_variable>
#include <deque>
#include <map>
#include <random>

#include "store/store_error.hpp"

namespace ferry::limits {
namespace {

using access::party;
using access::party_limits;

// What the stores do, for one budget; see their conformance tests.
struct shared_budget {
    std::mutex lock;
    std::int64_t spent = 0;
    std::map<std::string, std::int64_t> held, told;
    bool is_away = false;
};

class scripted_store final : public store::budget_store {
public:
    explicit scripted_store(shared_budget& shared) : shared_(shared) {}

    std::vector<store::budget_state> renew(const std::string& instance, std::span<const store::budget_renewal> renewals,
                                           const store::budget_terms&) override {
        const std::lock_guard held(shared_.lock);
        if (shared_.is_away) throw store::store_unavailable("it is away");
        std::vector<store::budget_state> states;
        for (const auto& one : renewals) {
            auto& mine = shared_.held[instance];
            const auto grown = one.spent_pico - shared_.told[instance];
            shared_.told[instance] = one.spent_pico;
            shared_.spent += grown;
            mine = std::max<std::int64_t>(mine - grown, 0);
            std::int64_t others = 0;
            for (const auto& [name, pico] : shared_.held) others += name == instance ? 0 : pico;
            const auto room = std::max<std::int64_t>(one.budget_pico - shared_.spent - others, 0);
            mine = std::min({mine, room, one.most_pico});
            mine += std::min(one.wanted_pico, room - mine);
            states.push_back({one.party, one.party_id, mine, room - mine, shared_.spent,
                              static_cast<std::int64_t>(shared_.held.size())});
        }
        return states;
    }
    std::vector<store::budget_use_row> used() override { return {}; }
    std::optional<std::string> claim(const store::budget_notice&) override { return std::nullopt; }
    void disclaim(const store::budget_notice&) override {}
    void release(const std::string& instance) override {
        const std::lock_guard held(shared_.lock);
        shared_.held.erase(instance);
    }

private:
    shared_budget& shared_;
};

struct replica {
    replica(shared_budget& shared, const std::string& name, const budget_options& options = {}) {
        all.open(std::make_unique<scripted_store>(shared), name, options);
    }

    // As a request does: waits for the store where it must.
    budgets::outcome reserve(const party_limits& limits, const cost_frame& cost) {
        const auto until = steady::now() + std::chrono::seconds(30);
        for (;;) {
            auto made = all.reserve(std::span(&limits, 1), cost, true);
            if (made.refused || !made.must_wait) return made;
            if (steady::now() > until) throw std::runtime_error("the store never told");
            std::mutex lock;
            std::condition_variable came;
            bool is_there = false;
            all.when_renewed([&] {
                const std::lock_guard held(lock);
                is_there = true;
                came.notify_one();
            });
            std::unique_lock held(lock);
            came.wait(held, [&] { return is_there; });
        }
    }

    budgets all;
};

party_limits budget_of(std::int64_t pico) {
    party_limits one{party::key, 1};
    one.budget_pico = pico;
    return one;
}

constexpr std::int64_t cents = 10'000'000'000;  // pico
constexpr std::int64_t price = 10'000'000;      // of a token: 10 in a million

cost_frame cost_for(std::int64_t expected_tokens, std::int64_t most_tokens) {
    return {expected_tokens * price, most_tokens * price, 0, price};
}

BOOST_AUTO_TEST_SUITE(budgets_suite)

BOOST_AUTO_TEST_CASE(requests_with_a_high_max_tokens_do_not_keep_each_other_out) {
    shared_budget shared;
    replica one(shared, "one");
    std::vector<budgets::outcome> made;
    for (int i = 0; i < 4; ++i) {
        made.push_back(one.reserve(budget_of(50 * cents), cost_for(200, 64'000)));
        BOOST_REQUIRE(!made.back().refused);
        BOOST_TEST(made.back().most_output >= 1600);  // bounded, but eight times what is likely fits
    }
}

BOOST_AUTO_TEST_CASE(where_the_worst_fits_nothing_is_bounded) {
    shared_budget shared;
    replica one(shared, "one");
    const auto made = one.reserve(budget_of(10'000 * cents), cost_for(200, 64'000));
    BOOST_TEST(!made.refused);
    BOOST_TEST(made.most_output == -1);
}

BOOST_AUTO_TEST_CASE(whatever_answers_cost_a_budget_is_never_exceeded) {
    std::mt19937_64 random(7);
    for (const int replicas : {1, 4}) {
        shared_budget shared;
        std::deque<replica> all;
        for (int i = 0; i < replicas; ++i) all.emplace_back(shared, "replica " + std::to_string(i));
        const auto budget = budget_of(100 * cents);
        std::int64_t spent = 0;
        int refused = 0;
        std::vector<std::pair<budgets::outcome, std::int64_t>> running;
        for (int i = 0; i < 3000 && refused < 200; ++i) {
            const auto most = static_cast<std::int64_t>(random() % 20'000) + 1;
            auto made = all[random() % all.size()].reserve(budget, cost_for(std::min<std::int64_t>(300, most), most));
            if (made.refused) {
                ++refused;
            } else {
                // As long as it may be, one time in four: what is expected is far off.
                const auto bound = made.most_output < 0 ? most : std::min(most, made.most_output);
                const auto tokens = random() % 4 == 0 ? bound : std::min<std::int64_t>(bound, random() % 400);
                running.emplace_back(std::move(made), tokens * price);
            }
            while (running.size() > random() % 40) {
                auto& [outcome, cost] = running.front();
                outcome.in.settle(cost);
                spent += cost;
                running.erase(running.begin());
            }
        }
        for (auto& [outcome, cost] : running) outcome.in.settle(cost), spent += cost;
        running.clear();
        BOOST_TEST(refused > 0);
        BOOST_TEST(spent <= budget.budget_pico);
        BOOST_TEST(spent > budget.budget_pico / 100 * 90);
    }
}

BOOST_AUTO_TEST_CASE(what_another_process_has_set_aside_is_not_called_used_up) {
    shared_budget shared;
    replica one(shared, "one"), other(shared, "other");
    auto running = other.reserve(budget_of(50 * cents), cost_for(50'000, 50'000));
    BOOST_REQUIRE(!running.refused);
    const auto refused = one.reserve(budget_of(50 * cents), cost_for(100, 100));
    BOOST_REQUIRE(refused.refused);
    BOOST_TEST((refused.refused->code == fault_code::rate_limit_exceeded));
    BOOST_TEST(refused.refused->retry_after.has_value());
    running.in.settle(50 * cents);
    running.in = {};
    other.all.stop();
    const auto until = steady::now() + std::chrono::seconds(30);
    auto code = fault_code::rate_limit_exceeded;
    while (code != fault_code::budget_exceeded && steady::now() < until)
        code = one.reserve(budget_of(50 * cents), cost_for(100, 100)).refused.value().code;
    BOOST_TEST((code == fault_code::budget_exceeded));
}

BOOST_AUTO_TEST_CASE(what_was_spent_is_told_when_it_stops) {
    shared_budget shared;
    {
        replica one(shared, "one");
        auto made = one.reserve(budget_of(100 * cents), cost_for(100, 100));
        made.in.settle(3 * cents);
        made.in = {};
        one.all.stop();
    }
    BOOST_TEST(shared.spent == 3 * cents);
    BOOST_TEST(shared.held.empty());
}

BOOST_AUTO_TEST_CASE(a_budget_that_only_warns_lets_everything_in) {
    shared_budget shared;
    shared.spent = 60 * cents;
    replica one(shared, "one");
    auto limits = budget_of(50 * cents);
    limits.is_soft = true;
    std::string warning;
    const auto until = steady::now() + std::chrono::seconds(30);
    while (warning.empty() && steady::now() < until) {
        const auto made = one.reserve(limits, cost_for(100, 100));
        BOOST_REQUIRE(!made.refused);
        BOOST_REQUIRE(made.most_output == -1);
        warning = made.warning;
    }
    BOOST_TEST(warning == "The budget of 0.5 in total of this key is used up.");
}

BOOST_AUTO_TEST_CASE(while_the_store_is_away_the_configuration_decides) {
    for (const bool refuses : {false, true}) {
        shared_budget shared;
        shared.is_away = true;
        budget_options options;
        options.refuses_when_away = refuses;
        replica one(shared, "one", options);
        const auto made = one.reserve(budget_of(50 * cents), cost_for(100, 100));
        BOOST_TEST(made.refused.has_value() == refuses);
        if (refuses) BOOST_TEST((made.refused->code == fault_code::overloaded));
    }
}

BOOST_AUTO_TEST_CASE(what_is_free_is_let_in_when_nothing_is_left) {
    shared_budget shared;
    shared.spent = 50 * cents;
    replica one(shared, "one");
    const auto refused = one.reserve(budget_of(50 * cents), cost_for(100, 100));
    BOOST_REQUIRE(refused.refused);
    BOOST_TEST((refused.refused->code == fault_code::budget_exceeded));
    BOOST_TEST(refused.refused->message == "The budget of 0.5 in total of this key is used up.");
    BOOST_TEST(!one.reserve(budget_of(50 * cents), {}).refused);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace ferry::limits
