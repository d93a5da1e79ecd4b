#include "relay/exchange/circuits_bench.hpp"

using namespace ferry;
using namespace ferry::test;

BOOST_AUTO_TEST_SUITE(circuits_suite)

BOOST_FIXTURE_TEST_CASE(failures_close_a_row_to_all_for_a_cooldown, circuits_bench) {
    busy(one, 2);
    BOOST_TEST(may_ask(one));
    busy(one);
    BOOST_TEST(!may_ask(one, true));
    BOOST_TEST((left(one) == 5s));
    BOOST_TEST(may_ask(sibling));
    now += 4999ms;
    BOOST_TEST(!may_ask(one, true));
    now += 1ms;
    BOOST_TEST(may_ask(one));
}

BOOST_FIXTURE_TEST_CASE(only_a_share_of_failures_opens_it, circuits_bench) {
    rules.minimum_requests = 4;
    busy(one);
    for (int i = 0; i < 4; ++i) good(one);
    busy(one, 2);
    BOOST_TEST(may_ask(one));  // 3 of 7
    busy(one);
    BOOST_TEST(!may_ask(one));  // 4 of 8
    // Half of what is asked is answered: who has nobody else is not kept away.
    BOOST_TEST(may_ask(one, true));
    now += 5s;
    probe_fails(one);
    BOOST_TEST(!may_ask(one, true));
}

BOOST_FIXTURE_TEST_CASE(what_is_older_than_the_window_does_not_count, circuits_bench) {
    busy(one, 2);
    now += 61s;
    busy(one, 2);
    BOOST_TEST(may_ask(one));
    busy(one);
    BOOST_TEST(!may_ask(one, true));
}

BOOST_FIXTURE_TEST_CASE(who_is_asked_seldom_is_left_alone_after_as_many_failures_in_a_row, circuits_bench) {
    rules.minimum_requests = 4;  // the window never holds so many
    for (int i = 0; i < 3; ++i, now += 50s) busy(one);
    good(one);
    now += 50s;
    for (int i = 0; i < 3; ++i, now += 50s) busy(one);
    BOOST_TEST(may_ask(one));
    busy(one);
    BOOST_TEST(!may_ask(one));
}

BOOST_FIXTURE_TEST_CASE(one_probe_goes_after_the_cooldown_and_nobody_else, circuits_bench) {
    busy(one, 3);
    now += 5s;
    {
        const auto probing = enter(one);
        BOOST_REQUIRE(probing);
        BOOST_TEST(probing->is_probe());
        BOOST_TEST(!may_ask(one, true));
        BOOST_TEST((left(one) == 1s));
    }
    // It died without telling.
    const auto next = enter(one);
    BOOST_REQUIRE(next);
    BOOST_TEST(next->is_probe());
}

BOOST_FIXTURE_TEST_CASE(a_probe_that_tells_nothing_is_not_waited_for, circuits_bench) {
    busy(one, 3);
    now += 5s;
    const auto slow = enter(one);
    now += circuit::probe_patience - 1ms;
    BOOST_TEST(!may_ask(one, true));
    now += 1ms;
    const auto next = enter(one);
    BOOST_REQUIRE(next);
    BOOST_TEST(next->is_probe());
    BOOST_TEST(!may_ask(one, true));
    // What the first finds out late is no news.
    all.failed(*slow, one, circuit_fault(fault_code::upstream_timeout), was_silent, rules, now);
    BOOST_TEST(!may_ask(one, true));
    all.succeeded(*next, one, rules, now);
    BOOST_TEST(may_ask(one));
}

BOOST_FIXTURE_TEST_CASE(a_probe_that_fails_doubles_the_cooldown_up_to_its_most, circuits_bench) {
    busy(one, 3);
    for (const auto length : {5s, 10s, 20s, 40s, 60s, 60s}) {
        BOOST_TEST((left(one) == length));
        now += length;
        probe_fails(one);
    }
}

BOOST_FIXTURE_TEST_CASE(content_closes_it_and_the_end_of_the_answer_forgets_it, circuits_bench) {
    busy(one, 3);
    now += 5s;
    auto probing = enter(one);
    probing->begun();
    const auto other = enter(one);
    BOOST_REQUIRE(other);
    BOOST_TEST(!other->is_probe());
    // Cut in the middle: the probe has failed after all.
    all.failed(*probing, one, circuit_fault(fault_code::upstream_stream_interrupted), was_answered, rules, now);
    BOOST_TEST((left(one) == 10s));
    now += 10s;
    auto again = enter(one);
    again->begun();
    all.succeeded(*again, one, rules, now);
    BOOST_TEST(may_ask(one));
    busy(one, 2);
    BOOST_TEST(may_ask(one));
    busy(one);
    BOOST_TEST((left(one) == 5s));
}

BOOST_FIXTURE_TEST_CASE(what_began_before_it_opened_does_not_close_it, circuits_bench) {
    busy(one);
    const auto old = enter(one);
    now += 1ms;
    busy(one, 2);
    all.succeeded(*old, one, rules, now);
    BOOST_TEST(!may_ask(one, true));
}

BOOST_FIXTURE_TEST_CASE(what_is_not_closed_is_listed, circuits_bench) {
    busy(one, 2);
    BOOST_TEST(all.list(rules, now).empty());
    busy(one);
    now += 1s;
    auto listed = all.list(rules, now);
    BOOST_REQUIRE(listed.size() == 1u);
    BOOST_TEST((listed[0].level == circuit_level::row && listed[0].state == circuit_state::open));
    BOOST_TEST(listed[0].model_id == 1);
    BOOST_TEST(listed[0].model_names.at(0) == "model-1");
    BOOST_TEST(listed[0].host == "a");
    BOOST_TEST(listed[0].error_code == "upstream_overloaded");
    BOOST_TEST(listed[0].failures == 3);
    BOOST_TEST((listed[0].left == 4s));
    now += 4s;
    BOOST_TEST((all.list(rules, now).at(0).state == circuit_state::half_open));
    BOOST_TEST(all.figures().opened[0] == 1u);
    good(one);
    BOOST_TEST(all.list(rules, now).empty());
    BOOST_TEST(all.figures().probed[0] == 1u);
    BOOST_TEST(all.figures().closed[0] == 1u);
}

BOOST_FIXTURE_TEST_CASE(what_nobody_asks_any_more_is_forgotten, circuits_bench) {
    busy(one, 3);
    now += 5s + rules.window;
    BOOST_TEST(all.list(rules, now).empty());
    const auto fresh = enter(one);
    BOOST_REQUIRE(fresh);
    BOOST_TEST(!fresh->is_probe());
    for (std::int64_t i = 0; i < 10'000; ++i) {
        busy(circuit_row(100 + i, 100 + static_cast<std::uint64_t>(i), "host-" + std::to_string(i)), 3);
    }
    BOOST_TEST(all.list(rules, now).size() <= 2048u);
}

BOOST_AUTO_TEST_SUITE_END()
