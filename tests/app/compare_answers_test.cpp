#include "app/cli/compare_answers.hpp"

#include <boost/test/unit_test.hpp>

namespace ferry::app {

namespace {

std::string chunk(int index, const std::string& delta) {
    return R"(data: {"object":"compare.chunk","index":)" + std::to_string(index) +
           R"(,"model":"m","chunk":{"choices":[{"index":0,"delta":)" + delta + "}]}}\n\n";
}

const std::string summary =
    R"(data: {"object":"compare.summary","index":0,"model":"a","request_id":"r","ttft_ms":12.345,"duration_ms":99.000,)"
    R"("tokens_per_second":51.4,"usage":{"prompt_tokens":7,"completion_tokens":5},"cost":"0.017","currency":"USD",)"
    R"("finish_reason":"stop"})"
    "\n\n";
const std::string failure =
    R"(data: {"object":"compare.error","index":1,"model":"b","error":{"message":"No such model.","code":"nope"}})"
    "\n\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(compared_answers)

BOOST_AUTO_TEST_CASE(answers_are_read_however_their_bytes_are_split) {
    const std::string events = ": keep-alive\n\n" + chunk(0, R"({"content":"Hel"})") + chunk(1, R"({"content":"x"})") +
                               chunk(0, R"({"content":"lo"})") + summary + failure + "data: [DONE]\n\n";
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, events.size()}) {
        compare_answers read({"a", "b"});
        for (std::size_t at = 0; at < events.size(); at += size) read.take(std::string_view(events).substr(at, size));
        const auto& first = read.all()[0];
        BOOST_TEST(first.text == "Hello");
        BOOST_TEST(first.has_ended);
        BOOST_TEST(first.ttft_ms == "12");
        BOOST_TEST(first.tokens_per_second == "51.4");
        BOOST_TEST(first.prompt_tokens == "7");
        BOOST_TEST(first.completion_tokens == "5");
        BOOST_TEST(first.cost == "0.017 USD");
        BOOST_TEST(first.finish_reason == "stop");
        BOOST_TEST(!first.has_failed());
        BOOST_TEST(read.all()[1].error == "No such model.");
        BOOST_TEST(read.failures() == 1u);
    }
}

BOOST_AUTO_TEST_CASE(a_stream_that_ends_early_leaves_those_without_a_summary_as_cut) {
    compare_answers read({"a", "b"});
    read.take(chunk(1, R"({"content":"half"})") + summary);
    read.finish("cut");
    BOOST_TEST(!read.all()[0].has_failed());
    BOOST_TEST(read.all()[1].error == "cut");
    BOOST_TEST(read.all()[1].text == "half");
}

BOOST_AUTO_TEST_CASE(what_is_no_event_of_a_comparison_does_nothing) {
    compare_answers read({"a"});
    for (const auto* odd : {"data: [DONE]\n\n", "data: {\n\n", "data: []\n\n", "data: {\"index\":1}\n\n",
                            "data: {\"index\":-1,\"object\":\"compare.error\"}\n\n", "data: {\"index\":\"0\"}\n\n",
                            "data: {\"index\":0,\"object\":\"compare.chunk\",\"chunk\":{\"choices\":[7]}}\n\n"})
        read.take(odd);
    BOOST_TEST(read.all()[0].text == "");
    BOOST_TEST(!read.all()[0].has_failed());
}

BOOST_AUTO_TEST_CASE(the_table_has_a_line_for_each_model) {
    compare_answers read({"a", "b"});
    read.take(summary + failure);
    BOOST_TEST(summary_table(read.all()) ==
               "model  finish  TTFT ms  tokens/s  tokens in  tokens out       cost  error\n"
               "a      stop         12      51.4          7           5  0.017 USD  -\n"
               "b      -             -         -          -           -          -  nope\n");
}

BOOST_AUTO_TEST_CASE(a_document_tells_how_many_failed) {
    BOOST_TEST(failures_in(R"({"object":"compare","results":[{"completion":{}},{"error":{}}]})") == 1u);
    BOOST_TEST(failures_in(R"({"object":"compare","results":[{"completion":{}}]})") == 0u);
    BOOST_TEST(failures_in("nonsense") == 1u);
}

BOOST_AUTO_TEST_CASE(an_error_answer_is_told_in_its_own_words) {
    BOOST_TEST(error_text(R"({"error":{"message":"No.","code":"nope"}})") == "No. (nope)");
    BOOST_TEST(error_text("<html>") == "<html>");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace ferry::app
