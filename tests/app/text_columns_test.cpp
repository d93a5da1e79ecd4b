#include "app/cli/text_columns.hpp"

#include <boost/test/unit_test.hpp>

#include "app/cli/terminal_text.hpp"

namespace ferry::app {

namespace {

using lines = std::vector<std::string>;

void check(const lines& got, const lines& wanted) {
    BOOST_CHECK_EQUAL_COLLECTIONS(got.begin(), got.end(), wanted.begin(), wanted.end());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(columns_of_text)

BOOST_AUTO_TEST_CASE(a_text_is_broken_at_its_blanks) {
    check(wrapped("the quick brown fox", 10), {"the quick", "brown fox"});
    check(wrapped("the quick  brown", 9), {"the quick", "brown"});
    check(wrapped("a\n\nb", 10), {"a", "", "b"});
    check(wrapped("", 10), {""});
}

BOOST_AUTO_TEST_CASE(a_word_that_is_too_long_is_broken_within) {
    check(wrapped("abcdefghij", 4), {"abcd", "efgh", "ij"});
    check(wrapped("ab cdefghij", 4), {"ab", "cdef", "ghij"});
}

BOOST_AUTO_TEST_CASE(wide_characters_take_two_columns_and_may_be_parted) {
    check(wrapped("通义千问", 5), {"通义", "千问"});
    check(wrapped("a通义", 4), {"a通", "义"});
    for (const auto& line : wrapped("mixed 通义千问 and words 很长", 7)) BOOST_TEST(display_width(line) <= 7u);
}

BOOST_AUTO_TEST_CASE(a_mark_stays_with_its_character) {
    check(wrapped("abcde\u0301f", 5), {"abcde\u0301", "f"});
}

BOOST_AUTO_TEST_CASE(blanks_at_the_beginning_of_a_line_stay) {
    check(wrapped("if x:\n    return 1", 12), {"if x:", "    return 1"});
}

BOOST_AUTO_TEST_CASE(a_screen_is_shared_out_or_too_narrow) {
    BOOST_TEST(column_width(2, 80) == 38u);
    BOOST_TEST(column_width(1, 80) == 80u);
    BOOST_TEST(column_width(3, 78) == 24u);
    BOOST_TEST(column_width(3, 77) == 0u);
    BOOST_TEST(column_width(8, 20) == 0u);
}

BOOST_AUTO_TEST_CASE(texts_stand_side_by_side) {
    const std::vector<text_column> two = {{"a", "one two three", ""}, {"b", "1", "gone"}};
    check(side_by_side(two, 10, {}), {"a          │ b",       //
                                      "─          │ ─",       //
                                      "one two    │ 1",       //
                                      "three      │ error:",  //
                                      "           │ gone"});
}

BOOST_AUTO_TEST_CASE(colour_does_not_shift_a_column) {
    const std::vector<text_column> two = {{"a", "", "gone"}, {"b", "1", ""}};
    const text_styles styles{"<t>", "<e>", "<>"};
    check(side_by_side(two, 12, styles), {"<t>a<>            │ <t>b<>",  //
                                          "─            │ ─",            //
                                          "<e>error: gone<>  │ 1"});
}

BOOST_AUTO_TEST_CASE(without_room_they_stand_one_below_the_other) {
    const std::vector<text_column> two = {{"a", "one two three\n", ""}, {"b", "", "gone"}};
    check(one_below_other(two, no_limit, {}), {"a", "─", "one two three", "", "b", "─", "error: gone"});
    check(one_below_other(two, 8, {}), {"a", "─", "one two", "three", "", "b", "─", "error:", "gone"});
}

BOOST_AUTO_TEST_CASE(a_screen_shows_the_newest_lines_and_never_more_than_it_has) {
    const std::vector<text_column> two = {{"a", "1\n2\n3\n4", ""}, {"b", "x", ""}};
    check(fitted(two, 51, 4, {}), {"a                        │ b", "─                        │ ─",
                                   "3                        │ x", "4                        │"});
    const auto narrow = fitted(two, 30, 8, {});
    check(narrow, {"a", "─", "4", "", "b", "─", "x"});
    for (std::size_t height = 0; height < 12; ++height) BOOST_TEST(fitted(two, 30, height, {}).size() <= height);
}

BOOST_AUTO_TEST_CASE(nothing_in_a_text_or_title_steers_the_terminal) {
    const std::vector<text_column> one = {{"\x1b[2Jx\ny", "\x1b]0;t\x07", "\x1b[0m"}};
    for (const auto& line : side_by_side(one, 30, {})) {
        BOOST_TEST(line.find('\x1b') == std::string::npos);
        BOOST_TEST(line.find('\x07') == std::string::npos);
        BOOST_TEST(line.find('\n') == std::string::npos);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::app
