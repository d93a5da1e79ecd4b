#include "app/cli/table.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::app {

BOOST_AUTO_TEST_SUITE(tables)

BOOST_AUTO_TEST_CASE(columns_are_as_wide_as_their_widest_cell) {
    BOOST_TEST(aligned_table({{"id", align::right}, {"name"}, {"x"}}, {{"1", "long name", "y"}, {"100", "n", ""}}) ==
               " id  name       x\n"
               "  1  long name  y\n"
               "100  n\n");
}

BOOST_AUTO_TEST_CASE(east_asian_characters_take_two_columns) {
    BOOST_TEST(aligned_table({{"a"}, {"b"}}, {{"通义", "x"}, {"abcd", "x"}, {"é", "x"}}) ==
               "a     b\n"
               "通义  x\n"
               "abcd  x\n"
               "é     x\n");
}

BOOST_AUTO_TEST_CASE(what_could_steer_a_terminal_is_escaped) {
    BOOST_TEST(aligned_table({{"a"}}, {{"\x1b[31m\n\"q\" \\ \xff"}}) == "a\n\\u001b[31m\\n\"q\" \\ \xEF\xBF\xBD\n");
}

BOOST_AUTO_TEST_CASE(csv_quotes_what_needs_it) {
    BOOST_TEST(csv_line({"a", "", "b,c", "say \"x\"", "two\nlines"}) ==
               "a,,\"b,c\",\"say \"\"x\"\"\",\"two\nlines\"\n");
}

BOOST_AUTO_TEST_CASE(json_is_written_with_whole_numbers_and_escaped_text) {
    json_object object;
    object.text("a", "x\"\n").number("b", int128{INT64_MAX} * 10).flag("c", true).raw("d", "null");
    BOOST_TEST(object.take() == R"({"a":"x\"\n","b":92233720368547758070,"c":true,"d":null})");
    BOOST_TEST(json_object().take() == "{}");
    BOOST_TEST(json_array({}) == "[]\n");
    BOOST_TEST(json_array({"1", "2"}) == "[\n  1,\n  2\n]\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::app
