#include "conversation/overlap.hpp"

#include <boost/test/unit_test.hpp>
#include <string_view>
#include <vector>

using namespace ferry::conversation;

namespace {

// A letter is a message, a capital one an answer; '?' is none of the conversation's.
std::vector<marked_message> marked(std::string_view letters) {
    std::vector<marked_message> all;
    for (const char c : letters) {
        all.push_back({c == '?' ? 0u : static_cast<std::uint32_t>(c), c >= 'A' && c <= 'Z'});
    }
    return all;
}

std::optional<std::size_t> known(std::string_view request, std::string_view stored) {
    return known_beginning(marked(request), marked(stored));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(overlap_suite)

BOOST_AUTO_TEST_CASE(a_request_without_a_known_answer_brings_nothing_along) {
    BOOST_TEST(!known("?", "aBcD"));
    BOOST_TEST(!known("ac?", "aBcD"));
    BOOST_TEST(!known("", "aBcD"));
    BOOST_TEST(!known("??", ""));
    BOOST_TEST(!known("a?", "aBcD"));
}

BOOST_AUTO_TEST_CASE(what_stands_behind_the_last_known_answer_is_new) {
    BOOST_TEST(known("aBcD?", "aBcD").value() == 4u);
    BOOST_TEST(known("cD?", "aBcD").value() == 2u);
    BOOST_TEST(known("D?", "aBcD").value() == 1u);
    BOOST_TEST(known("?D??", "aBcD").value() == 2u);
    // More than is stored, because only the last messages were fetched.
    BOOST_TEST(known("???cD?", "cD").value() == 5u);
}

BOOST_AUTO_TEST_CASE(a_message_like_an_old_one_is_new_at_the_end) {
    BOOST_TEST(known("aBaBa", "aBaB").value() == 4u);
    BOOST_TEST(known("aBa", "aBaB").value() == 2u);
    BOOST_TEST(known("BaBaa", "aBaBaB").value() == 3u);
}

BOOST_AUTO_TEST_CASE(a_question_that_is_asked_again_or_edited_is_found_where_it_stands) {
    BOOST_TEST(known("aBc", "aBcD").value() == 3u);
    BOOST_TEST(known("aB?", "aBcD").value() == 2u);
    // An answer that came twice: what stands before it says which it is.
    BOOST_TEST(known("aBc", "aBcB").value() == 3u);
    // Again after an edit: turns that were taken back lie between.
    BOOST_TEST(known("aBe", "aBcDeF").value() == 3u);
    BOOST_TEST(known("aBe?c", "aBcDeF").value() == 3u);
    // Nothing is passed over in the request: it would be lost.
    BOOST_TEST(known("aB?c", "aBcD").value() == 2u);
}

BOOST_AUTO_TEST_CASE(long_lists_of_like_messages_are_compared_in_one_pass) {
    const std::vector<marked_message> same(200'000, marked_message{7, true});
    BOOST_TEST(known_beginning(same, same).value() == same.size());
    auto other = same;
    for (std::size_t i = 0; i < other.size(); i += 100) other[i].number = 0;
    BOOST_TEST(known_beginning(other, same).value() == same.size());
    const std::vector<marked_message> ends(200'000, marked_message{7, false});
    other = ends;
    other.front().is_answer = true;
    BOOST_TEST(known_beginning(other, ends).value() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()
