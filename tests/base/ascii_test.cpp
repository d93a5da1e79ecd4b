#include "base/ascii.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry {

BOOST_AUTO_TEST_SUITE(ascii)

BOOST_AUTO_TEST_CASE(a_header_value_is_trimmed_of_spaces_and_tabs_alone) {
    BOOST_TEST(trimmed(" \t a b \t") == "a b");
    BOOST_TEST(trimmed("ab") == "ab");
    BOOST_TEST(trimmed("\r\nab\n") == "\r\nab\n");
    BOOST_TEST(trimmed(" \t ").empty());
    BOOST_TEST(trimmed("").empty());
}

BOOST_AUTO_TEST_CASE(white_space_is_trimmed_with_its_line_ends) {
    BOOST_TEST(trimmed("\r\n a\nb \t\n", is_white_space) == "a\nb");
    BOOST_TEST(trimmed("\v\fab", is_white_space) == "\v\fab");
    BOOST_TEST(trimmed("\r\n", is_white_space).empty());
}

BOOST_AUTO_TEST_CASE(only_letters_of_ascii_change_their_case) {
    BOOST_TEST(lower_case("AZ[@az09-\xc3\x84") == "az[@az09-\xc3\x84");
    BOOST_TEST(lower_case('K') == 'k');
    BOOST_TEST(lower_case('`') == '`');
}

BOOST_AUTO_TEST_CASE(digits_are_told_from_what_stands_beside_them) {
    for (int code = -128; code < 128; ++code) {
        const auto c = static_cast<char>(code);
        BOOST_TEST(is_digit(c) == (std::string_view("0123456789").find(c) != std::string_view::npos), code);
        BOOST_TEST(is_hex_digit(c) == (std::string_view("0123456789abcdefABCDEF").find(c) != std::string_view::npos),
                   code);
    }
}

BOOST_AUTO_TEST_CASE(a_byte_is_written_and_read_as_two_hexadecimal_digits) {
    for (unsigned byte = 0; byte < 256; ++byte) {
        std::string text = "0x";
        append_hex(text, static_cast<unsigned char>(byte));
        BOOST_REQUIRE_EQUAL(text.size(), 4u);
        BOOST_TEST(hex_value(text[2]) * 16 + hex_value(text[3]) == static_cast<int>(byte));
    }
    BOOST_TEST(hex_value('F') == 15);
    BOOST_TEST(hex_value('g') == -1);
    BOOST_TEST(hex_value(' ') == -1);
}

BOOST_AUTO_TEST_CASE(a_whole_number_has_digits_and_nothing_else) {
    for (const char* text : {"0", "007", "4294967304"}) BOOST_TEST(is_digits(text), text);
    for (const char* text : {"", "-1", "+1", "1.0", " 1", "1 ", "0x1", "\xd9\xa1"}) {
        BOOST_TEST(!is_digits(text), text);
    }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry
