#include "base/decimal.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry {

BOOST_AUTO_TEST_SUITE(decimal)

BOOST_AUTO_TEST_CASE(a_price_becomes_an_integer_exactly) {
    BOOST_TEST(parse_decimal("0.004", price_scale).value() == 4'000'000);
    BOOST_TEST(parse_decimal("0.000000001", price_scale).value() == 1);
    BOOST_TEST(parse_decimal("12", price_scale).value() == 12'000'000'000);
    BOOST_TEST(parse_decimal(".5", price_scale).value() == 500'000'000);
    BOOST_TEST(parse_decimal("7.", price_scale).value() == 7'000'000'000);
    BOOST_TEST(parse_decimal("0.10000000000000", price_scale).value() == 100'000'000);
    BOOST_TEST(parse_decimal("9223372036.854775807", price_scale).value() == INT64_MAX);
}

BOOST_AUTO_TEST_CASE(what_is_no_exact_decimal_is_refused) {
    for (const char* text : {"", ".", "-1", "+1", "1e-3", "0x1", " 1", "1 ", "1,5", "1.2.3", "0.0000000001", "nan",
                             "9223372036.854775808", "99999999999999999999999999999999999999999999999999"}) {
        BOOST_TEST(!parse_decimal(text, price_scale), text);
    }
}

BOOST_AUTO_TEST_CASE(an_integer_becomes_a_decimal_without_needless_zeros) {
    BOOST_TEST(format_decimal(4'000'000, price_scale) == "0.004");
    BOOST_TEST(format_decimal(0, money_scale) == "0");
    BOOST_TEST(format_decimal(1, money_scale) == "0.000000000001");
    BOOST_TEST(format_decimal(-1'500'000'000'000, money_scale) == "-1.5");
    BOOST_TEST(format_decimal(120'000'000'000'000, money_scale) == "120");
    BOOST_TEST(format_decimal(7, 0) == "7");
    BOOST_TEST(format_decimal(int128{INT64_MAX} * 1000, money_scale) == "9223372036.854775807");
}

BOOST_AUTO_TEST_CASE(sums_past_64_bits_are_written_whole) {
    const int128 sum = int128{INT64_MAX} * 1'000'001;
    BOOST_TEST(format_decimal(sum, 0) == "9223381260226812661775807");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry
