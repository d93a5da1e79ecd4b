#include <boost/test/unit_test.hpp>

#include "app/cli/import/amounts.hpp"
#include "app/cli/table.hpp"

namespace ferry::app::takeover {

BOOST_AUTO_TEST_SUITE(import_amounts)

using names = std::vector<std::string>;

BOOST_AUTO_TEST_CASE(decimals_are_exact_with_and_without_an_exponent) {
    BOOST_TEST(scaled("2.5e-06", 12).value() == 2'500'000);
    BOOST_TEST(scaled("0.0000025", 12).value() == 2'500'000);
    BOOST_TEST(scaled("5", 12).value() == 5'000'000'000'000);
    BOOST_TEST(scaled("1E+2", 0).value() == 100);
    BOOST_TEST(scaled("0.15", 6).value() == 150'000);
    BOOST_TEST(scaled(" 1.5 ", 0).value() == 2);
    BOOST_TEST(scaled("1.4", 0).value() == 1);
    BOOST_TEST(scaled("4e-13", 12).value() == 0);
    BOOST_TEST(scaled("5e-13", 12).value() == 1);
    BOOST_TEST(scaled("1e-300", 12).value() == 0);
    BOOST_TEST(scaled("9223372036854775807", 0).value() == INT64_MAX);
}

BOOST_AUTO_TEST_CASE(what_is_no_amount_is_none) {
    for (const char* text : {"", "-1", "abc", "1.2.3", ".", "1e", "1e999999999999999999999", "1e20", "0x10", "NaN"})
        BOOST_TEST(!scaled(text, 0).has_value(), text);
    BOOST_TEST(!scaled("9223372036854775807.5", 0).has_value());
    BOOST_TEST(!scaled("10000000", 12).has_value());
}

BOOST_AUTO_TEST_CASE(a_span_is_the_nearest_period) {
    const auto is = [](const char* span, const char* name, bool exact) {
        const auto found = period_of(span);
        BOOST_REQUIRE_MESSAGE(found, span);
        BOOST_TEST(found->name == name, span << ": " << found->name);
        BOOST_TEST(found->is_exact == exact, span);
    };
    is("30d", "month", true);
    is("1mo", "month", true);
    is("7d", "week", true);
    is("1w", "week", true);
    is("24h", "day", true);
    is("1d", "day", true);
    is("1h", "hour", true);
    is("60m", "hour", true);
    is("30s", "hour", false);
    is("2d", "day", false);
    is("45d", "month", false);
    is("10d", "week", false);
    for (const char* span : {"", "d", "-1d", "0d", "month", "3 d x"}) BOOST_TEST(!period_of(span).has_value(), span);
}

BOOST_AUTO_TEST_CASE(lists_come_in_three_spellings) {
    BOOST_CHECK(
        (entries_of("{a,\"b, c\",NULL,\"say \\\"x\\\"\",\"NULL\"}") == names{"a", "b, c", "say \"x\"", "NULL"}));
    BOOST_CHECK((entries_of("[\"a\",\"b, c\",1]") == names{"a", "b, c"}));
    BOOST_CHECK((entries_of(" a, b\n c ,,") == names{"a", "b", "c"}));
    for (const char* text : {"", "{}", "[]", " , "}) BOOST_TEST(entries_of(text).empty(), text);
    BOOST_TEST(json_texts({"a", "b\"c"}) == "[\"a\",\"b\\\"c\"]");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::app::takeover
