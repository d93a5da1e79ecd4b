#include "relay/tries/cooldowns.hpp"

#include <boost/test/unit_test.hpp>
#include <thread>
#include <vector>

using namespace ferry;
using namespace ferry::relay;
using namespace std::chrono_literals;

namespace {

catalog::candidate row(std::uint64_t account) {
    catalog::candidate made;
    made.id = static_cast<std::int64_t>(account) + 100;
    made.account = account;
    made.where.host_header = "host-" + std::to_string(account);
    return made;
}

fault failing(fault_code code) {
    return fault::upstream(code, retry_advice::same, "");
}

struct bench {
    cooldowns cooling;
    circuit_options rules{.minimum_requests = 3, .cooldown = 5s};
    steady::time_point now = steady::now();
    const catalog::candidate one = row(1), other = row(2);

    void fail(fault_code code, int times = 1) {
        for (int i = 0; i < times; ++i) cooling.note_failure(one, failing(code), rules, now);
    }
    void limit(milliseconds wait) {
        auto why = failing(fault_code::upstream_rate_limited);
        why.retry_after = wait;
        cooling.note_failure(one, why, rules, now);
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(cooldowns_suite)

BOOST_FIXTURE_TEST_CASE(failures_in_a_row_cool_an_account_for_a_while, bench) {
    fail(fault_code::upstream_error, 2);
    BOOST_TEST(!cooling.is_cooling(one, now));
    fail(fault_code::upstream_unreachable);
    BOOST_TEST(cooling.is_cooling(one, now));
    BOOST_TEST(cooling.is_failing(one, now + 4999ms));
    BOOST_TEST(!cooling.is_cooling(other, now));
    BOOST_TEST(!cooling.is_cooling(one, now + 5s));
    // It is asked again then, and one more failure is enough.
    now += 5s;
    fail(fault_code::upstream_overloaded);
    BOOST_TEST(cooling.is_cooling(one, now + 4s));
}

BOOST_FIXTURE_TEST_CASE(a_good_answer_ends_it, bench) {
    fail(fault_code::upstream_error, 2);
    cooling.note_success(one);
    BOOST_TEST(cooling.is_empty());
    fail(fault_code::upstream_error, 2);
    BOOST_TEST(!cooling.is_cooling(one, now));
    fail(fault_code::upstream_error);
    cooling.note_success(other);
    BOOST_TEST(cooling.is_cooling(one, now));
    cooling.note_success(one);
    BOOST_TEST(!cooling.is_cooling(one, now));
}

BOOST_FIXTURE_TEST_CASE(a_limit_of_the_rate_lasts_as_long_as_it_says, bench) {
    limit(30s);
    limit(1s);
    BOOST_TEST(cooling.is_cooling(one, now + 29s));
    BOOST_TEST(!cooling.is_failing(one, now));
    BOOST_TEST(!cooling.is_cooling(one, now + 30s));
    fail(fault_code::upstream_rate_limited, 10);  // says no time
    BOOST_TEST(!cooling.is_cooling(one, now + 30s));
}

BOOST_FIXTURE_TEST_CASE(a_key_that_is_refused_cools_at_once, bench) {
    fail(fault_code::upstream_auth_error);
    BOOST_TEST(cooling.is_failing(one, now));
}

BOOST_FIXTURE_TEST_CASE(what_the_request_did_wrong_cools_nobody, bench) {
    for (auto code : {fault_code::upstream_bad_request, fault_code::context_length_exceeded,
                      fault_code::content_policy_violation, fault_code::upstream_model_not_found}) {
        fail(code, 10);
    }
    BOOST_TEST(cooling.is_empty());
}

BOOST_FIXTURE_TEST_CASE(what_cools_is_listed, bench) {
    fail(fault_code::upstream_error, 2);
    BOOST_TEST(cooling.list(now).empty());
    fail(fault_code::upstream_overloaded);
    const auto listed = cooling.list(now + 1s);
    BOOST_REQUIRE(listed.size() == 1u);
    BOOST_TEST(listed[0].model_id == 101);
    BOOST_TEST(listed[0].host == "host-1");
    BOOST_TEST(listed[0].error_code == "upstream_overloaded");
    BOOST_TEST(listed[0].failures == 3);
    BOOST_TEST((listed[0].left == 4s));
}

BOOST_FIXTURE_TEST_CASE(what_one_core_learns_the_others_know, bench) {
    std::thread([this] { fail(fault_code::upstream_error, 3); }).join();
    BOOST_TEST(cooling.is_failing(one, now));
    std::thread([this] { cooling.note_success(one); }).join();
    BOOST_TEST(cooling.is_empty());
}

BOOST_FIXTURE_TEST_CASE(cores_may_note_failures_and_successes_at_once, bench) {
    std::vector<std::thread> cores;
    for (int core = 0; core < 4; ++core) {
        cores.emplace_back([this] {
            for (std::uint64_t i = 0; i < 2000; ++i) {
                const auto asked = row(i % 100);
                cooling.note_failure(asked, failing(fault_code::upstream_auth_error), rules, now);
                static_cast<void>(cooling.is_cooling(asked, now));
                cooling.note_success(asked);
            }
        });
    }
    for (auto& core : cores) core.join();
    for (std::uint64_t i = 0; i < 100; ++i) cooling.note_success(row(i));
    BOOST_TEST(cooling.is_empty());
}

BOOST_AUTO_TEST_SUITE_END()
