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
        BOOST_TEST(finder.first_byte() == '{');
        BOOST_TEST(finder.id() == "chatcmpl-1");
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
    BOOST_TEST(finder.first_byte() == '<');
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

BOOST_AUTO_TEST_SUITE_END()
