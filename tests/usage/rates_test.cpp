#include "usage/rates.hpp"

#include <boost/test/unit_test.hpp>
#include <limits>

namespace {

using namespace ferry;
using namespace ferry::usage;

BOOST_AUTO_TEST_SUITE(rates)

BOOST_AUTO_TEST_CASE(a_rate_is_two_currencies_and_an_exact_decimal) {
    const auto rate = parse_rate(" USD / CNY =7.123456789");
    BOOST_REQUIRE(rate.has_value());
    BOOST_TEST(rate->from == "USD");
    BOOST_TEST(rate->to == "CNY");
    BOOST_TEST(rate->nano == 7'123'456'789);
    for (const auto* wrong : {"", "USD", "USD/CNY", "USD=7", "USD=CNY/7", "/CNY=7", "USD/=7", "USD/CNY=0", "USD/CNY=-1",
                              "USD/CNY=1000001", "USD/CNY=7.1234567891", "USD/CNY=1e3", "USD/USD=1", "U S/CNY=1"})
        BOOST_TEST(!parse_rate(wrong).has_value(), wrong);
}

BOOST_AUTO_TEST_CASE(halves_go_up_and_nothing_overflows) {
    const std::vector<currency_rate> rates = {{"A", "B", 1}, {"B", "C", 1'000'000'000'000'000}};
    const auto in_b = [&](int128 pico) { return static_cast<std::int64_t>(*converted(pico, "A", "B", rates)); };
    BOOST_TEST(in_b(499'999'999) == 0);
    BOOST_TEST(in_b(500'000'000) == 1);
    BOOST_TEST(in_b(1'499'999'999) == 1);
    const int128 large = (static_cast<int128>(1) << 94) + 1;
    BOOST_TEST((*converted(large, "B", "C", rates) == large * 1'000'000));
    BOOST_TEST((*converted(large, "A", "A", rates) == large));
    BOOST_TEST(!converted(1, "B", "A", rates).has_value());
    BOOST_TEST(!converted(1, "A", "C", rates).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
