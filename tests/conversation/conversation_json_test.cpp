#include "conversation/conversation_json.hpp"

#include <boost/test/unit_test.hpp>
#include <vector>

using namespace ferry;
using namespace ferry::conversation;

namespace {

store::message_row question() {
    store::message_row row;
    row.id = 1;
    row.role = "user";
    row.content = "\"\\u00e9 \"";
    row.request_id = "req_1";
    row.created_at_us = 1'795'700'000'999'999;
    return row;
}

store::message_row answer() {
    auto row = question();
    row.id = 2;
    row.position = 1;
    row.role = "assistant";
    row.content = "null";
    row.extra = R"({"tool_calls":[ 1 ],"reasoning_content":"\u0061"})";
    row.model_id = 9;
    row.model = "m\"";
    row.finish_reason = "stop";
    row.end_reason = "completed";
    row.prompt_tokens = 12;
    row.completion_tokens = 3;
    return row;
}

const std::string question_text =
    R"({"id":1,"object":"conversation.message","conversation_id":81,"position":0,"role":"user","content":"\u00e9 ",)"
    R"("created_at":1795700000})";

}  // namespace

BOOST_AUTO_TEST_SUITE(conversation_json_suite)

BOOST_AUTO_TEST_CASE(a_conversation_is_written) {
    const store::conversation_row row{5, 81, "a \"b\"", 1'795'700'000'000'000, 1'795'700'001'500'000, 4};
    BOOST_TEST(conversation_json(row) ==
               R"({"id":81,"object":"conversation","title":"a \"b\"","message_count":4,"created_at":1795700000,)"
               R"("updated_at":1795700001})");
}

BOOST_AUTO_TEST_CASE(a_message_is_written_byte_for_byte) {
    BOOST_TEST(message_json(question(), 81) == question_text);
    BOOST_TEST(message_json(answer(), 81) ==
               R"({"id":2,"object":"conversation.message","conversation_id":81,"position":1,"role":"assistant",)"
               R"("content":null,"tool_calls":[ 1 ],"reasoning_content":"\u0061","model":"m\"","finish_reason":"stop",)"
               R"("end_reason":"completed","request_id":"req_1","usage":{"prompt_tokens":12,"completion_tokens":3},)"
               R"("created_at":1795700000})");
}

BOOST_AUTO_TEST_CASE(what_nobody_knows_of_an_answer_is_null) {
    auto row = answer();
    row.extra.reset();
    row.model.reset();
    row.finish_reason.reset();
    row.prompt_tokens.reset();
    BOOST_TEST(
        message_json(row, 81).find(R"("content":null,"model":null,"finish_reason":null,"end_reason":"completed",)"
                                   R"("request_id":"req_1","usage":{"prompt_tokens":null,)"
                                   R"("completion_tokens":3},)") != std::string::npos);
    row.completion_tokens.reset();
    BOOST_TEST(message_json(row, 81).find(R"("usage":null,)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_message_of_the_clients_is_no_answer_whoever_said_it) {
    auto row = question();
    row.role = "assistant";
    BOOST_TEST(message_json(row, 81).find("model") == std::string::npos);
    row.content.clear();
    BOOST_TEST(message_json(row, 81).find(R"("content":null,)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(other_members_cannot_take_the_names_of_ferrys) {
    auto row = question();
    row.extra = R"({"id":2,"name":"n","object":"o","conversation_id":3,"position":4,"r\u006fle":"x","content":"y",)"
                R"("model":"z","finish_reason":1,"end_reason":2,"request_id":3,"usage":4,"created_at":5})";
    auto wanted = question_text;
    wanted.insert(wanted.find(R"(,"created_at")"), R"(,"name":"n")");
    BOOST_TEST(message_json(row, 81) == wanted);
    row.extra = "no object";
    BOOST_TEST(message_json(row, 81) == question_text);
}

BOOST_AUTO_TEST_CASE(lists_say_where_they_begin_and_end) {
    BOOST_TEST(list_json(std::vector<store::conversation_row>{}, false) ==
               R"({"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false})");
    const std::vector<store::message_row> rows = {question(), answer()};
    BOOST_TEST(list_json(rows, 81, true) == R"({"object":"list","data":[)" + question_text + "," +
                                                message_json(answer(), 81) +
                                                R"(],"first_id":1,"last_id":2,"has_more":true})");
    const std::vector<store::conversation_row> one(1, {5, 81, "", 0, 0, 0});
    BOOST_TEST(list_json(one, false) == R"({"object":"list","data":[)" + conversation_json(one[0]) +
                                            R"(],"first_id":81,"last_id":81,"has_more":false})");
}

BOOST_AUTO_TEST_SUITE_END()
