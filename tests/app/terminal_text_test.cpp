#include "app/cli/terminal_text.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::app {

BOOST_AUTO_TEST_SUITE(terminal_texts)

BOOST_AUTO_TEST_CASE(what_could_steer_a_terminal_is_shown_as_a_replacement) {
    BOOST_TEST(terminal_text("\x1b[31mred\x07") == "\uFFFD[31mred\uFFFD");
    BOOST_TEST(terminal_text("a\rb\bc\x7f") == "a\uFFFDb\uFFFDc\uFFFD");
    BOOST_TEST(terminal_text("\xc2\x9b"
                             "31m") == "\uFFFD31m");  // CSI as one character of C1
    BOOST_TEST(terminal_text("\u202e"
                             "abc\u2028") == "\uFFFDabc\uFFFD");
    BOOST_TEST(terminal_text(std::string_view("\0\xff", 2)) == "\uFFFD\uFFFD");
}

BOOST_AUTO_TEST_CASE(line_ends_and_tabs_are_text) {
    BOOST_TEST(terminal_text("a\r\nb\n\tc") == "a\nb\n    c");
    BOOST_TEST(terminal_text("Größe 通义 👍") == "Größe 通义 👍");
}

BOOST_AUTO_TEST_CASE(width_is_counted_in_columns_of_the_terminal) {
    BOOST_TEST(display_width("abc") == 3u);
    BOOST_TEST(display_width("通义") == 4u);
    BOOST_TEST(display_width("e\u0301") == 1u);
    BOOST_TEST(display_width("👍") == 2u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::app
