#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <chrono>

#include "openai/scan.hpp"

using namespace ferry;
using namespace ferry::openai;
using namespace ferry::openai::testing;

BOOST_AUTO_TEST_SUITE(chat_scanner_suite)

BOOST_AUTO_TEST_CASE(the_reference_documents_request_is_understood) {
    const std::string_view body =
        R"({"id": 5, "conversationId": 81, "messages": [{"role": "user", "content": "你好"}], "stream": false,)"
        R"( "temperature": 0.7})";
    const auto request = scan(body).value();
    BOOST_TEST(*request.id == 5);
    BOOST_TEST(*request.conversation_id == 81);
    BOOST_TEST(!request.stream);
    BOOST_TEST(!request.model);
    BOOST_TEST(request.body_size == body.size());
    BOOST_TEST(request.object.members == 5u);
    BOOST_TEST(text_at(body, request.where(member::id)->whole) == R"("id": 5)");
    BOOST_TEST(text_at(body, request.where(member::conversation_id)->value) == "81");
}

BOOST_AUTO_TEST_CASE(every_routed_member_is_read_and_located) {
    const std::string_view body =
        R"({"model":"a\u00e9\ud83d\ude00b","stream":true,"stream_options":{"include_usage":false,"x":[1]},"n":2,)"
        R"("max_tokens":7,"max_completion_tokens":8,"store":true,"user":"u"})";
    const auto request = scan(body).value();
    BOOST_TEST(*request.model ==
               "a\xc3\xa9\xf0\x9f\x98\x80"
               "b");
    BOOST_TEST(request.stream);
    BOOST_TEST(*request.n == 2);
    BOOST_TEST(*request.max_tokens == 7);
    BOOST_TEST(*request.max_completion_tokens == 8);
    BOOST_TEST(*request.user == "u");
    BOOST_TEST(request.stream_options->include_usage_value.value() == false);
    BOOST_TEST(!request.asks_usage());
    BOOST_TEST(text_at(body, *request.stream_options->include_usage) == "false");
    BOOST_TEST(body[request.stream_options->inside - 1] == '{');
    BOOST_TEST(text_at(body, request.where(member::store)->whole) == R"("store":true)");
    BOOST_TEST(body[request.object.close] == '}');
}

BOOST_AUTO_TEST_CASE(null_stands_for_absent_but_is_located) {
    const std::string_view body =
        R"({"model":null,"stream":null,"stream_options":null,"n":null,"max_tokens":null,"conversationId":null})";
    const auto request = scan(body).value();
    BOOST_TEST(!request.model);
    BOOST_TEST(!request.stream);
    BOOST_TEST(request.stream_options->is_null);
    BOOST_TEST(!request.n);
    BOOST_TEST(request.where(member::model).has_value());
}

BOOST_AUTO_TEST_CASE(a_key_spelled_with_escapes_is_the_same_key) {
    const auto request = scan(R"({"mod\u0065l":"m","\u0073tream":true})").value();
    BOOST_TEST(*request.model == "m");
    BOOST_TEST(request.stream);
}

BOOST_AUTO_TEST_CASE(the_same_names_deeper_down_mean_nothing) {
    const auto request = scan(R"({"model":"m","metadata":{"model":1,"Model":2,"model":3,"id":"x","stream":"y"}})");
    BOOST_TEST(*request.value().model == "m");
    BOOST_TEST(!request.value().id);
}

BOOST_AUTO_TEST_CASE(awkward_but_valid_bodies_pass) {
    for (const std::string_view body :
         {R"({"a":1e-7,"b":1e400,"c":12345678901234567890,"d":-0,"e":1E+5,"f":0.1e1})", R"({"a":"\u0000\ud800\udfff"})",
          R"({"x":1,"x":2,"X":3})", R"({})", R"( { } )", "\r\n\t{\"a\"\n:\r[ ]\t,\n\"b\" : { } }\n",
          R"({"a":[[],[{}],[[1,2],[true,false,null]]]})",
          "{\"a\":\"\x7f\xc2\x80\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf\"}", R"({"model":"a\u0000b"})",
          R"({"a":"\"\\\/\b\f\n\r\t\u00Ff"})"}) {
        BOOST_TEST(is_accepted(body), body);
    }
    BOOST_TEST(*scan(R"({"model":"a\u0000b"})").value().model == std::string("a\0b", 3));
}

BOOST_AUTO_TEST_CASE(any_split_gives_the_same_answer) {
    const std::string_view body =
        "{\"model\" : \"\\ud83d\\ude00\xe4\xbd\xa0\xf0\x9f\x98\x80\", \"n\":12, "
        "\"a\":[1.5e-10,true,{\"b\":\"\\u00e9\"}],"
        "\"stream_options\":{\"include_usage\":true},\"max_tokens\":100}";
    const auto whole = scan(body).value();
    for (std::size_t piece = 1; piece <= body.size(); ++piece) {
        const auto split = scan(body, piece).value();
        BOOST_TEST(*split.model == *whole.model);
        BOOST_TEST(*split.n == 12);
        BOOST_TEST(*split.max_tokens == 100);
        BOOST_TEST(split.asks_usage());
        BOOST_TEST((split.where(member::n)->whole == whole.where(member::n)->whole));
        BOOST_TEST(split.object.close == whole.object.close);
    }
}

BOOST_AUTO_TEST_CASE(any_split_gives_the_same_fault) {
    for (const std::string_view body :
         {"{\"a\":\"\xe4\xbd\"}", R"({"a":tru})", R"({"a":1e})", R"({"a":"\ud8zz"})", R"({"model":1,"model":2})",
          R"({"a":[1,2,}])", "{\"a\":\"\xed\xa0\x80\"}", R"({"a":"b)", R"({"a":-)"}) {
        const auto whole = scan(body).error();
        for (std::size_t piece = 1; piece < body.size(); ++piece) {
            BOOST_TEST(scan(body, piece).error().message == whole.message, body);
        }
    }
}

// What Boost.JSON, told to be strict, takes for JSON is what the scanner takes: every body with one byte replaced.
BOOST_AUTO_TEST_CASE(it_agrees_with_another_parser_on_every_one_byte_change) {
    const std::string_view good = "{\"aa\":[1,-2.5e+3,true,null],\"bb\":{\"c\":\"\\u00e9\\n\xc3\xa9\"},\"qq\":0}";
    for (std::size_t at = 0; at != good.size(); ++at) {
        for (int byte = 0; byte != 256; ++byte) {
            std::string body(good);
            body[at] = static_cast<char>(byte);
            boost::system::error_code failed;
            const auto parsed = boost::json::parse(body, failed);
            BOOST_TEST(is_accepted(body) == (!failed && parsed.is_object()), body);
        }
    }
}

BOOST_AUTO_TEST_CASE(huge_bodies_are_read_in_time_and_without_recursion) {
    std::string keys = "{";
    for (int i = 0; i != 1'000'000; ++i) keys += "\"k" + std::to_string(i) + "\":0,";
    keys += "\"model\":\"m\"}";
    BOOST_TEST(*scan(keys, 65536).value().model == "m");

    const std::string text = "{\"model\":\"m\",\"a\":\"" + std::string(50u << 20, 'x') + "\"}";
    const auto begun = std::chrono::steady_clock::now();
    BOOST_TEST(scan(text, 65536).has_value());
    BOOST_TEST((std::chrono::steady_clock::now() - begun < std::chrono::seconds(5)));

    std::string flat = "{\"a\":[0";
    for (int i = 0; i != 100'000; ++i) flat += ",[]";
    BOOST_TEST(is_accepted(flat + "]}"));
}

BOOST_AUTO_TEST_SUITE_END()
