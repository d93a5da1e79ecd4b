#include "relay/tries/retry_budget.hpp"

#include <atomic>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <thread>
#include <vector>

using namespace ferry;
using namespace ferry::relay;
using namespace std::chrono_literals;

namespace {

struct purse {
    std::unique_ptr<retry_budget> all = std::make_unique<retry_budget>();
    steady::time_point now = steady::now();
    double share = 0.2;

    int take_all() {
        int taken = 0;
        while (all->take("a", share, now)) ++taken;
        return taken;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(retry_budget_suite)

BOOST_FIXTURE_TEST_CASE(somebody_alone_may_repeat_a_few_times_and_then_one_a_second, purse) {
    BOOST_TEST(take_all() == retry_budget::most);
    now += 3s;
    BOOST_TEST(take_all() == 3);
    now += 1h;
    BOOST_TEST(take_all() == retry_budget::most);
}

BOOST_FIXTURE_TEST_CASE(a_share_of_the_requests_may_be_repeated, purse) {
    take_all();
    for (int i = 0; i < 20; ++i) all->note_request("a", share);
    BOOST_TEST(take_all() == 4);
    // What came before anything was repeated is no store for later.
    now += 1h;
    for (int i = 0; i < 1000; ++i) all->note_request("a", share);
    BOOST_TEST(take_all() == retry_budget::most);
}

BOOST_FIXTURE_TEST_CASE(endpoints_have_budgets_of_their_own, purse) {
    take_all();
    BOOST_TEST(all->take("another", share, now));
}

BOOST_FIXTURE_TEST_CASE(with_a_share_of_nothing_nothing_is_repeated, purse) {
    BOOST_TEST(!all->take("a", 0, now));
    for (int i = 0; i < 100; ++i) BOOST_TEST(all->take("a", 1, now));
}

BOOST_FIXTURE_TEST_CASE(many_cores_take_no_more_than_there_is, purse) {
    std::atomic<int> taken{0};
    std::vector<std::thread> cores;
    for (int core = 0; core < 4; ++core) {
        cores.emplace_back([&] {
            for (int i = 0; i < 1000; ++i) {
                all->note_request("a", 0.001);
                if (all->take("a", share, now)) ++taken;
            }
        });
    }
    for (auto& core : cores) core.join();
    BOOST_TEST(taken >= retry_budget::most);
    BOOST_TEST(taken <= retry_budget::most + 4);
}

BOOST_AUTO_TEST_SUITE_END()
