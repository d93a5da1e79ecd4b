#include "conversation/message_key.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry::conversation;

namespace {

std::string key_of(std::string_view message) {
    const auto entry = read_message(message);
    std::string key, of_kept;
    write_key(key, entry.role, entry.parts);
    write_key(of_kept, keep(entry));
    BOOST_TEST(key == of_kept, message);
    return key;
}

bool are_equal(std::string_view a, std::string_view b) {
    return key_of(a) == key_of(b);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(message_key_suite)

BOOST_AUTO_TEST_CASE(texts_are_equal_however_they_are_escaped) {
    const std::string_view plain = "{\"role\":\"assistant\",\"content\":\"\xc3\xa9/\xf0\x9f\x98\x80\"}";
    BOOST_TEST(are_equal(plain, R"({ "content" : "\u00E9\/\ud83d\ude00" , "role":"assistant"})"));
    BOOST_TEST(are_equal(plain, R"({"role":"assistant","content":[{"type":"text","text":"\u00e9/"},)"
                                R"({"text":"\ud83d\ude00","type":"text","annotations":[]}]})"));
    BOOST_TEST(!are_equal(plain, R"({"role":"assistant","content":"\u00e9/"})"));
    BOOST_TEST(!are_equal(plain, R"({"role":"user","content":"\u00e9/\ud83d\ude00"})"));
    BOOST_TEST(!are_equal(R"({"role":"user","content":"a "})", R"({"role":"user","content":"a"})"));
}

BOOST_AUTO_TEST_CASE(what_a_client_leaves_out_of_an_answer_makes_no_difference) {
    BOOST_TEST(are_equal(R"({"role":"assistant","content":"a","reasoning_content":"hm","refusal":null,)"
                         R"("annotations":[],"tool_calls":[]})",
                         R"({"role":"assistant","content":"a"})"));
    BOOST_TEST(are_equal(R"({"role":"assistant","content":null})", R"({"role":"assistant","content":""})"));
    BOOST_TEST(are_equal(R"({"role":"assistant","content":[ ]})", R"({"role":"assistant"})"));
}

BOOST_AUTO_TEST_CASE(tool_calls_are_compared_by_what_they_call) {
    const std::string_view call = R"({"role":"assistant","content":null,"tool_calls":[{"id":"1","type":"function",)"
                                  R"("function":{"name":"f","arguments":"{\"a\": \"\u00e9 b\"}"}}]})";
    BOOST_TEST(are_equal(call, R"({"tool_calls":[ {"index":0, "function":{"arguments":"{\"a\":\"\\u00e9 b\"}",)"
                               R"("name":"f"}, "id":"1"} ],"content":"","role":"assistant"})"));
    const auto other = [&](std::string_view from, std::string_view to) {
        std::string changed(call);
        return changed.replace(changed.find(from), from.size(), to);
    };
    BOOST_TEST(!are_equal(call, other("\"1\"", "\"2\"")));
    BOOST_TEST(!are_equal(call, other("\"f\"", "\"g\"")));
    BOOST_TEST(!are_equal(call, other(" b", "b")));
    BOOST_TEST(!are_equal(call, other("null", "\"so\"")));
    BOOST_TEST(!are_equal(call, R"({"role":"assistant","content":null})"));
    // Arguments need not be JSON.
    BOOST_TEST(!are_equal(other(R"({\"a\": )", R"(\")"), other(R"({\"a\": )", R"(\"\")")));
    BOOST_TEST(!are_equal(R"({"role":"assistant","function_call":{"name":"f","arguments":"1"}})",
                          R"({"role":"assistant","function_call":{"name":"f","arguments":"2"}})"));
    BOOST_TEST(are_equal(R"({"role":"assistant","tool_calls":[{"custom":{"name":"c","input":"x"}}]})",
                         R"({"role":"assistant","tool_calls":[{"type":"custom","custom":{"input":"x","name":"c"}}]})"));
}

BOOST_AUTO_TEST_CASE(results_of_different_calls_differ) {
    BOOST_TEST(!are_equal(R"({"role":"tool","content":"ok","tool_call_id":"1"})",
                          R"({"role":"tool","content":"ok","tool_call_id":"2"})"));
}

BOOST_AUTO_TEST_CASE(parts_count_as_they_are_spelled_but_for_white_space_and_escapes) {
    const std::string_view image = R"({"role":"user","content":[{"type":"text","text":"a b"},{"type":"image_url"}]})";
    BOOST_TEST(are_equal(image, R"({"role":"user","content":[ {"type": "text","text":"\u0061 b"},)"
                                "\n{\"type\" :\"image\\u005furl\"} ]}"));
    BOOST_TEST(!are_equal(image, R"({"role":"user","content":[{"type":"text","text":"ab"},{"type":"image_url"}]})"));
    BOOST_TEST(!are_equal(image, R"({"role":"user","content":"a b"})"));
    BOOST_TEST(!are_equal(R"({"role":"user","content":12})", R"({"role":"user","content":"12"})"));
}

BOOST_AUTO_TEST_CASE(a_refusal_counts_where_nothing_else_was_said) {
    BOOST_TEST(!are_equal(R"({"role":"assistant","content":null,"refusal":"no"})",
                          R"({"role":"assistant","content":null,"refusal":"never"})"));
    BOOST_TEST(
        are_equal(R"({"role":"assistant","content":"a","refusal":"no"})", R"({"role":"assistant","content":"a"})"));
}

BOOST_AUTO_TEST_CASE(no_text_can_look_like_the_end_of_another) {
    BOOST_TEST(
        !are_equal(R"({"role":"tool","content":"a","tool_call_id":"b"})", R"({"role":"tool","content":"ad3:\"b\""})"));
}

BOOST_AUTO_TEST_SUITE_END()
