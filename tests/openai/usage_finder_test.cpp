#include "openai/usage_finder.hpp"

#include <boost/test/unit_test.hpp>

using namespace ferry::openai;

namespace {

void feed(usage_finder& finder, std::string_view body, std::size_t piece) {
    for (std::size_t at = 0; at < body.size(); at += piece) finder.feed(body.substr(at, piece));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(usage_finder_suite)

BOOST_AUTO_TEST_CASE(a_whole_answer_is_read_in_pieces_of_any_size) {
    const std::string_view body =
        "\n\r\n {\"id\":\"chatcmpl-\\u0031\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{"
        "\"role\":\"assistant\",\"content\":\"\xe4\xbd\xa0 \\\"usage\\\":{\\\"prompt_tokens\\\":9}\"},"
        "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":3,\"total_tokens\":15}}\n";
    for (std::size_t piece = 1; piece <= body.size(); ++piece) {
        usage_finder finder;
        feed(finder, body, piece);
        const auto facts = finder.facts();
        BOOST_TEST(finder.is_complete());
        BOOST_TEST(facts.is_object);
        BOOST_TEST(facts.has_payload);
        BOOST_TEST(!facts.is_error);
        BOOST_TEST(facts.finish_reason == "stop");
        BOOST_TEST(facts.usage->prompt.value() == 12);
        BOOST_TEST(facts.usage->total.value() == 15);
    }
}

BOOST_AUTO_TEST_CASE(blank_lines_are_no_beginning) {
    usage_finder finder;
    finder.feed("\n\n \r\n");
    BOOST_TEST(!finder.has_begun());
    BOOST_TEST(!finder.is_complete());
    finder.feed("  <html>");
    BOOST_TEST(finder.has_begun());
    BOOST_TEST(!finder.is_complete());
}

BOOST_AUTO_TEST_CASE(a_cut_or_spoilt_answer_is_not_complete) {
    for (const std::string_view body : {R"({"usage":{"prompt_tokens":12})", R"({"a":1}x)", R"({"a":})", ""}) {
        usage_finder finder;
        finder.feed(body);
        BOOST_TEST(!finder.is_complete(), body);
        BOOST_TEST(!finder.facts().is_object, body);
    }
}

BOOST_AUTO_TEST_CASE(an_error_in_a_good_answer_is_noticed) {
    usage_finder finder;
    finder.feed(R"({"error":{"message":"m","code":429}})");
    BOOST_TEST(finder.facts().is_error);
}

BOOST_AUTO_TEST_CASE(an_answer_of_many_choices_is_read) {
    usage_finder finder;
    finder.feed(R"({"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"length"},)"
                R"({"index":1,"message":{"content":"b"},"finish_reason":"stop"}]})");
    BOOST_TEST(finder.facts().finish_reason == "length");
    BOOST_TEST(finder.facts().finished.count() == 2u);
}

BOOST_AUTO_TEST_CASE(names_and_values_are_read_wherever_they_are_cut_and_however_they_are_escaped) {
    const std::string_view body =
        R"({"us\u0061ge":{"prompt_to\u006bens":12,"completion_tokens":3,"total_tokens":15},"\u0065rror":null,)"
        R"("choices":[{"\u0069ndex":7,"finish_reason":"st\u006fp","message":{"content":"\ud83d\ude00\n\"\\"}}]})";
    for (std::size_t cut = 0; cut <= body.size(); ++cut) {
        usage_finder finder;
        finder.feed(body.substr(0, cut));
        finder.feed(body.substr(cut));
        const auto& facts = finder.facts();
        BOOST_TEST(facts.is_object, cut);
        BOOST_TEST(!facts.is_error, cut);
        BOOST_TEST(facts.has_payload, cut);
        BOOST_TEST(facts.finish_reason == "stop", cut);
        BOOST_TEST(facts.finished.test(7), cut);
        BOOST_TEST_REQUIRE(facts.usage.has_value(), cut);
        BOOST_TEST(facts.usage->prompt.value() == 12, cut);
    }
}

// What is special may be the first, the last or any other byte of a block of 16, or stand in the rest after the last.
BOOST_AUTO_TEST_CASE(the_usage_that_text_speaks_of_is_none_at_any_place_of_a_block) {
    const std::string lie = R"(\"},\"usage\":{\"prompt_tokens\":9},{\")";
    for (std::size_t before = 0; before != 40; ++before) {
        const std::string body =
            R"({"choices":[{"message":{"content":")" + std::string(before, 'a') + lie +
            R"("}}],"x":{"usage":{"prompt_tokens":8},"error":"e"},"y":["usage",{"error":1}],"z":-1.5e+3,)" +
            R"("usage":{"prompt_tokens":12}})";
        for (std::size_t cut = 0; cut <= body.size(); ++cut) {
            usage_finder finder;
            finder.feed(std::string_view(body).substr(0, cut));
            finder.feed(std::string_view(body).substr(cut));
            BOOST_REQUIRE(finder.facts().is_object);
            BOOST_REQUIRE(!finder.facts().is_error);
            BOOST_REQUIRE(finder.facts().usage->prompt.value() == 12);
        }
    }
}

BOOST_AUTO_TEST_CASE(what_ferry_does_not_look_at_must_be_json_all_the_same) {
    for (const std::string_view inside :
         {"\"\\x\"", "\"\\u12g4\"", "\"a\nb\"", "01", "-", "1.", ".5", "1e", "+1", "tru", "nul1", "[1,]", "{\"a\"}",
          "{\"a\":1,}", "{1:2}", "[}", "{]", "[1 2]", "\"aaaaaaaaaaaaaaa\x01\""}) {
        const std::string body = "{\"x\":{\"y\":[" + std::string(inside) + "]}}";
        for (std::size_t piece : {std::size_t(1), std::size_t(3), body.size()}) {
            usage_finder finder;
            feed(finder, body, piece);
            BOOST_TEST(!finder.is_complete(), body);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
