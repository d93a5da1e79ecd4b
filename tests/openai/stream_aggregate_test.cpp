#include "openai/stream_aggregate.hpp"

#include <boost/test/unit_test.hpp>
#include <initializer_list>

#include "openai/event_facts.hpp"

using namespace ferry::openai;

namespace {

std::string whole(std::initializer_list<std::string_view> events) {
    stream_aggregate made(1u << 20);
    for (const auto each : events) BOOST_TEST((made.add(each) == aggregation::taken), each);
    auto document = made.finish();
    BOOST_TEST(inspect_event(document).is_object, document);
    return document;
}

// One choice of one event.
std::string event(std::string_view choice) {
    return std::string(R"({"choices":[)").append(choice).append("]}");
}

std::string delta(std::string_view members, std::string_view index = "0") {
    return event(std::string(R"({"index":)").append(index).append(R"(,"delta":{)").append(members).append("}}"));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(stream_aggregate_suite)

BOOST_AUTO_TEST_CASE(the_chunks_of_a_chat_become_one_answer) {
    BOOST_TEST(
        whole({R"({"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,)"
               R"("delta":{"role":"assistant","content":""},"logprobs":null,"finish_reason":null}],"usage":null})",
               R"({"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,)"
               R"("delta":{"content":"Hel"},"logprobs":null,"finish_reason":null}],"usage":null})",
               R"({"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,)"
               R"("delta":{"content":"lo"},"logprobs":null,"finish_reason":"stop"}],"usage":null})",
               R"({"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],)"
               R"("usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}})"}) ==
        R"({"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,)"
        R"("message":{"role":"assistant","content":"Hello"},"logprobs":null,"finish_reason":"stop"}],)"
        R"("usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}})");
}

BOOST_AUTO_TEST_CASE(texts_keep_the_bytes_they_came_with) {
    BOOST_TEST(
        whole({delta(R"("content":"\ud83d")"), delta(R"("content":"\ude00\n\"")"), delta("\"content\":\"\xc3\xa9\"")})
            .find("\"content\":\"\\ud83d\\ude00\\n\\\"\xc3\xa9\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(reasoning_refusal_and_unknown_texts_grow_too) {
    BOOST_TEST(whole({delta(R"("role":"assistant","content":null,"reasoning_content":"We")"),
                      delta(R"("reasoning_content":" think","content":null,"reasoning":"a")"),
                      delta(R"("content":"42","refusal":"n","reasoning":"b")"), delta(R"("refusal":"o")")}) ==
               R"({"choices":[{"index":0,"message":{"role":"assistant","content":"42","reasoning_content":"We think",)"
               R"("reasoning":"ab","refusal":"no"},"finish_reason":null}],"object":"chat.completion"})");
}

BOOST_AUTO_TEST_CASE(tool_calls_are_put_together_by_their_index) {
    BOOST_TEST(
        whole({delta(R"("role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_a","type":"function",)"
                     R"("function":{"name":"f","arguments":""}}])"),
               delta(R"("tool_calls":[{"index":0,"id":"","type":"function",)"
                     R"("function":{"name":"","arguments":"{\"a\":"}}])"),
               delta(R"("tool_calls":[{"index":1,"id":"call_b","type":"function",)"
                     R"("function":{"name":"g","arguments":"{}"}}])"),
               delta(R"("tool_calls":[{"index":0,"id":"call_a","function":{"name":"f","arguments":"1e-7}"}}])")}) ==
        R"({"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[)"
        R"({"id":"call_a","type":"function","function":{"name":"f","arguments":"{\"a\":1e-7}"}},)"
        R"({"id":"call_b","type":"function","function":{"name":"g","arguments":"{}"}}]},"finish_reason":null}],)"
        R"("object":"chat.completion"})");
}

BOOST_AUTO_TEST_CASE(log_probabilities_follow_each_other) {
    const auto with = [](std::string_view list) {
        return event(std::string(R"({"index":0,"delta":{},"logprobs":{"content":)").append(list).append("}}"));
    };
    BOOST_TEST(whole({with(R"([{"token":"a","logprob":-1.50}])"), with("[]"), with("null"),
                      with(R"([{"token":"b","logprob":-2e-7}])")})
                   .find(R"("logprobs":{"content":[{"token":"a","logprob":-1.50},{"token":"b","logprob":-2e-7}]})") !=
               std::string::npos);
}

BOOST_AUTO_TEST_CASE(choices_are_told_apart_and_stand_in_order) {
    BOOST_TEST(whole({delta(R"("content":"x")", "1"), delta(R"("content":"a")", "0"), delta(R"("content":"y")", "1"),
                      event(R"({"index":0,"finish_reason":"length"})"), event(R"({"index":1,"finish_reason":"stop"})"),
                      event(R"({"index":1,"finish_reason":""})")}) ==
               R"({"choices":[{"index":0,"message":{"role":"assistant","content":"a"},"finish_reason":"length"},)"
               R"({"index":1,"message":{"role":"assistant","content":"xy"},"finish_reason":"stop"}],)"
               R"("object":"chat.completion"})");
}

BOOST_AUTO_TEST_CASE(of_members_nobody_knows_the_last_value_stands) {
    BOOST_TEST(whole({R"({"x":1.0,"y":{"a":12345678901234567890},"choices":[{"index":0,"delta":{},"z":[1]}]})",
                      R"({"x":2e0,"y":null,"choices":[{"index":0,"delta":{"content":"t"},"z":[2]}],"usage":{"a":1}})",
                      R"({"usage":null})"}) ==
               R"({"x":2e0,"y":{"a":12345678901234567890},"choices":[{"index":0,"message":{"role":"assistant",)"
               R"("content":"t"},"z":[2],"finish_reason":null}],"usage":{"a":1},"object":"chat.completion"})");
}

BOOST_AUTO_TEST_CASE(memory_is_bounded) {
    stream_aggregate made(1000);
    std::size_t taken = 0;
    while (made.add(delta(R"("content":"0123456789")")) == aggregation::taken) ++taken;
    BOOST_TEST(taken > 20u);
    BOOST_TEST(taken < 100u);

    stream_aggregate members(1u << 30);
    std::string object = R"("a":0)";
    for (int i = 0; i != 2000; ++i) object += ",\"k" + std::to_string(i) + "\":1";
    BOOST_TEST((members.add(delta(object)) == aggregation::too_large));

    stream_aggregate choices(1u << 30);
    auto last = aggregation::taken;
    for (int i = 0; i != 1000 && last == aggregation::taken; ++i) {
        last = choices.add(delta(R"("content":"a")", std::to_string(i)));
    }
    BOOST_TEST((last == aggregation::too_large));
}

BOOST_AUTO_TEST_CASE(odd_shapes_do_no_harm) {
    whole({"{}"});
    whole({R"({"choices":null})", R"({"choices":{}})", R"({"choices":[null]})"});
    whole({event(R"({"index":"a","delta":"text"})"), event(R"({"delta":[1,{"index":0,"x":"y"}]})")});
    std::string deep = "1";
    for (int i = 0; i != 500; ++i) deep = "{\"a\":" + deep + "}";
    whole({delta("\"x\":" + deep), delta("\"x\":" + deep)});
}

BOOST_AUTO_TEST_CASE(what_was_said_is_never_replaced_by_a_value_of_another_kind) {
    for (const std::string_view said : {R"("a")", R"({"b":1})", R"(["c"])"}) {
        for (const std::string_view then : {R"("d")", R"({"e":1})", R"(["f"])", "1", "true"}) {
            if (said.front() == then.front()) continue;
            stream_aggregate made(1u << 20);
            made.add(delta("\"content\":" + std::string(said)));
            const auto outcome = made.add(delta("\"content\":" + std::string(then)));
            BOOST_TEST((outcome == aggregation::contradictory), said << " then " << then);
        }
    }
    // Nothing is lost where nothing was said.
    BOOST_TEST(whole({delta(R"("content":"")"), delta(R"("content":["c"])"), delta(R"("content":null)")})
                   .find(R"("content":["c"])") != std::string::npos);
    for (const std::string_view choice : {"1", R"("x")", "[]", "true"}) {
        stream_aggregate made(1u << 20);
        BOOST_TEST((made.add(event(choice)) == aggregation::contradictory), choice);
    }
}

BOOST_AUTO_TEST_CASE(the_text_of_a_choice_grows) {
    BOOST_TEST(whole({event(R"({"index":0,"text":"a"})"), event(R"({"index":0,"text":"b"})")}).find(R"("text":"ab")") !=
               std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
