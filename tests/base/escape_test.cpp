#include "base/escape.hpp"

#include <boost/test/unit_test.hpp>

using ferry::escaped;

BOOST_AUTO_TEST_SUITE(escape)

BOOST_AUTO_TEST_CASE(plain_text_and_valid_utf8_pass_unchanged) {
    for (const char* text : {"", "gpt-4o", "a b/c", "中文 é", "\xf0\x9f\x98\x80", "\xc2\xa0", "\xf4\x8f\xbf\xbf"}) {
        BOOST_TEST(escaped(text) == text);
    }
}

BOOST_AUTO_TEST_CASE(what_could_end_a_line_a_string_or_steer_a_terminal_is_escaped) {
    BOOST_TEST(escaped("a\"b\\c") == R"(a\"b\\c)");
    BOOST_TEST(escaped("a\nb\rc\td") == R"(a\nb\rc\td)");
    BOOST_TEST(escaped(std::string_view("a\0b\x1b[2J\x7f", 8)) == R"(a\u0000b\u001b[2J\u007f)");
    BOOST_TEST(escaped("\xc2\x80\xc2\x9b\xc2\x85") == R"(\u0080\u009b\u0085)");
    BOOST_TEST(escaped("\xe2\x80\xa8\xe2\x80\xa9") == R"(\u2028\u2029)");
}

BOOST_AUTO_TEST_CASE(each_byte_that_is_not_utf8_becomes_the_replacement_character) {
    const std::string bad = "\xef\xbf\xbd";
    BOOST_TEST(escaped("\xff") == bad);
    BOOST_TEST(escaped("\x80 a") == bad + " a");
    BOOST_TEST(escaped("\xc0\xaf") == bad + bad);                      // overlong
    BOOST_TEST(escaped("\xe0\x80\xaf") == bad + bad + bad);            // overlong
    BOOST_TEST(escaped("\xed\xa0\x80") == bad + bad + bad);            // surrogate
    BOOST_TEST(escaped("\xf4\x90\x80\x80") == bad + bad + bad + bad);  // past U+10FFFF
    BOOST_TEST(escaped("\xe4\xb8") == bad + bad);                      // cut short
    BOOST_TEST(escaped("\xe4\xb8x") == bad + bad + "x");
}

BOOST_AUTO_TEST_CASE(a_limit_never_cuts_an_escape_or_a_character) {
    BOOST_TEST(escaped("abcdef", 3) == "abc");
    BOOST_TEST(escaped("ab\n", 3) == "ab");
    BOOST_TEST(escaped("ab\n", 4) == "ab\\n");
    BOOST_TEST(escaped("ab\x01", 7) == "ab");
    BOOST_TEST(escaped("a\xe4\xb8\xad", 3) == "a");
    BOOST_TEST(escaped("a\xe4\xb8\xad", 4) == "a\xe4\xb8\xad");
    BOOST_TEST(escaped("abc", 0) == "");
}

BOOST_AUTO_TEST_CASE(people_see_quotes_and_backslashes_as_they_are) {
    std::string out = "> ";
    ferry::append_readable(out, "say \"a\\b\"\n\x1b[2J\xff\"");
    BOOST_TEST(out == "> say \"a\\b\"\\n\\u001b[2J\xef\xbf\xbd\"");
}

BOOST_AUTO_TEST_SUITE_END()
