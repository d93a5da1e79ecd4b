#include "limits/budget_options.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>

namespace ferry::limits {
namespace {

BOOST_AUTO_TEST_SUITE(budget_options_suite)

BOOST_AUTO_TEST_CASE(a_rate_counts_only_in_its_direction) {
    budget_options chosen;
    chosen.rates = {{"CNY", "USD", 140'000'000}, {"USD", "EUR", 900'000'000}};
    BOOST_TEST(rate_of(chosen, "USD").value() == as_it_is);
    BOOST_TEST(rate_of(chosen, "CNY").value() == 140'000'000);
    BOOST_TEST(!rate_of(chosen, "EUR"));
    chosen.currency = "EUR";
    BOOST_TEST(rate_of(chosen, "USD").value() == 900'000'000);
    BOOST_TEST(!rate_of(chosen, "CNY"));
}

BOOST_AUTO_TEST_CASE(what_is_converted_is_rounded_once) {
    BOOST_TEST(at_rate(1'000, 140'000'000) == 140);
    BOOST_TEST(at_rate(3, 140'000'000) == 0);
    BOOST_TEST(at_rate(4, 140'000'000) == 1);
    BOOST_TEST(at_rate_up(1, 140'000'000) == 1);
    BOOST_TEST(at_rate_up(1'000, 140'000'000) == 140);
    BOOST_TEST(at_rate_up(0, 140'000'000) == 0);
    for (const std::int64_t pico : {0l, 1l, 999'999'999'999'999'999l}) {
        BOOST_TEST(at_rate(pico, as_it_is) == pico);
        BOOST_TEST(at_rate_up(pico, as_it_is) == pico);
    }
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_the_most_that_does) {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    BOOST_TEST(at_rate(most, 1'000'000 * as_it_is) == most);
    BOOST_TEST(at_rate_up(most / 2, 3 * as_it_is) == most);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
}  // namespace ferry::limits
