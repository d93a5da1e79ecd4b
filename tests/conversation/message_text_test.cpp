#include "conversation/message_text.hpp"

#include <boost/test/unit_test.hpp>

#include "base/utf8.hpp"
#include "conversation/chat.hpp"

using namespace ferry::conversation;
using namespace ferry::conversation::testing;

namespace {

std::string text_of_content(std::string content) {
    return text_of({"user", std::move(content), std::nullopt});
}

std::string title(std::string_view text) {
    return title_of(kept_messages{user(text)});
}

std::string repeated(std::string_view piece, std::size_t times) {
    std::string text;
    while (times-- != 0) text += piece;
    return text;
}

const std::string ellipsis = "\xe2\x80\xa6";

}  // namespace

BOOST_AUTO_TEST_SUITE(message_text_suite)

BOOST_AUTO_TEST_CASE(the_text_of_a_message_is_its_content_or_that_of_its_parts) {
    BOOST_TEST(text_of_content(R"("a\n\u00e9\ud83d\ude00")") == "a\n\xc3\xa9\xf0\x9f\x98\x80");
    BOOST_TEST(text_of_content(R"([{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"u"}},"x",)"
                               R"({"type":"text","text":""},{"t\u0065xt":"\u0062","type":"text"},{"text":7}])") ==
               "a b");
    for (const std::string content : {"null", "7", "{\"text\":\"a\"}", "[]", "\"\"", ""}) {
        BOOST_TEST(text_of_content(content).empty(), content);
    }
}

BOOST_AUTO_TEST_CASE(text_is_utf8_without_nul) {
    BOOST_TEST(text_of_content(R"("a\u0000b\ud800c\udc00\ud83d")") ==
               "ab\xef\xbf\xbd"
               "c\xef\xbf\xbd\xef\xbf\xbd");
}

BOOST_AUTO_TEST_CASE(long_text_is_cut_at_the_border_of_a_character) {
    for (const std::string_view character : {"a", "\xc3\xa9", "\xe4\xbd\xa0", "\xf0\x9f\x98\x80"}) {
        for (std::size_t before = 0; before != 4; ++before) {
            const auto all = repeated("x", before) + repeated(character, search_text_max);
            for (const auto& content : {"\"" + all + "\"", R"([{"text":")" + all + R"("},{"text":"b"}])"}) {
                const auto text = text_of_content(content);
                BOOST_TEST(text.size() <= search_text_max);
                BOOST_TEST(text.size() + character.size() > search_text_max);
                BOOST_TEST(ferry::is_utf8(text));
            }
        }
    }
    const auto parts = "[" + repeated(R"({"text":"ab"},)", 100'000) + R"({"text":"ab"}])";
    BOOST_TEST(text_of_content(parts).size() == search_text_max);
}

BOOST_AUTO_TEST_CASE(a_title_is_the_beginning_of_what_the_user_said_first) {
    BOOST_TEST(title_of(kept_messages{instruction("s"), assistant("hi"), user(" one\n\t two  "), user("three")}) ==
               "one two");
    BOOST_TEST(title_of(kept_messages{user(" \xe3\x80\x80 "), user("two")}) == "two");
    BOOST_TEST(title_of(kept_messages{{"user", "[{\"type\":\"image_url\"}]", std::nullopt}, assistant("a")}) == "");
    BOOST_TEST(title_of({}) == "");
    BOOST_TEST(title("a\x01\xc2\xa0\xe2\x80\xa8z") == "a z");
}

BOOST_AUTO_TEST_CASE(a_long_title_is_cut_behind_a_word_or_within_a_long_one) {
    const auto longest = repeated("four ", 15) + "fives";
    BOOST_TEST(title(longest) == longest);
    BOOST_TEST(title(longest + " ") == longest);
    BOOST_TEST(title(longest + "!") == repeated("four ", 14) + "four" + ellipsis);
    // 77 bytes are left, and the word ends just there.
    BOOST_TEST(title(repeated("six666 ", 10) + "sev7777 and more") == repeated("six666 ", 10) + "sev7777" + ellipsis);
    BOOST_TEST(title("a " + repeated("b", 100)) == "a " + repeated("b", 75) + ellipsis);
    BOOST_TEST(title(repeated("\xe4\xbd\xa0", 27)) == repeated("\xe4\xbd\xa0", 25) + ellipsis);
    for (std::size_t words = 1; words != 60; ++words) {
        for (const std::string_view word : {"a", "\xc3\xa9\xc3\xa9", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80 b"}) {
            const auto made = title(repeated(std::string(word) + " ", words));
            BOOST_TEST(made.size() <= title_max);
            BOOST_TEST(ferry::is_utf8(made));
            BOOST_TEST(!made.ends_with(' '));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
