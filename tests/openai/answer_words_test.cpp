#include "openai/answer_words.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "openai/long_event.hpp"
#include "openai/usage_finder.hpp"

using namespace ferry::openai;

namespace {

struct heard_answer final : answer_words {
    std::string text;
    int calls = 0, thoughts = 0;
    void add(std::string_view piece) override { text += piece; }
    void note_call() override { ++calls; }
    void note_thought() override { ++thoughts; }
};

heard_answer hear(std::string_view json, std::size_t piece) {
    heard_answer words;
    usage_finder finder(&words);
    for (std::size_t at = 0; at < json.size(); at += piece) finder.feed(json.substr(at, piece));
    BOOST_TEST(finder.facts().is_object);
    return words;
}

// In pieces of every size the same is heard.
heard_answer hear(std::string_view json) {
    const auto whole = hear(json, json.size());
    for (std::size_t piece = 1; piece < json.size(); ++piece) {
        const auto split = hear(json, piece);
        BOOST_TEST(split.text == whole.text);
        BOOST_TEST(split.calls == whole.calls);
        BOOST_TEST(split.thoughts == whole.thoughts);
    }
    return whole;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(answer_words_suite)

BOOST_AUTO_TEST_CASE(the_words_of_a_delta_are_heard_decoded_under_any_split) {
    const auto got = hear(
        R"({"id":"no","choices":[{"index":0,"delta":{"role":"assistant","content":"a\n\"\u4f60\ud83d\ude00\ud83d"},)"
        R"("logprobs":{"content":[{"token":"no","text":"no"}]},"finish_reason":null}],"usage":null,"text":"no"})");
    BOOST_TEST(got.text == "a\n\"\xe4\xbd\xa0\xf0\x9f\x98\x80\xef\xbf\xbd");
    BOOST_TEST(got.calls == 0);
}

BOOST_AUTO_TEST_CASE(thoughts_that_are_told_twice_are_heard_once) {
    const auto got = hear(R"({"choices":[{"delta":{"reasoning_content":"hm","reasoning":"hm","content":"x"}},)"
                          R"({"delta":{"reasoning":"so"}},{"delta":{"reasoning_content":null,"reasoning":"y",)"
                          R"("reasoning_details":[{"text":"y"}]}}]})");
    BOOST_TEST(got.text == "hmxsoy");
    BOOST_TEST(got.thoughts == 3);
}

BOOST_AUTO_TEST_CASE(calls_of_tools_are_heard_by_name_and_arguments) {
    const auto got = hear(
        R"({"choices":[{"message":{"content":null,"refusal":"r","tool_calls":[{"id":"no","type":"function",)"
        R"("function":{"name":"f","arguments":"{\"a\":1}"}},{"index":1,"function":{"name":"","arguments":"2"}}]}}]})");
    BOOST_TEST(got.text == "rf{\"a\":1}2");
    BOOST_TEST(got.calls == 1);
}

BOOST_AUTO_TEST_CASE(parts_of_a_content_are_heard) {
    const auto got =
        hear(R"({"choices":[{"message":{"content":[{"type":"thinking","thinking":[{"type":"text","text":"t"}]},)"
             R"({"type":"text","text":"u"}]}}]})");
    BOOST_TEST(got.text == "tu");
    BOOST_TEST(hear(R"({"choices":[{"text":"old","index":0}]})").text == "old");
}

BOOST_AUTO_TEST_CASE(of_typed_events_the_deltas_are_heard_and_not_what_repeats_them) {
    BOOST_TEST(hear(R"({"type":"response.output_text.delta","delta":"a","item_id":"no"})").text == "a");
    BOOST_TEST(hear(R"({"type":"response.output_text.done","text":"a"})").text == "");
    BOOST_TEST(hear(R"({"type":"response.completed","response":{"output":[{"content":[{"text":"a"}]}]}})").text == "");
    const auto done =
        hear(R"({"type":"response.output_item.done","item":{"type":"function_call","name":"f","arguments":"no"}})");
    BOOST_TEST(done.text == "f");
    BOOST_TEST(done.calls == 1);
    BOOST_TEST(hear(R"({"type":"response.output_item.added","item":{"name":"f","arguments":""}})").text == "");
}

BOOST_AUTO_TEST_CASE(a_response_that_is_a_document_is_heard_by_its_output) {
    const auto got =
        hear(R"({"object":"response","instructions":"no","output":[{"type":"reasoning","summary":[{"text":"t"}]},)"
             R"({"type":"message","content":[{"type":"output_text","text":"u","annotations":[{"title":"no"}]}]},)"
             R"({"type":"function_call","name":"f","arguments":"{}"}],"tools":[{"name":"no"}]})");
    BOOST_TEST(got.text == "tuf{}");
    BOOST_TEST(got.calls == 1);
}

BOOST_AUTO_TEST_CASE(an_answer_without_anybody_to_hear_it_has_the_same_facts) {
    const std::string_view json =
        R"({"type":"x","delta":{"a":[[[[[[[[1]]]]]]]]},"output":[{"content":[{"text":"a"}]}]})";
    heard_answer words;
    usage_finder with(&words), without;
    with.feed(json);
    without.feed(json);
    BOOST_TEST(without.facts().is_object);
    BOOST_TEST(with.facts().has_payload == without.facts().has_payload);
}

BOOST_AUTO_TEST_CASE(a_long_event_is_heard_as_it_passes) {
    heard_answer words;
    long_event event(&words);
    event.feed("data: {\"choices\":[{\"delta\":{\"content\":\"half of");
    BOOST_TEST(words.text == "half of");
}

BOOST_AUTO_TEST_SUITE_END()
