#include "app/cli/time_argument.hpp"

#include <boost/test/unit_test.hpp>

#include "app/cli/context.hpp"

namespace ferry::app {

BOOST_AUTO_TEST_SUITE(time_arguments)

BOOST_AUTO_TEST_CASE(a_span_is_a_number_and_a_unit) {
    BOOST_TEST(parse_span("90s").value() == 90'000'000);
    BOOST_TEST(parse_span("30m").value() == 1'800'000'000);
    BOOST_TEST(parse_span("24h").value() == 86'400'000'000);
    BOOST_TEST(parse_span("7d").value() == 604'800'000'000);
    BOOST_TEST(parse_span("2w").value() == 1'209'600'000'000);
    BOOST_TEST(parse_span("0s").value() == 0);
    for (const char* text : {"", "s", "7", "7y", "-7d", "7 d", "1.5h", "9999999d", "d7"}) {
        BOOST_TEST(!parse_span(text), text);
    }
}

BOOST_AUTO_TEST_CASE(a_time_argument_is_a_span_from_now_or_a_time) {
    BOOST_TEST(time_argument("--since", "1s", 5'000'000, -1) == 4'000'000);
    BOOST_TEST(time_argument("--expires", "1s", 5'000'000, +1) == 6'000'000);
    BOOST_TEST(time_argument("--since", "1970-01-02", 5'000'000, -1) == 86'400'000'000);
    BOOST_CHECK_THROW(time_argument("--since", "yesterday", 0, -1), exit_with);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::app
