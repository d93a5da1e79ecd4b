// What an event costs on its way through a stream that has begun. Counted in allocations, which do not depend on how
// busy the machine is: the program's operator new is replaced by one that counts.
#include <boost/test/unit_test.hpp>

#include "relay/answer/event_flow.hpp"
#include "relay/answer/gate_play.hpp"
#include "support/counted_allocations.hpp"

using namespace ferry;
using namespace ferry::relay;
using namespace ferry::relay::testing;

namespace {

struct events_case {
    const char* what;
    std::vector<std::string> reads;
    openai::stream_kind streams = openai::stream_kind::choices;
};

std::string event_with_delta(std::string_view delta, std::string_view usage = "null") {
    return R"(data: {"id":"chatcmpl-B9MBs8CjcvOU2jLn4n570S5qMJKcT","object":"chat.completion.chunk","created":1,)"
           R"("model":"gpt-4o-2024-08-06","choices":[{"index":0,"delta":)" +
           std::string(delta) + R"(,"logprobs":null,"finish_reason":null}],"usage":)" + std::string(usage) + "}\n\n";
}

std::vector<events_case> events_cases() {
    const auto one = event_with_delta(R"({"content":" a token, and 漢字 with \"escapes\" and \u00e9"})");
    std::string many;
    for (int i = 0; i != 16; ++i) many += one;
    const std::string typed =
        "event: response.output_text.delta\n"
        R"(data: {"type":"response.output_text.delta","sequence_number":4,"item_id":"msg_67c9fdcf37fc8190ba82",)"
        R"("output_index":0,"content_index":0,"delta":" token","logprobs":[]})"
        "\n\n";
    return {
        {"one a read", {one}},
        {"16 a read", {many}},
        {"one in two reads", {one.substr(0, 90), one.substr(90)}},
        {"16 in two reads that split the ninth",
         {many.substr(0, many.size() / 2 + 9), many.substr(many.size() / 2 + 9)}},
        {"arguments of a tool",
         {event_with_delta(R"({"tool_calls":[{"index":0,"function":{"arguments":"{\"place\":\"Par"}}]})")}},
        {"thoughts", {event_with_delta(R"({"content":null,"reasoning_content":" hm"})")}},
        {"usage in every one",
         {event_with_delta(R"({"content":"x"})", R"({"prompt_tokens":9,"completion_tokens":4,"total_tokens":13})")}},
        {"comments", {": keep-alive\n\n" + one}},
        {"Responses", {typed}, openai::stream_kind::typed},
    };
}

void take_and_write(event_flow& flow, const events_case& one, std::size_t& passed) {
    for (const std::string& read : one.reads) {
        const std::string_view payload[] = {read};
        if (flow.take(payload)) passed += 1'000'000'000;
        passed += flow.size();
        flow.written();
    }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(event_cost_suite)

BOOST_AUTO_TEST_CASE(an_event_of_a_stream_that_has_begun_allocates_nothing) {
    for (const auto& one : events_cases()) {
        for (const bool counts_words : {false, true}) {
            transcript said;
            if (counts_words) said.count_words();
            gate_options options;
            options.streams = one.streams;
            options.client_asked_usage = true;
            options.service = &provider::find_provider("other");
            event_flow flow(options, said);
            std::size_t begun = 0, passed = 0;
            for (int i = 0; i != 3; ++i) take_and_write(flow, one, begun);
            const auto before = ferry::test::allocations;
            for (int i = 0; i != 300; ++i) take_and_write(flow, one, passed);
            const auto made = ferry::test::allocations - before;
            BOOST_TEST_CONTEXT(one.what << (counts_words ? ", words counted" : "")) {
                BOOST_TEST(made == 0u);
                BOOST_TEST(passed == 100 * begun);
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
