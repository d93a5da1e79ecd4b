#include "relay/tries/hedge_budget.hpp"

#include <boost/test/unit_test.hpp>
#include <memory>

using namespace ferry::relay;

namespace {

struct hedge_purse {
    std::unique_ptr<hedge_budget> all = std::make_unique<hedge_budget>();

    int taken_of(int requests, double share, double cost_share, double times) {
        int taken = 0;
        for (int i = 0; i != requests; ++i) {
            all->note_request(1, share, cost_share);
            taken += all->take(1, times) ? 1 : 0;
        }
        return taken;
    }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(hedge_budget_suite)

BOOST_FIXTURE_TEST_CASE(a_share_of_the_requests_and_one_more, hedge_purse) {
    const int taken = taken_of(1000, 0.1, 1, 1);
    BOOST_TEST(taken >= 100);
    BOOST_TEST(taken <= 101);
}

BOOST_FIXTURE_TEST_CASE(what_is_dearer_is_rarer, hedge_purse) {
    const int taken = taken_of(1000, 1, 0.1, 5);
    BOOST_TEST(taken >= 19);
    BOOST_TEST(taken <= 20);
}

BOOST_FIXTURE_TEST_CASE(what_is_cheaper_is_bounded_by_its_number_alone, hedge_purse) {
    BOOST_TEST(taken_of(1000, 0.1, 0.1, 0.2) >= 100);
}

BOOST_FIXTURE_TEST_CASE(what_costs_more_than_ten_is_never_begun, hedge_purse) {
    BOOST_TEST(taken_of(1000, 1, 1, 10.5) == 0);
    BOOST_TEST(taken_of(1000, 1, 1, 10) > 0);
}

BOOST_FIXTURE_TEST_CASE(of_one_row_none_is_taken_by_another, hedge_purse) {
    BOOST_TEST(all->take(1, 1));
    BOOST_TEST(!all->take(1, 1));
    BOOST_TEST(all->take(2, 1));
}

BOOST_AUTO_TEST_SUITE_END()
