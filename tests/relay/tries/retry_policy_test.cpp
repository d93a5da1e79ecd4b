#include "relay/tries/retry_policy.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::relay;
using std::chrono::milliseconds;
using namespace std::chrono_literals;

namespace {

constexpr auto plenty = milliseconds(100'000);
constexpr int no_luck = 1000, luck = 0;  // the ends of what may be drawn

fault failing(retry_advice advice, fault_code code = fault_code::upstream_error) {
    return fault::upstream(code, advice, "it broke");
}

fault limited(milliseconds wait) {
    auto why = failing(retry_advice::same, fault_code::upstream_rate_limited);
    why.retry_after = wait;
    return why;
}

bool is(const next_move& move, next_step step, milliseconds wait = 0ms) {
    return move.step == step && move.wait == wait;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(retry_policy_suite)

BOOST_AUTO_TEST_CASE(the_faults_advice_decides_where_the_next_try_goes) {
    const failed_try alone{.connected = true, .left = plenty};
    auto one_of_two = alone;
    one_of_two.has_next = true;
    const retry_options rules;
    for (const auto& tried : {alone, one_of_two}) {
        BOOST_TEST(is(decide(failing(retry_advice::never), tried, rules, luck), next_step::give_up));
        BOOST_TEST(is(decide(failing(retry_advice::same), tried, rules, luck), next_step::again, 250ms));
    }
    BOOST_TEST(is(decide(failing(retry_advice::next_candidate), alone, rules, luck), next_step::give_up));
    BOOST_TEST(is(decide(failing(retry_advice::next_candidate), one_of_two, rules, luck), next_step::next_candidate));
}

BOOST_AUTO_TEST_CASE(only_an_upstreams_failure_is_tried_again_and_only_for_a_client_that_waits) {
    failed_try tried{.has_next = true, .left = plenty};
    for (auto source : {fault_source::client, fault_source::self}) {
        const fault why(fault_code::upstream_error, source, retry_advice::same, "");
        BOOST_TEST(is(decide(why, tried, {}, luck), next_step::give_up));
    }
    // Ferry's own, but about this candidate alone: its endpoint has as many connections as it may.
    const fault full(fault_code::overloaded, fault_source::self, retry_advice::next_candidate, "");
    BOOST_TEST(is(decide(full, tried, {}, luck), next_step::next_candidate));
    tried.client_waits = false;
    BOOST_TEST(is(decide(failing(retry_advice::same), tried, {}, luck), next_step::give_up));
    BOOST_TEST(is(decide(failing(retry_advice::next_candidate), tried, {}, luck), next_step::give_up));
}

BOOST_AUTO_TEST_CASE(a_stale_connection_is_replaced_at_once_and_counts_for_nothing) {
    const auto broken = failing(retry_advice::same, fault_code::upstream_unreachable);
    failed_try tried{.connected = true, .reused = true, .tries = 100, .left = plenty};
    BOOST_TEST(is(decide(broken, tried, {}, luck), next_step::again));
    tried.answer_begun = true;
    BOOST_TEST(is(decide(broken, tried, {}, luck), next_step::give_up));
    tried = {.connected = true, .tries = 100, .left = plenty};
    BOOST_TEST(is(decide(broken, tried, {}, luck), next_step::give_up));
}

BOOST_AUTO_TEST_CASE(a_busy_upstream_is_tried_to_the_limit_and_others_once_more) {
    const retry_options rules{.attempts = 4};
    const auto allowed = [&rules](fault_code code) {
        failed_try tried{.tries = 1, .left = plenty};
        while (decide(failing(retry_advice::same, code), tried, rules, luck).step == next_step::again) ++tried.tries;
        return tried.tries;
    };
    BOOST_TEST(allowed(fault_code::upstream_error) == 4);
    BOOST_TEST(allowed(fault_code::upstream_overloaded) == 4);
    BOOST_TEST(allowed(fault_code::upstream_rate_limited) == 4);
    BOOST_TEST(allowed(fault_code::upstream_unreachable) == 2);
    BOOST_TEST(allowed(fault_code::upstream_invalid_response) == 2);
    BOOST_TEST(tries_allowed(fault_code::upstream_unreachable, 1) == 1);
}

BOOST_AUTO_TEST_CASE(the_wait_doubles_to_its_limit_and_half_of_it_is_drawn) {
    const retry_options rules{.backoff_base = 100ms, .backoff_max = 350ms};
    BOOST_TEST((backoff(rules, 1, luck) == 50ms));
    BOOST_TEST((backoff(rules, 1, no_luck) == 100ms));
    BOOST_TEST((backoff(rules, 2, 500) == 150ms));
    BOOST_TEST((backoff(rules, 3, no_luck) == 350ms));
    BOOST_TEST((backoff(rules, 1'000'000'000, no_luck) == 350ms));
    BOOST_TEST((backoff({.backoff_base = 900ms, .backoff_max = 10ms}, 1, no_luck) == 10ms));
}

BOOST_AUTO_TEST_CASE(an_upstream_that_names_a_time_is_waited_for_if_it_is_near) {
    const retry_options rules{.backoff_max = 8s, .retry_after_max = 60s, .hold_max = 60s};
    failed_try tried{.left = plenty};
    BOOST_TEST(is(decide(limited(0ms), tried, rules, luck), next_step::again));
    BOOST_TEST(is(decide(limited(60s), tried, rules, luck), next_step::again, 60s));
    BOOST_TEST(is(decide(limited(60'001ms), tried, rules, luck), next_step::give_up));
    tried.has_next = true;
    BOOST_TEST(is(decide(limited(8s), tried, rules, luck), next_step::again, 8s));
    BOOST_TEST(is(decide(limited(8'001ms), tried, rules, luck), next_step::next_candidate));
    tried.tries = 3;
    BOOST_TEST(is(decide(limited(1s), tried, rules, luck), next_step::next_candidate));
}

BOOST_AUTO_TEST_CASE(no_wait_goes_beyond_the_deadline) {
    failed_try tried{.left = 2s};
    BOOST_TEST(is(decide(limited(1999ms), tried, {}, luck), next_step::again, 1999ms));
    BOOST_TEST(is(decide(limited(2s), tried, {}, luck), next_step::give_up));
    tried.has_next = true;
    BOOST_TEST(is(decide(limited(2s), tried, {}, luck), next_step::next_candidate));
    tried.left = 0ms;
    BOOST_TEST(is(decide(failing(retry_advice::next_candidate), tried, {}, luck), next_step::give_up));
}

BOOST_AUTO_TEST_SUITE_END()
