// What processes tell each other of limits and budgets.
#include "store/limit_store.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "store/budget_store.hpp"
#include "store/conformance/store_fixture.hpp"
#include "store/people_store.hpp"

namespace ferry::store {
namespace {

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

BOOST_AUTO_TEST_CASE(what_all_use_is_told_without_what_they_may_use) {
    const auto one = db->limits();
    BOOST_TEST(one->used().empty());
    (void)exchange(*one, "a", {{"key", 1, 10, 100, 20, 200, 3, {1, 2, 3, 4, 5}}, {"team", 7, 1, 1, 1, 1, 1, {}}});
    (void)exchange(*one, "b", {{"key", 1, 5, 50, 6, 60, 1, {}}});
    auto used = db->limits()->used();
    std::sort(used.begin(), used.end(), [](const auto& a, const auto& b) { return a.party < b.party; });
    BOOST_REQUIRE(used.size() == 2);
    BOOST_TEST((used[0] == limit_use_row{"key", 1, 15, 150, 26, 260, 4, {}}));
    BOOST_TEST((used[1] == limit_use_row{"team", 7, 1, 1, 1, 1, 1, {}}));
    run("UPDATE limit_use SET updated_at = " + dialect::seconds_ago(70));
    used = db->limits()->used();
    BOOST_REQUIRE(used.size() == 2);
    BOOST_TEST(used[0].minute_requests + used[1].minute_requests == 0);
    BOOST_TEST(used[0].day_requests + used[1].day_requests >= 25);
}

// `spent`: in all of the period.
struct leases {
    explicit leases(std::unique_ptr<budget_store> from) : store(std::move(from)) {}

    budget_state renew(const std::string& who, std::int64_t spent, std::int64_t wanted, std::int64_t begin = 1'000'000,
                       std::int64_t budget = 1000, std::int64_t most = 1'000'000) {
        budget_renewal one{"key", 1, budget, begin, spent, wanted, most};
        return store->renew(who, std::span(&one, 1), terms).at(0);
    }

    std::unique_ptr<budget_store> store;
    budget_terms terms;
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

BOOST_AUTO_TEST_CASE(what_is_taken_from_rows_counts_in_the_currency_of_the_budget) {
    leases of(db->budgets());
    of.terms.rates = {{"CNY", 140'000'001}, {"EUR", 1'100'000'000}};
    (void)of.renew("dead", 0, 500);
    auto yuan = row_of("dead", 1, 100), euro = row_of("dead", 2, 100), other = row_of("dead", 3, 100);
    yuan.currency = "CNY";
    euro.currency = "EUR";
    other.currency = "XYZ";
    auto large = row_of("dead", 4, 1'000'000'000'000'000'500);
    large.currency = "CNY";
    const std::vector<usage_row> rows = {yuan, euro, other, row_of("dead", 5, 100)};
    (void)db->usage()->insert(rows, {});
    const auto look_again = [&] {
        run("UPDATE budget_leases SET expires_at = " + dialect::seconds_ago(1) +
            ", checked_at = " + dialect::seconds_ago(60) + " WHERE instance_id = 'dead'");
    };
    look_again();
    BOOST_TEST(of.renew("a", 0, 0).spent_pico == 14 + 110 + 100 + 100);
    const std::vector<usage_row> late = {large};
    (void)db->usage()->insert(late, {});
    look_again();
    // 140'000'001'000'000'070.0005, to the nearest.
    BOOST_TEST(of.renew("a", 0, 0).spent_pico == 324 + 140'000'001'000'000'070);
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

BOOST_AUTO_TEST_CASE(a_notice_of_a_budget_is_one_process_to_tell) {
    const auto one = db->budgets(), two = db->budgets();
    const budget_notice what{"team", 7, 1'000'000, 500};
    BOOST_TEST(one->claim(what).value() == "");  // nobody knows the team
    BOOST_TEST(!two->claim(what));
    BOOST_TEST(!one->claim({"team", 7, 1'000'000, 400}));
    BOOST_TEST(two->claim({"team", 8, 1'000'000, 500}).has_value());
    BOOST_TEST(two->claim({"key", 7, 1'000'000, 500}).has_value());
    BOOST_TEST(two->claim({"team", 7, 1'000'000, 600}).has_value());  // it grew
    BOOST_TEST(!one->claim({"team", 7, 1'000'000, 600}));
    BOOST_TEST(one->claim({"team", 7, 2'000'000, 500}).has_value());  // it began anew
    BOOST_TEST(!two->claim({"team", 7, 2'000'000, 500}));
    one->disclaim(what);  // of a period that is over
    BOOST_TEST(!two->claim({"team", 7, 2'000'000, 500}));
    one->disclaim({"team", 7, 2'000'000, 500});
    BOOST_TEST(two->claim({"team", 7, 2'000'000, 500}).has_value());
}

BOOST_AUTO_TEST_CASE(a_notice_says_the_name_of_whose_budget_it_is) {
    run("INSERT INTO users (name) VALUES ('alice')");
    const auto id = db->people()->list(people::users).at(0).id;
    BOOST_TEST(db->budgets()->claim({"user", id, 0, 1}).value() == "alice");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace ferry::store
