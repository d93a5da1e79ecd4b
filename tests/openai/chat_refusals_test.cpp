#include <boost/test/unit_test.hpp>

#include "openai/member_finder.hpp"
#include "openai/scan.hpp"
#include "openai/splice.hpp"
#include "openai/top_members.hpp"
#include "support/fault_code.hpp"

using namespace ferry;
using namespace ferry::openai;
using namespace ferry::openai::testing;

BOOST_AUTO_TEST_SUITE(chat_refusals_suite)

BOOST_AUTO_TEST_CASE(a_routed_member_that_stands_twice_is_refused) {
    for (const std::string_view body :
         {R"({"model":"a","model":"b"})", R"({"model":"a","mod\u0065l":"b"})", R"({"id":1,"x":0,"id":1})",
          R"({"stream":true,"stream":false})", R"({"stream_options":null,"stream_options":{}})", R"({"n":1,"n":1})",
          R"({"max_tokens":1,"max_tokens":2})", R"({"max_completion_tokens":1,"max_completion_tokens":2})",
          R"({"store":true,"store":true})", R"({"conversationId":1,"conversationId":1})",
          R"({"stream_options":{"include_usage":true,"include_usage":false}})"}) {
        BOOST_TEST(code_of(body) == fault_code::duplicate_field, body);
    }
    BOOST_TEST(scan(R"({"model":"a","model":"b"})").error().param == "model");
}

BOOST_AUTO_TEST_CASE(a_case_fold_twin_of_a_routed_member_is_refused) {
    for (const std::string_view body :
         {R"({"model":"a","Model":"b"})", R"({"Model":"b"})", R"({"MODEL":"b"})", R"({"ID":1})", R"({"N":1})",
          R"({"Stream":true})", R"({"\u017ftream":true})", "{\"\xc5\xbftream\":true}", R"({"max_to\u212aens":1})",
          "{\"max_to\xe2\x84\xaa"
          "ens\":1}",
          R"({"ConversationID":1})", R"({"conversationid":1})", R"({"max_completion_to\u212aen\u017f":1})",
          R"({"\u017ftore":true})", R"({"Stream_Options":{}})", R"({"stream_options":{"Include_Usage":true}})",
          R"({"stream_options":{"include_u\u017fage":true}})"}) {
        BOOST_TEST(code_of(body) == fault_code::duplicate_field, body);
    }
    const auto refused = scan(R"({"Model":"b"})").error();
    BOOST_TEST(refused.param == "model");
    BOOST_TEST(refused.message.find("'Model'") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(J1_what_an_upstream_answers_to_stands_in_a_body_once) {
    for (const std::string_view name : {"messages", "input", "prompt", "tools"}) {
        const auto key = "\"" + std::string(name) + "\"";
        for (const std::string_view value : {"[]", R"([{"role":"user","content":"x"}])", R"("text")", "null", "{}"}) {
            const auto member = key + ":" + std::string(value);
            BOOST_TEST(is_accepted("{" + member + "}"), member);
            const auto twice = scan("{" + member + ",\"a\":1," + member + "}");
            BOOST_TEST_REQUIRE(!twice.has_value(), member);
            BOOST_TEST((twice.error().code == fault_code::duplicate_field));
            BOOST_TEST(twice.error().param == name);
        }
    }
    BOOST_TEST(code_of(R"({"m\u0065ssages":[],"messages":[]})") == fault_code::duplicate_field);
}

BOOST_AUTO_TEST_CASE(J2_twins_of_what_an_upstream_answers_to_are_refused) {
    for (const std::string_view body : {R"({"Messages":[]})", R"({"messages":[],"MESSAGES":[]})",
                                        "{\"me\xc5\xbf\xc5\xbf"
                                        "ages\":[]}",
                                        R"({"Input":""})", R"({"INPUT":[]})", R"({"Prompt":"a"})", R"({"prompT":"a"})",
                                        R"({"Tools":[]})", "{\"tool\xc5\xbf\":[]}", R"({"\u004dessages":[]})"}) {
        BOOST_TEST(code_of(body) == fault_code::duplicate_field, body);
    }
    for (const std::string_view body : {R"({"message":1,"Message":1})", R"({"inputs":1})", R"({"prompts":[]})",
                                        R"({"tool":1,"Tool":1,"tool_choice":"auto","TOOL_CHOICE":1})"}) {
        BOOST_TEST(is_accepted(body), body);
    }
}

BOOST_AUTO_TEST_CASE(an_answer_has_at_least_one_choice) {
    for (const std::string_view n : {"0", "-0", "-1", "129", "1.0", "1e0"}) {
        BOOST_TEST(code_of("{\"n\":" + std::string(n) + "}") == fault_code::invalid_parameter, n);
    }
    BOOST_TEST(*scan(R"({"n":1})").value().n == 1);
    BOOST_TEST(!scan(R"({"n":null})").value().n);
}

BOOST_AUTO_TEST_CASE(null_means_absent) {
    const auto read = scan(R"({"id":null,"conversationId":null,"model":null,"stream":null,"stream_options":null})");
    BOOST_TEST_REQUIRE(read.has_value());
    BOOST_TEST(!read->id);
    BOOST_TEST(!read->conversation_id);
    BOOST_TEST(read->where(member::id).has_value());  // to be taken out
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_before_the_body_is_passed_over_and_not_sent_on) {
    const std::string body = "\xef\xbb\xbf {\"model\":\"a\",\"id\":5,\"seed\":1}";
    for (std::size_t piece = 1; piece <= body.size(); ++piece) {
        const auto read = scan(body, piece);
        BOOST_TEST_REQUIRE(read.has_value(), piece);
        BOOST_TEST(text_at(body, read->where(member::model)->value) == "\"a\"");
        edit_list edits(read->object);
        edits.remove_member(read->where(member::id)->whole);
        std::string sent;
        for (const auto part : edits.gather(body)) sent += part;
        BOOST_TEST(sent == " {\"model\":\"a\",\"seed\":1}");
    }
    BOOST_TEST(text_at(body, find_member(body, "seed")->value) == "1");
    const std::string_view names[] = {"seed", "top_k", "model"};
    BOOST_TEST((present_members(body, names) == std::vector<bool>{true, false, true}));
}

BOOST_AUTO_TEST_CASE(names_that_only_resemble_routed_ones_pass) {
    for (const std::string_view body : {R"({"models":1})", R"({"mode":1})", R"({"model ":1})", "{\"mod\xc3\xa9l\":1}",
                                        R"({"Temperature":1})", R"({"User":1,"USER":2,"user":3,"user":4})",
                                        "{\"m\xd0\xbe"
                                        "del\":1}"}) {
        BOOST_TEST(is_accepted(body), body);
    }
}

BOOST_AUTO_TEST_CASE(an_id_is_a_positive_integer_or_refused) {
    for (const std::string_view value : {"0", "-1", "-0", "1.0", "1e3", "\"5\"", "true", "[5]", "{}",
                                         "9223372036854775808", "99999999999999999999999999999"}) {
        BOOST_TEST(code_of("{\"id\":" + std::string(value) + "}") == fault_code::invalid_id, value);
    }
    BOOST_TEST(*scan(R"({"id":9223372036854775807})").value().id == INT64_MAX);
    BOOST_TEST(code_of("{\"id\":" + std::string(10'000, '1') + "}") == fault_code::invalid_id);
}

BOOST_AUTO_TEST_CASE(routed_numbers_are_range_checked) {
    for (const std::string_view body :
         {R"({"n":1.0})", R"({"n":1e9})", R"({"n":129})", R"({"n":-1})", R"({"n":"2"})", R"({"max_tokens":-5})",
          R"({"max_tokens":2147483649})", R"({"max_tokens":1e2})", R"({"max_tokens":-0})", R"({"max_tokens":[]})",
          R"({"max_completion_tokens":0.5})", R"({"max_completion_tokens":18446744073709551616})",
          R"({"conversationId":"81"})", R"({"conversationId":81.5})", R"({"conversationId":1e2})"}) {
        const auto refused = scan(body).error();
        BOOST_TEST(refused.code == fault_code::invalid_parameter, body);
        BOOST_TEST(std::string(body).find("\"" + refused.param + "\"") == 1u);
    }
    BOOST_TEST(is_accepted(R"({"n":128,"max_tokens":2147483648,"max_completion_tokens":0})"));
}

BOOST_AUTO_TEST_CASE(routed_members_of_a_wrong_type_are_refused) {
    for (const std::string_view body :
         {R"({"stream":"true"})", R"({"stream":1})", R"({"stream":{}})", R"({"model":5})", R"({"model":["m"]})",
          R"({"stream_options":[]})", R"({"stream_options":true})", R"({"stream_options":{"include_usage":1}})",
          R"({"stream_options":{"include_usage":{}}})"}) {
        BOOST_TEST(code_of(body) == fault_code::invalid_parameter, body);
    }
    BOOST_TEST(code_of("{\"model\":\"" + std::string(4097, 'm') + "\"}") == fault_code::invalid_parameter);
    BOOST_TEST(is_accepted("{\"model\":\"" + std::string(4096, 'm') + "\"}"));
}

BOOST_AUTO_TEST_CASE(what_is_not_a_json_object_in_utf8_is_refused) {
    for (const std::string_view body : {"",
                                        " ",
                                        "null",
                                        "[]",
                                        "[{}]",
                                        "\"x\"",
                                        "5",
                                        "{} {}",
                                        "{}x",
                                        "{",
                                        "{\"a\"",
                                        "{\"a\":",
                                        "{\"a\":1",
                                        "{\"a\":1,}",
                                        "{,}",
                                        "{\"a\" 1}",
                                        "{a:1}",
                                        "{'a':1}",
                                        "{\"a\":01}",
                                        "{\"a\":1.}",
                                        "{\"a\":.5}",
                                        "{\"a\":+1}",
                                        "{\"a\":-}",
                                        "{\"a\":NaN}",
                                        "{\"a\":Infinity}",
                                        "{\"a\":nul}",
                                        "{\"a\":TRUE}",
                                        "{\"a\":\"\t\"}",
                                        "{\"a\":\"\\x\"}",
                                        "{\"a\":\"\\u12g4\"}",
                                        "{\"a\":[1 2]}",
                                        "{\"a\":[1,]}",
                                        "{\"a\":]}",
                                        "{\"a\":[}",
                                        "// c\n{}",
                                        "\xef\xbb\xbf",
                                        "\xef\xbb{}",
                                        "\xef",
                                        "\xef\xbb\xbf\xef\xbb\xbf{}",
                                        "{\xef\xbb\xbf}",
                                        "{\"a\":\"\xff\"}",
                                        "{\"a\":\"\xc0\x80\"}",
                                        "{\"a\":\"\xe0\x80\x80\"}",
                                        "{\"a\":\"\xed\xa0\x80\"}",
                                        "{\"a\":\"\xf4\x90\x80\x80\"}",
                                        "{\"a\":\"\x80\"}",
                                        "{\"a\":\"\xc3\"}",
                                        "{\"\xc3\":1}",
                                        "{\"model\":\"\\ud800\"}",
                                        "{\"model\":\"\\udc00x\"}",
                                        "{\"model\":\"\\ud800\\ud800\\udc00\"}"}) {
        BOOST_TEST(code_of(body) == fault_code::invalid_json, body);
    }
    BOOST_TEST(code_of(std::string_view("{\0}", 3)) == fault_code::invalid_json);
    BOOST_TEST(code_of(std::string_view("\xff\xfe{\0}\0", 6)) == fault_code::invalid_json);
    BOOST_TEST(code_of(std::string_view("\0{\0}", 4)) == fault_code::invalid_json);
}

BOOST_AUTO_TEST_CASE(a_message_says_where_and_what_was_expected) {
    BOOST_TEST(scan(R"({"a":1 "b":2})").error().message ==
               "The request body is not valid JSON: at byte 7 expected ',' or '}', found '\"'. "
               "Send one JSON object encoded as UTF-8.");
    BOOST_TEST(scan("{\"a\":\"\xff\"}").error().message.find("at byte 6 expected UTF-8, found the byte 0xff") !=
               std::string::npos);
    BOOST_TEST(scan("{\"a\":").error().message.find("at byte 5 expected a value, found the end of the body") !=
               std::string::npos);
    BOOST_TEST(scan("\xef\xbb{}").error().message.find("byte order mark") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(nesting_is_limited) {
    const auto nested = [](std::size_t depth) {
        return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
    };
    BOOST_TEST(is_accepted(nested(128)));
    BOOST_TEST(code_of(nested(129)) == fault_code::invalid_json);
    BOOST_TEST(code_of(nested(1'000'000)) == fault_code::invalid_json);
    BOOST_TEST(scan(nested(5), 0, {.depth = 4}).has_error());
    BOOST_TEST(scan(nested(1024), 0, {.depth = 1'000'000}).has_value());
    BOOST_TEST(scan(nested(1025), 0, {.depth = 1'000'000}).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
