// What processes tell each other of limits and budgets.
#include "store/limit_store.hpp"

#include <boost/test/unit_test.hpp>

#include "store/budget_store.hpp"
#include "store/conformance/store_fixture.hpp"

namespace ferry::store {
namespace {

using std::chrono::seconds;

BOOST_FIXTURE_TEST_SUITE(limit_stores, store_fixture)

limits_of_others exchange(limit_store& with, const std::string& who, const std::vector<limit_use_row>& rows) {
    limits_of_others heard;
    with.exchange(who, rows, [&](const limits_of_others& others) {
        heard = others;
        return rows;
    });
    return heard;
}

BOOST_AUTO_TEST_CASE(a_process_hears_what_the_others_told_of_the_same) {
    const auto one = db->limits(), two = db->limits();
    const std::vector<limit_use_row> mine = {{"key", 1, 10, 100, 20, 200, 3, {1, 2, 3, 4, 5}},
                                             {"user", 7, 1, 1, 1, 1, 1, {}}};
    const auto first = exchange(*one, "a", mine);
    BOOST_TEST(first.used.empty());
    BOOST_TEST(first.replicas == 1);
    BOOST_TEST(first.rank == 0);
    const std::vector<limit_use_row> theirs = {{"key", 1, 5, 50, 6, 60, 1, {}}, {"team", 7, 1, 1, 1, 1, 1, {}}};
    const auto second = exchange(*two, "b", theirs);
    BOOST_REQUIRE(second.used.size() == 1);
    BOOST_TEST((second.used[0] == limit_use_row{"key", 1, 10 + 1, 100 + 2, 20 + 3, 200 + 4, 3 + 5, {}}));
    BOOST_TEST(second.replicas == 2);
    BOOST_TEST(second.rank == 1);
    const auto again = exchange(*one, "a", mine);
    BOOST_REQUIRE(again.used.size() == 1);
    BOOST_TEST((again.used[0] == limit_use_row{"key", 1, 5, 50, 6, 60, 1, {}}));
    BOOST_TEST(again.rank == 0);
}

BOOST_AUTO_TEST_CASE(what_was_told_a_while_ago_has_faded) {
    const auto one = db->limits();
    const std::vector<limit_use_row> rows = {{"key", 1, 600, 6000, 1000, 10000, 5, {100, 0, 100, 0, 0}}};
    (void)exchange(*one, "gone", rows);
    run("UPDATE limit_use SET updated_at = " + dialect::seconds_ago(30));
    const auto told = exchange(*one, "a", rows);
    BOOST_REQUIRE(told.used.size() == 1);
    BOOST_TEST(told.replicas == 1);
    BOOST_TEST(told.used[0].minute_requests > 250);
    BOOST_TEST(told.used[0].minute_requests <= 300);
    BOOST_TEST(told.used[0].day_requests >= 998);
    BOOST_TEST(told.used[0].parallel == 0);
    run("UPDATE limit_use SET updated_at = " + dialect::seconds_ago(100'000));
    one->forget_old_use();
    BOOST_TEST(exchange(*one, "b", rows).used.empty());
}

// `spent`: in all of the period.
struct leases {
    explicit leases(std::unique_ptr<budget_store> from) : store(std::move(from)) {}

    budget_state renew(const std::string& who, std::int64_t spent, std::int64_t wanted, std::int64_t begin = 1'000'000,
                       std::int64_t budget = 1000, std::int64_t most = 1'000'000) {
        budget_renewal one{"key", 1, budget, begin, spent, wanted, most};
        return store->renew(who, std::span(&one, 1), seconds(30)).at(0);
    }

    std::unique_ptr<budget_store> store;
};

BOOST_AUTO_TEST_CASE(no_more_is_held_and_spent_than_there_is) {
    leases of(db->budgets());
    auto state = of.renew("a", 0, 300);
    BOOST_TEST(state.held_pico == 300);
    BOOST_TEST(state.left_pico == 700);
    state = of.renew("b", 0, 900);
    BOOST_TEST(state.held_pico == 700);
    BOOST_TEST(state.left_pico == 0);
    BOOST_TEST(state.replicas == 2);
    state = of.renew("a", 200, 500);
    BOOST_TEST(state.held_pico == 100);
    BOOST_TEST(state.spent_pico == 200);
    state = of.renew("b", 100, 0);
    BOOST_TEST(state.held_pico == 600);
    of.store->release("b");
    state = of.renew("a", 200, 10'000);
    BOOST_TEST(state.held_pico == 700);
    BOOST_TEST(state.spent_pico == 300);
    const auto used = of.store->used();
    BOOST_REQUIRE(used.size() == 1);
    BOOST_TEST(used[0].spent_pico == 300);
    BOOST_TEST(used[0].period_begin_us == 1'000'000);
}

BOOST_AUTO_TEST_CASE(what_is_not_needed_is_given_back) {
    leases of(db->budgets());
    (void)of.renew("a", 0, 900);
    const auto state = of.renew("a", 100, 0, 1'000'000, 1000, 50);
    BOOST_TEST(state.held_pico == 50);
    BOOST_TEST(state.left_pico == 850);
}

BOOST_AUTO_TEST_CASE(to_tell_twice_does_no_harm) {
    leases of(db->budgets());
    (void)of.renew("a", 100, 300);
    const auto state = of.renew("a", 100, 0);
    BOOST_TEST(state.spent_pico == 100);
    BOOST_TEST(state.held_pico == 300);
}

BOOST_AUTO_TEST_CASE(a_new_period_begins_with_nothing_spent) {
    leases of(db->budgets());
    (void)of.renew("a", 900, 100);
    (void)of.renew("b", 0, 100);
    auto state = of.renew("a", 0, 1000, 3'600'000'000);
    BOOST_TEST(state.spent_pico == 0);
    BOOST_TEST(state.held_pico == 1000);
    state = of.renew("b", 50, 100, 1'000'000);  // its clock is late
    BOOST_TEST(state.held_pico == 0);
    BOOST_TEST(state.spent_pico == 0);
}

BOOST_AUTO_TEST_CASE(a_budget_that_was_made_smaller_takes_back_what_is_held) {
    leases of(db->budgets());
    (void)of.renew("a", 0, 1000);
    const auto state = of.renew("a", 100, 0, 1'000'000, 400);
    BOOST_TEST(state.held_pico == 300);
    BOOST_TEST(state.left_pico == 0);
}

usage_row row_of(const char* instance, int number, std::int64_t cost) {
    auto row = usage_of("0197f3a0-0000-7000-8000-00000000000" + std::to_string(number), 2'000'000);
    row.key_id = 1;
    row.cost_pico = cost;
    row.instance_id = instance;
    return row;
}

BOOST_AUTO_TEST_CASE(what_a_process_that_died_spent_is_taken_from_its_rows_though_they_come_late) {
    leases of(db->budgets());
    const auto usage = db->usage();
    const auto look_again = [&] {
        run("UPDATE budget_leases SET checked_at = " + dialect::seconds_ago(60) + " WHERE instance_id = 'dead'");
    };
    (void)of.renew("dead", 100, 500);
    const std::vector<usage_row> first = {row_of("dead", 1, 130), row_of("alive", 2, 7)};
    (void)usage->insert(first, {});
    BOOST_TEST(of.renew("a", 0, 1000).held_pico == 400);
    run("UPDATE budget_leases SET expires_at = " + dialect::seconds_ago(1) + " WHERE instance_id = 'dead'");
    look_again();
    auto state = of.renew("a", 0, 1000);
    BOOST_TEST(state.spent_pico == 130);
    BOOST_TEST(state.held_pico == 870);
    BOOST_TEST(state.replicas == 1);
    const std::vector<usage_row> late = {row_of("dead", 3, 20)};
    (void)usage->insert(late, {});
    look_again();
    BOOST_TEST(of.renew("a", 0, 0).spent_pico == 150);
    look_again();
    BOOST_TEST(of.renew("a", 0, 0).spent_pico == 150);
}

BOOST_AUTO_TEST_CASE(who_was_idle_for_longer_than_a_lease_is_not_counted_twice) {
    leases of(db->budgets());
    const auto usage = db->usage();
    (void)of.renew("idle", 40, 100);
    const std::vector<usage_row> rows = {row_of("idle", 1, 40)};
    (void)usage->insert(rows, {});
    for (int round = 0; round < 3; ++round) {
        run("UPDATE budget_leases SET expires_at = " + dialect::seconds_ago(1) +
            ", checked_at = " + dialect::seconds_ago(60) + " WHERE instance_id = 'idle'");
        BOOST_TEST(of.renew("b", 0, 10).spent_pico == 40);
        BOOST_TEST(of.renew("idle", 40, 100).spent_pico == 40);
    }
    BOOST_TEST(of.renew("idle", 41, 0).spent_pico == 41);
}

BOOST_AUTO_TEST_CASE(what_is_spent_beyond_a_budget_does_not_become_credit) {
    leases of(db->budgets());
    const auto state = of.renew("a", 5000, 100);
    BOOST_TEST(state.held_pico == 0);
    BOOST_TEST(state.spent_pico == 5000);
    BOOST_TEST(of.renew("b", 9'000'000'000'000'000'000, 100).held_pico == 0);
    BOOST_TEST(of.renew("a", 9'000'000'000'000'000'000, 100).spent_pico == 9'000'000'000'000'000'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace ferry::store
