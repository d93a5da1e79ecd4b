#include "server/load_shedder.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using namespace ferry::server;
using namespace std::chrono_literals;

namespace {

struct shedder_bench {
    boost::asio::io_context core;
    relay::counters counts;
    load_shedder it{core, 0, counts};
    steady::time_point now = steady::now();

    shedder_bench() {
        it.limit(100ms);
        counts.open_exchanges = 1000;
    }
    void waits(milliseconds length, int times = 1) {
        for (int i = 0; i < times; ++i) it.waited(length, now += length);
    }
    void overload() { waits(150ms, 3); }
    void calm_for(int ticks) {
        for (int i = 0; i < ticks; ++i) {
            it.waited(1ms, now += 100ms);
            it.tick(now);
        }
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(load_shedder_suite)

BOOST_FIXTURE_TEST_CASE(a_burst_is_none_and_a_wait_that_lasts_is, shedder_bench) {
    waits(150ms, 2);
    BOOST_TEST(!it.is_shedding());
    waits(90ms);
    waits(150ms, 2);
    BOOST_TEST(!it.is_shedding());
    waits(150ms);
    BOOST_TEST(it.is_shedding());
    BOOST_TEST(counts.is_shedding == 1);
}

BOOST_FIXTURE_TEST_CASE(as_many_run_as_keep_the_wait_at_the_limit, shedder_bench) {
    overload();
    const auto why = it.refusal();
    BOOST_REQUIRE(why.has_value());
    BOOST_TEST((why->code == fault_code::overloaded));
    BOOST_TEST((*why->retry_after >= 1s && *why->retry_after < 2s));
    BOOST_TEST(counts.refused_overload == 1u);
    counts.open_exchanges = 700;
    BOOST_TEST(!it.refusal().has_value());
    waits(10ms);
    waits(110ms);
    BOOST_TEST(!it.refusal().has_value());  // late once
    waits(110ms);
    BOOST_TEST(it.refusal().has_value());
    counts.open_exchanges = 640;
    BOOST_TEST(it.refusal().has_value());
    counts.open_exchanges = 630;
    BOOST_TEST(!it.refusal().has_value());
    waits(80ms, 100);  // neither too long nor short
    counts.open_exchanges = 640;
    BOOST_TEST(it.refusal().has_value());
    waits(150ms, 50);
    counts.open_exchanges = 9;
    waits(150ms, 50);
    BOOST_TEST(it.refusal().has_value());
    counts.open_exchanges = 8;
    BOOST_TEST(!it.refusal().has_value());
    waits(30ms, 100);
    counts.open_exchanges = 40;
    BOOST_TEST(!it.refusal().has_value());
}

BOOST_FIXTURE_TEST_CASE(it_is_over_when_nobody_was_refused_for_a_second, shedder_bench) {
    overload();
    waits(150ms);
    calm_for(9);
    BOOST_TEST(it.is_shedding());
    counts.open_exchanges = 100'000;
    BOOST_TEST(it.refusal().has_value());
    calm_for(10);
    BOOST_TEST(it.is_shedding());
    calm_for(1);
    BOOST_TEST(!it.is_shedding());
    waits(150ms, 2);
    BOOST_TEST(!it.is_shedding());
}

BOOST_FIXTURE_TEST_CASE(no_limit_refuses_nobody, shedder_bench) {
    overload();
    it.limit(0ms);
    BOOST_TEST(!it.is_shedding());
    waits(5s, 10);
    BOOST_TEST(!it.is_shedding());
}

BOOST_AUTO_TEST_SUITE_END()
