#include "relay/exchange/circuits_bench.hpp"

using namespace ferry;
using namespace ferry::test;

BOOST_AUTO_TEST_SUITE(circuit_levels)

BOOST_FIXTURE_TEST_CASE(a_limit_lasts_as_long_as_it_says_and_puts_the_key_behind, circuits_bench) {
    limit(one, 30s);
    BOOST_TEST(!may_ask(one));
    limit(one, 1s);
    now += 29s;
    BOOST_TEST(!may_ask(one));
    BOOST_TEST(may_ask(one, true));  // it may have been about that one request
    BOOST_TEST(!may_ask(sibling));
    BOOST_TEST(may_ask(sibling, true));
    BOOST_TEST(may_ask(neighbour));
    now += 1s;
    const auto after = enter(one);
    BOOST_REQUIRE(after);
    BOOST_TEST(!after->is_probe());
    BOOST_TEST(may_ask(sibling));
}

BOOST_FIXTURE_TEST_CASE(limits_that_name_no_time_put_the_row_behind, circuits_bench) {
    fail(one, fault_code::upstream_rate_limited, 429, 3);
    BOOST_TEST(!may_ask(one));
    BOOST_TEST(may_ask(one, true));
    BOOST_TEST(may_ask(sibling));
}

BOOST_FIXTURE_TEST_CASE(a_refused_key_closes_its_row_at_once_and_puts_the_others_of_the_key_behind, circuits_bench) {
    for (const auto code : {fault_code::upstream_auth_error, fault_code::upstream_insufficient_balance,
                            fault_code::upstream_permission_denied}) {
        circuits fresh;
        fresh.failed({}, one, circuit_fault(code, 401), was_answered, rules, now);
        BOOST_TEST(!fresh.enter(one, true, rules, now));
        BOOST_TEST(!fresh.enter(sibling, false, rules, now));
        BOOST_TEST(fresh.enter(sibling, true, rules, now).has_value());
        BOOST_TEST(fresh.enter(neighbour, false, rules, now).has_value());
        // It works for another: the key was not the reason.
        const auto by = fresh.enter(sibling, true, rules, now);
        fresh.succeeded(*by, sibling, rules, now);
        BOOST_TEST(fresh.enter(sibling, false, rules, now).has_value());
        BOOST_TEST(!fresh.enter(one, true, rules, now));
    }
}

BOOST_FIXTURE_TEST_CASE(an_endpoint_nobody_can_connect_to_is_closed_to_all_of_its_rows, circuits_bench) {
    for (int i = 0; i < 3; ++i) {
        all.failed({}, one, circuit_fault(fault_code::upstream_unreachable), was_not_connected, rules, now);
    }
    for (const auto& of : {one, sibling, neighbour}) BOOST_TEST(!may_ask(of, true));
    BOOST_TEST(may_ask(stranger));
    now += 5s;
    // One probe for all of them.
    const auto probing = enter(neighbour);
    BOOST_REQUIRE(probing);
    BOOST_TEST(probing->is_probe());
    BOOST_TEST(!may_ask(sibling, true));
    all.succeeded(*probing, neighbour, rules, now);
    BOOST_TEST(may_ask(sibling));
}

BOOST_FIXTURE_TEST_CASE(an_endpoint_that_answers_nobody_puts_its_rows_behind, circuits_bench) {
    busy(one, 10);
    BOOST_TEST(may_ask(neighbour));  // one row alone says nothing of the others
    busy(sibling);
    BOOST_TEST(!may_ask(neighbour));
    BOOST_TEST(may_ask(neighbour, true));
    good(neighbour);
    BOOST_TEST(may_ask(neighbour));
    BOOST_TEST(!may_ask(one, true));
}

BOOST_FIXTURE_TEST_CASE(any_answer_shows_that_the_endpoint_lives, circuits_bench) {
    busy(one, 2);
    fail(neighbour, fault_code::upstream_bad_request, 400);
    busy(sibling, 1);
    BOOST_TEST(may_ask(neighbour));
}

BOOST_FIXTURE_TEST_CASE(with_one_key_the_failing_model_is_left_alone_and_the_other_is_not, circuits_bench) {
    for (int i = 0; i < 3; ++i) {
        busy(one);
        good(sibling);
    }
    BOOST_TEST(!may_ask(one, true));
    BOOST_TEST(may_ask(sibling));
}

BOOST_FIXTURE_TEST_CASE(what_the_request_did_wrong_counts_for_nothing_and_ends_a_probe_well, circuits_bench) {
    for (const auto code : {fault_code::upstream_bad_request, fault_code::context_length_exceeded,
                            fault_code::content_policy_violation, fault_code::upstream_model_not_found}) {
        fail(one, code, 400, 10);
    }
    BOOST_TEST(all.is_empty());
    busy(one, 3);
    now += 5s;
    const auto probing = enter(one);
    all.failed(*probing, one, circuit_fault(fault_code::upstream_bad_request, 400), was_answered, rules, now);
    BOOST_TEST(may_ask(one));
}

BOOST_FIXTURE_TEST_CASE(a_deadline_of_the_clients_says_nothing, circuits_bench) {
    auto why = fault::upstream(fault_code::upstream_timeout, retry_advice::never, "");
    for (int i = 0; i < 9; ++i) all.failed({}, one, why, was_silent, rules, now);
    BOOST_TEST(all.is_empty());
}

BOOST_FIXTURE_TEST_CASE(a_time_that_a_busy_upstream_names_is_kept, circuits_bench) {
    auto why = circuit_fault(fault_code::upstream_overloaded, 503);
    why.retry_after = 20s;
    for (int i = 0; i < 3; ++i) all.failed({}, one, why, was_answered, rules, now);
    BOOST_TEST((left(one) == 20s));
}

BOOST_AUTO_TEST_SUITE_END()
