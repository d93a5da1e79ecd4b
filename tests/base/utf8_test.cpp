#include "base/utf8.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

namespace ferry {

BOOST_AUTO_TEST_SUITE(utf8)

BOOST_AUTO_TEST_CASE(every_character_is_read_as_it_was_written) {
    for (char32_t code = 0; code <= 0x10ffff; code += code < 0x900 ? 1 : 0x91) {
        if (code >= 0xd800 && code < 0xe000) continue;
        char bytes[4];
        const std::string_view text(bytes, encode_utf8(static_cast<unsigned>(code), bytes));
        BOOST_REQUIRE_EQUAL(character_length(text), text.size());
        BOOST_REQUIRE(code_point(text) == code);
    }
}

BOOST_AUTO_TEST_CASE(a_character_is_found_in_front_of_others) {
    BOOST_TEST(character_length("ab") == 1u);
    BOOST_TEST(character_length("\xc3\xa9\xc3") == 2u);
    BOOST_TEST(character_length("\xe4\xbd\xa0\x80") == 3u);
    BOOST_TEST(character_length("\xf0\x9f\x98\x80x") == 4u);
}

BOOST_AUTO_TEST_CASE(what_is_cut_overlong_or_too_large_is_no_character) {
    for (const char* text : {"\x80", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                             "\xf5\x80\x80\x80", "\xe4\xb8", "\xe4\xb8x", "\xff"}) {
        BOOST_TEST(character_length(text) == 0u, text);
        BOOST_TEST(!is_utf8(std::string("a").append(text)), text);
    }
    BOOST_TEST(is_utf8(""));
    BOOST_TEST(is_utf8("a\xc3\xa9\xe4\xbd\xa0\xf0\x9f\x98\x80"));
}

BOOST_AUTO_TEST_CASE(clipping_never_cuts_a_character) {
    BOOST_TEST(clip_utf8("a\xe4\xbd\xa0", 3) == "a");
    BOOST_TEST(clip_utf8("a\xe4\xbd\xa0", 4) == "a\xe4\xbd\xa0");
    BOOST_TEST(clip_utf8("\xf0\x9f\x98\x80", 3).empty());
    BOOST_TEST(clip_utf8("abc", 2) == "ab");
    BOOST_TEST(clip_utf8("abc", 0).empty());
}

BOOST_AUTO_TEST_CASE(what_is_not_utf8_loses_three_bytes_at_most_to_clipping) {
    BOOST_TEST(clip_utf8(std::string(10, '\x80'), 8).size() == 5u);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry
