#include "conversation/message_list.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

#include "conversation/chat.hpp"

using namespace ferry::conversation;

namespace {

std::vector<message_entry> entries(std::string_view messages) {
    std::vector<message_entry> all;
    for_each_message(messages, [&](const message_entry& entry) { all.push_back(entry); });
    return all;
}

kept_message kept(std::string_view element, nulls null_members = nulls::stay) {
    return keep(read_message(element), null_members);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(message_list_suite)

BOOST_AUTO_TEST_CASE(a_message_is_read_with_its_place_and_kept_as_it_is_spelled) {
    const std::string_view text =
        " [ {\"role\" : \"us\\u0065r\", \"content\":\"\\u00e9 \" , \"name\": \"a\"} ,\n{\"content\": [ {} ], "
        "\"role\":\"assistant\",\"x\":{\"role\":1}}]";
    const auto all = entries(text);
    BOOST_TEST_REQUIRE(all.size() == 2u);
    BOOST_TEST(all[0].role == "user");
    BOOST_TEST(all[0].parts.content == "\"\\u00e9 \"");
    BOOST_TEST(text.substr(all[0].where.begin, all[0].where.end - all[0].where.begin) == all[0].text);
    BOOST_TEST(all[0].text.back() == '}');
    BOOST_TEST(text.substr(all[1].where.end) == "]");
    const kept_message first{"user", "\"\\u00e9 \"", R"({"name":"a"})"};
    const kept_message second{"assistant", "[ {} ]", R"({"x":{"role":1}})"};
    BOOST_TEST(keep(all[0]) == first);
    BOOST_TEST(keep(all[1]) == second);
}

BOOST_AUTO_TEST_CASE(what_is_no_message_is_an_entry_all_the_same) {
    const auto all = entries(R"([1,"role",null,[{"role":"user"}],{},{"name":"n"},{"role":7},{"content":1}])");
    BOOST_TEST_REQUIRE(all.size() == 8u);
    for (std::size_t i = 0; i != 7; ++i) BOOST_TEST(!all[i].is_message(), i);
    BOOST_TEST(all[7].is_message());
    BOOST_TEST(!all[3].is_object);
    BOOST_TEST(all[4].is_object);
    for (const std::string_view text : {"", "null", "{\"role\":\"user\"}", "\"[]\"", "[]", " [ ] "}) {
        BOOST_TEST(entries(text).empty(), text);
    }
}

BOOST_AUTO_TEST_CASE(of_members_that_are_repeated_the_last_is_kept) {
    const kept_message wanted{"user", "2", R"({"b":4,"\u0061":5,"c":null})"};
    BOOST_TEST(
        kept(R"({"role":"system","content":1,"a":3,"b":4,"role":"user","cont\u0065nt":2,"\u0061":5,"c":null})") ==
        wanted);
}

BOOST_AUTO_TEST_CASE(what_is_missing_is_null_or_absent) {
    const kept_message no_content{"user", "null", std::nullopt}, no_role{"", "\"a\"", std::nullopt};
    BOOST_TEST(kept(R"({"role":"user"})") == no_content);
    BOOST_TEST(kept(R"({"content":"a"})") == no_role);
    BOOST_TEST(kept(R"({"content":"a","name":null})").extra.value() == R"({"name":null})");
    BOOST_TEST(!kept(R"({"content":"a","name":null})", nulls::go).extra);
    BOOST_TEST(kept(R"({"a":null,"content":null,"b":1})", nulls::go).extra.value() == R"({"b":1})");
}

BOOST_AUTO_TEST_CASE(a_kept_message_is_written_as_a_client_would) {
    const auto written = [](const kept_message& message) {
        std::string out;
        append_message(out, message);
        return out;
    };
    BOOST_TEST(written({"user", "\"\\u00e9\"", std::nullopt}) == R"({"role":"user","content":"\u00e9"})");
    BOOST_TEST(written({"tool", "null", R"({ "tool_call_id": "1" })"}) ==
               R"({"role":"tool","content":null,"tool_call_id": "1"})");
    BOOST_TEST(written({"a\"b", "[]", "{}"}) == R"({"role":"a\"b","content":[]})");
    BOOST_TEST(written({"", "1", std::nullopt}) == R"({"content":1})");
}

BOOST_AUTO_TEST_CASE(deep_and_wide_messages_are_read) {
    const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
    BOOST_TEST(kept(R"({"role":"user","content":)" + deep + "}").content == deep);
    std::string wide = R"({"role":"user")";
    for (int i = 0; i != 200'000; ++i) wide += R"(,"a":1)";
    BOOST_TEST(kept(wide + "}").extra.value() == R"({"a":1})");
}

BOOST_AUTO_TEST_SUITE_END()
