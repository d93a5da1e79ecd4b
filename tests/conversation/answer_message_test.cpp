#include "conversation/answer_message.hpp"

#include <boost/test/unit_test.hpp>

#include "conversation/chat.hpp"

using namespace ferry::conversation;

namespace {

std::optional<kept_message> of_message(std::string_view message) {
    return answer_message(R"({"id":"c","choices":[{"index":0,"message":)" + std::string(message) +
                          R"(,"finish_reason":"stop"},{"index":1,"message":{"content":"second"}}],"usage":null})");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(answer_message_suite)

BOOST_AUTO_TEST_CASE(the_first_message_is_kept_without_what_is_null) {
    const kept_message plain{"assistant", "\"\\u00e9 x\"", R"({"reasoning_content":"hm","annotations":[ ]})"};
    BOOST_TEST(of_message(R"({"role":"assistant","refusal":null,"content":"\u00e9 x","reasoning_content":"hm",)"
                          R"("annotations":[ ],"audio":null})")
                   .value() == plain);
    const kept_message no_role{"assistant", "\"a\"", std::nullopt};
    BOOST_TEST(of_message(R"({"content":"a"})").value() == no_role);
    BOOST_TEST(of_message(R"({"role":"","content":"a"})").value() == no_role);
    BOOST_TEST(of_message(R"({"role":"helper","content":"a"})").value().role == "helper");
    BOOST_TEST(answer_message("\xef\xbb\xbf\n "
                              R"({"choices":[{"message":{"content":"a"}}]})"
                              "\n")
                   .value() == no_role);
}

BOOST_AUTO_TEST_CASE(whatever_says_something_is_an_answer) {
    for (const std::string_view member :
         {R"("tool_calls":[{}])", R"("refusal":"no")", R"("reasoning":"r")", R"("reasoning_content":"r")",
          R"("function_call":{"name":"f"})", R"("audio":{"id":"a"})", R"("content":[{"type":"text"}])"}) {
        BOOST_TEST(of_message("{" + std::string(member) + "}").has_value(), member);
    }
}

BOOST_AUTO_TEST_CASE(what_says_nothing_is_none) {
    for (const std::string_view message :
         {"{}", "null", "[]", "\"a\"", R"({"role":"assistant","content":null})", R"({"content":""})",
          R"({"content":[],"tool_calls":[ ],"refusal":"","reasoning":null,"function_call":{ }})", R"({"name":"n"})"}) {
        BOOST_TEST(!of_message(message), message);
    }
    for (const std::string_view answer : {"", "{}", "[]", R"({"choices":[]})", R"({"choices":null})",
                                          R"({"choices":[{"text":"a"}]})", R"({"choices":["message"]})"}) {
        BOOST_TEST(!answer_message(answer), answer);
    }
}

BOOST_AUTO_TEST_CASE(an_answer_that_is_no_json_is_none) {
    const std::string good = R"({"choices":[{"message":{"content":"a"}}]})";
    BOOST_TEST_REQUIRE(answer_message(good).has_value());
    for (std::size_t size = 0; size != good.size(); ++size) BOOST_TEST(!answer_message(good.substr(0, size)), size);
    BOOST_TEST(!answer_message(good + "x"));
    BOOST_TEST(!answer_message("\"" + good));
    auto not_utf8 = good;
    not_utf8[good.find("\"a\"") + 1] = '\xff';
    BOOST_TEST(!answer_message(not_utf8));
}

BOOST_AUTO_TEST_SUITE_END()
