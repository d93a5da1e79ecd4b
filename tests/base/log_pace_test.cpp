#include "base/log_pace.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry;
using std::chrono::milliseconds;

BOOST_AUTO_TEST_SUITE(log_pace_suite)

BOOST_AUTO_TEST_CASE(what_is_left_out_is_counted_and_told_with_the_next_line) {
    log_pace pace(2);
    const auto begin = steady::now();
    BOOST_TEST(pace.take(begin).value() == 0u);
    BOOST_TEST(pace.take(begin + milliseconds(1)).value() == 0u);
    for (int i = 0; i < 7; ++i) BOOST_TEST(!pace.take(begin + milliseconds(500)));
    BOOST_TEST(!pace.take(begin + milliseconds(999)));
    BOOST_TEST(pace.take(begin + milliseconds(1000)).value() == 8u);
    BOOST_TEST(pace.take(begin + milliseconds(1001)).value() == 0u);
    BOOST_TEST(!pace.take(begin + milliseconds(1002)));
}

BOOST_AUTO_TEST_SUITE_END()
