#include "relay/exchange/transcript.hpp"

#include <boost/test/unit_test.hpp>

using ferry::openai::inspect_event;
using ferry::relay::transcript;

BOOST_AUTO_TEST_SUITE(transcript_suite)

BOOST_AUTO_TEST_CASE(an_answer_is_finished_when_each_choice_that_began_is) {
    transcript said;
    BOOST_TEST(!said.all_finished());
    said.learn(inspect_event(R"({"choices":[{"index":0,"delta":{"role":"assistant"}}]})"));
    BOOST_TEST(said.has_choice());
    BOOST_TEST(!said.has_payload());
    said.learn(inspect_event(R"({"choices":[{"index":1,"delta":{"content":"a"}}]})"));
    BOOST_TEST(said.has_payload());
    said.learn(inspect_event(R"({"choices":[{"index":1,"delta":{},"finish_reason":"length"}]})"));
    BOOST_TEST(!said.all_finished());
    said.learn(inspect_event(R"({"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"));
    BOOST_TEST(said.all_finished());
    BOOST_TEST(said.finish_reason() == "stop");
    said.learn(inspect_event(R"({"choices":[{"index":0,"delta":{}}]})"));
    BOOST_TEST(said.finish_reason() == "stop");
}

BOOST_AUTO_TEST_CASE(the_last_usage_counts_but_none_that_says_less) {
    transcript said;
    said.learn(inspect_event(R"({"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":1}})"));
    said.learn_usage(inspect_event(R"({"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}})"));
    said.learn_usage(inspect_event(R"({"choices":[],"usage":{"prompt_tokens":9}})"));
    BOOST_REQUIRE(said.usage());
    BOOST_TEST(said.usage()->completion.value() == 3);
    BOOST_TEST(!said.has_choice());
}

BOOST_AUTO_TEST_CASE(what_one_try_said_is_forgotten_with_it) {
    transcript said;
    said.learn_payload();
    said.learn(inspect_event(R"({"choices":[{"index":0,"message":{"content":"a"},"finish_reason":"stop"}]})"));
    said = {};
    BOOST_TEST(!said.has_payload());
    BOOST_TEST(!said.all_finished());
    BOOST_TEST(said.finish_reason() == "");
}

BOOST_AUTO_TEST_SUITE_END()
