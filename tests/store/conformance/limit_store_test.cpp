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
    const std::vector<limit_use_row> mine = {{"key", 1, 10, 100, 20, 200, 3}, {"user", 7, 1, 1, 1, 1, 1}};
    const auto first = exchange(*one, "a", mine);
    BOOST_TEST(first.used.empty());
    BOOST_TEST(first.replicas == 1);
    BOOST_TEST(first.rank == 0);
    const std::vector<limit_use_row> theirs = {{"key", 1, 5, 50, 6, 60, 1}, {"team", 7, 1, 1, 1, 1, 1}};
    const auto second = exchange(*two, "b", theirs);
    BOOST_REQUIRE(second.used.size() == 1);
    BOOST_TEST((second.used[0] == limit_use_row{"key", 1, 10, 100, 20, 200, 3}));
    BOOST_TEST(second.replicas == 2);
    BOOST_TEST(second.rank == 1);
    const auto again = exchange(*one, "a", mine);
    BOOST_REQUIRE(again.used.size() == 1);
    BOOST_TEST((again.used[0] == limit_use_row{"key", 1, 5, 50, 6, 60, 1}));
    BOOST_TEST(again.rank == 0);
}

BOOST_AUTO_TEST_CASE(what_was_told_a_while_ago_has_faded) {
    const auto one = db->limits();
    const std::vector<limit_use_row> rows = {{"key", 1, 600, 6000, 1000, 10000, 5}};
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

struct leases {
    explicit leases(std::unique_ptr<budget_store> from) : store(std::move(from)) {}

    budget_state renew(const std::string& who, std::int64_t spent, std::int64_t wanted,
                       std::int64_t begin = 1'000'000) {
        budget_renewal one{"key", 1, 1000, begin, spent, wanted};
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
    state = of.renew("a", 0, 10'000);
    BOOST_TEST(state.held_pico == 700);
    BOOST_TEST(state.spent_pico == 300);
}

BOOST_AUTO_TEST_CASE(a_new_period_begins_with_nothing_spent) {
    leases of(db->budgets());
    (void)of.renew("a", 900, 100);
    (void)of.renew("b", 0, 100);
    const auto state = of.renew("a", 0, 1000, 3'600'000'000);
    BOOST_TEST(state.spent_pico == 0);
    BOOST_TEST(state.held_pico == 1000);
    BOOST_TEST(of.renew("b", 50, 100, 1'000'000).held_pico == 0);  // its clock is late
}

BOOST_AUTO_TEST_CASE(a_budget_that_was_made_smaller_takes_back_what_is_held) {
    leases of(db->budgets());
    (void)of.renew("a", 0, 1000);
    budget_renewal smaller{"key", 1, 400, 1'000'000, 100, 0};
    const auto state = of.store->renew("a", std::span(&smaller, 1), seconds(30)).at(0);
    BOOST_TEST(state.held_pico == 300);
    BOOST_TEST(state.left_pico == 0);
}

BOOST_AUTO_TEST_CASE(what_a_process_that_died_spent_is_taken_from_its_rows) {
    leases of(db->budgets());
    (void)of.renew("dead", 100, 500);
    usage_row row;
    row.request_id = "0197f3a0-0000-7000-8000-000000000001";
    row.started_at_us = 2'000'000;
    row.ended_at_us = 3'000'000;
    row.key_id = 1;
    row.cost_pico = 130;
    row.instance_id = "dead";
    row.end_reason = "done";
    row.basis = "provider";
    auto other = row;
    other.request_id = "0197f3a0-0000-7000-8000-000000000002";
    other.instance_id = "alive";
    const std::vector<usage_row> rows = {row, other};
    (void)db->usage()->insert(rows, {});
    BOOST_TEST(of.renew("a", 0, 1000).held_pico == 500);
    run("UPDATE budget_leases SET expires_at = " + dialect::seconds_ago(1) + " WHERE instance_id = 'dead'");
    const auto state = of.renew("a", 0, 1000);
    BOOST_TEST(state.spent_pico == 130);
    BOOST_TEST(state.held_pico == 870);
    BOOST_TEST(state.replicas == 1);
}

BOOST_AUTO_TEST_CASE(what_is_spent_beyond_a_budget_does_not_become_credit) {
    leases of(db->budgets());
    const auto state = of.renew("a", 5000, 100);
    BOOST_TEST(state.held_pico == 0);
    BOOST_TEST(state.spent_pico == 5000);
    BOOST_TEST(of.renew("a", 9'000'000'000'000'000'000, 100).held_pico == 0);
    BOOST_TEST(of.renew("a", 9'000'000'000'000'000'000, 100).spent_pico == 9'000'000'000'000'000'000);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace ferry::store
