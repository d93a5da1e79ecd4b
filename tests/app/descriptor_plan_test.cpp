#include "app/descriptor_plan.hpp"

#include <boost/test/unit_test.hpp>

using ferry::app::most_operators;
using ferry::app::most_over;
using ferry::app::plan_descriptors;

BOOST_AUTO_TEST_SUITE(descriptor_plan)

BOOST_AUTO_TEST_CASE(where_there_is_room_the_configuration_decides) {
    const auto plan = plan_descriptors(100'000, 50, 10'000);
    BOOST_TEST(plan.clients == 10'000);
    BOOST_TEST(plan.upstreams >= plan.clients);
    BOOST_TEST(plan.wanted < plan.limit);
}

BOOST_AUTO_TEST_CASE(clients_and_their_upstreams_leave_room_for_everything_else) {
    for (const auto limit : {256, 1024, 4096, 20'000}) {
        const auto plan = plan_descriptors(limit, 40, 1'000'000);
        BOOST_TEST(plan.clients > 0);
        BOOST_TEST(plan.upstreams >= plan.clients);
        BOOST_TEST(plan.clients + plan.upstreams + 40 + most_over + most_operators < limit);
        BOOST_TEST(plan.wanted > limit);
    }
}

BOOST_AUTO_TEST_CASE(somebody_is_served_however_few_there_are) {
    BOOST_TEST(plan_descriptors(64, 60, 10'000).clients >= 1);
}

BOOST_AUTO_TEST_SUITE_END()
