#include "usage/storable_text.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using ferry::usage::put_storable;

const std::string bad = "\xEF\xBF\xBD";

// What is left of an earlier row must not show.
std::string storable_text(std::string_view text) {
    std::string to = "the row before";
    put_storable(text, to);
    return to;
}

std::optional<std::string> storable_or_null(std::string_view text) {
    std::optional<std::string> to = "the row before";
    put_storable(text, to);
    return to;
}

BOOST_AUTO_TEST_SUITE(storable_texts)

BOOST_AUTO_TEST_CASE(valid_text_stays_as_it_is) {
    const std::string text = "caf\xC3\xA9 \xE6\xBC\xA2 \xF0\x9F\x98\x80\n";
    BOOST_TEST(storable_text(text) == text);
}

BOOST_AUTO_TEST_CASE(nul_and_bytes_that_are_not_utf8_are_replaced_one_by_one) {
    BOOST_TEST(storable_text(std::string("a\0b", 3)) == "a" + bad + "b");
    BOOST_TEST(storable_text("caf\xE9") == "caf" + bad);
    BOOST_TEST(storable_text("\xED\xA0\x80") == bad + bad + bad);
    BOOST_TEST(storable_text("\xC3") == bad);
}

BOOST_AUTO_TEST_CASE(an_empty_text_is_null_where_the_column_may_be) {
    BOOST_TEST(!storable_or_null("").has_value());
    BOOST_TEST(storable_or_null("x").value() == "x");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
