#include <boost/test/unit_test.hpp>

#include "relay/answer/gate_play.hpp"

using namespace ferry;
using namespace ferry::relay;
using namespace ferry::relay::testing;

BOOST_AUTO_TEST_SUITE(stream_end_suite)

BOOST_AUTO_TEST_CASE(done_is_held_until_the_end_and_usage_after_it_is_read) {
    const auto result = play(join({hello, finish, done, usage_event, done, hello}));
    BOOST_TEST(result.was_held);
    BOOST_TEST(result.text == join({hello, finish, done}));
    BOOST_TEST(result.said.usage()->prompt.value() == 12);
}

BOOST_AUTO_TEST_CASE(a_released_done_is_not_given_twice) {
    transcript said;
    gate_options options;
    options.service = &provider::find_provider("other");
    stream_gate gate(options, said);
    openai::sse_scanner scanner;
    BOOST_TEST((gate.on_event(*scanner.next(finish)).action == gate_action::pass));
    BOOST_TEST((gate.on_event(*scanner.next(done)).action == gate_action::hold));
    BOOST_TEST(gate.holding_done());
    BOOST_TEST(gate.release_done() == done);
    BOOST_TEST(!gate.holding_done());
    BOOST_TEST((gate.on_event(*scanner.next(done)).action == gate_action::drop));
    BOOST_TEST(gate.on_end(stream_end::truncated, std::nullopt).error.empty());
    BOOST_TEST(gate.is_complete());
}

BOOST_AUTO_TEST_CASE(done_keeps_its_own_spelling_and_what_follows_harmlessly) {
    const auto stream = join({hello, finish, "data:[DONE]\r\n\r\n", "\r\n", ": bye\r\n\r\n"});
    BOOST_TEST(play(stream).text == stream);
}

BOOST_AUTO_TEST_CASE(a_missing_done_after_a_finish_reason_is_added) {
    const auto result = play(join({hello, finish}));
    BOOST_TEST(result.text == join({hello, finish, done}));
    BOOST_TEST(result.is_complete);
    BOOST_TEST(result.code.empty());
}

BOOST_AUTO_TEST_CASE(a_missing_last_blank_line_is_completed) {
    for (const std::size_t missing : {1, 2}) {
        for (const auto last : {done, finish}) {
            auto stream = join({hello, finish, last});
            stream.resize(stream.size() - missing);
            BOOST_TEST(play(stream).text ==
                       (last == done ? join({hello, finish, done}) : join({hello, finish, finish, done})));
        }
    }
    auto crlf = join({hello, finish, "data: [DONE]\r\n"});
    BOOST_TEST(play(crlf).text == crlf + "\n");
}

BOOST_AUTO_TEST_CASE(a_stream_without_a_finish_reason_never_looks_complete) {
    for (const auto how : {stream_end::clean, stream_end::truncated}) {
        const auto result = play(join({hello, hello}), {.how = how});
        BOOST_TEST(result.code == "upstream_stream_interrupted");
        BOOST_TEST(result.text.starts_with(join({hello, hello})));
        BOOST_TEST(ends_in_error(result));
        BOOST_TEST(!result.is_complete);
        BOOST_TEST((result.basis == usage::basis::partial));
        BOOST_TEST(!result.said.usage());
    }
    BOOST_TEST(ends_in_error(play("")));
    BOOST_TEST((play("").basis == usage::basis::none));
}

BOOST_AUTO_TEST_CASE(a_cut_after_the_finish_reason_is_still_a_cut) {
    const auto result = play(join({hello, finish}), {.how = stream_end::truncated});
    BOOST_TEST(ends_in_error(result));
    BOOST_TEST(result.code == "upstream_stream_interrupted");
}

BOOST_AUTO_TEST_CASE(a_cut_after_done_harms_nothing) {
    const auto result = play(join({hello, finish, done, "data: {\"us"}), {.how = stream_end::truncated});
    BOOST_TEST(result.text == join({hello, finish, done}));
    BOOST_TEST(result.is_complete);
}

BOOST_AUTO_TEST_CASE(half_an_event_at_the_end_is_lost_and_said_so) {
    const auto whole = join({hello, finish, hello});
    const auto half = whole.substr(0, whole.size() - 20);
    const auto result = play(half);
    BOOST_TEST(result.text.starts_with(join({hello, finish, "data: {\"error\""})));
    BOOST_TEST(ends_in_error(result));
}

BOOST_AUTO_TEST_CASE(every_choice_must_finish) {
    const std::string two = R"(data: {"choices":[{"index":1,"delta":{"content":"b"}}]})"
                            "\n\n";
    BOOST_TEST(ends_in_error(play(join({hello, two, finish}))));
    const std::string finish_two = R"(data: {"choices":[{"index":1,"delta":{},"finish_reason":"length"}]})"
                                   "\n\n";
    BOOST_TEST(play(join({hello, two, finish, finish_two})).text == join({hello, two, finish, finish_two, done}));
}

BOOST_AUTO_TEST_CASE(what_is_known_when_the_client_goes) {
    transcript said;
    gate_options options;
    options.service = &provider::find_provider("other");
    stream_gate gate(options, said);
    BOOST_TEST((gate.basis() == usage::basis::none));
    const auto feed = [&gate](std::string_view event) {
        openai::sse_scanner scanner;
        gate.on_event(*scanner.next(event));
    };
    feed(hello);
    BOOST_TEST((gate.basis() == usage::basis::partial));
    feed(R"(data: {"choices":[{"index":0,"delta":{}}],"usage":{"prompt_tokens":5,"completion_tokens":1}})"
         "\n\n");
    BOOST_TEST((gate.basis() == usage::basis::partial));
    BOOST_TEST(gate.said().usage()->prompt.value() == 5);
    feed(finish);
    feed(usage_event);
    BOOST_TEST((gate.basis() == usage::basis::provider));
    BOOST_TEST(!gate.is_complete());
}

BOOST_AUTO_TEST_CASE(the_rest_of_an_event_given_up_passes) {
    transcript said;
    gate_options options;
    options.service = &provider::find_provider("other");
    stream_gate gate(options, said);
    openai::sse_event event;
    gate.on_part("data: {\"choices\":[{\"delta\":{\"content\":\"");
    event.raw = "xxx\"}}]}\n\n";
    event.is_headless = true;
    const auto verdict = gate.on_event(event);
    BOOST_TEST((verdict.action == gate_action::pass));
    BOOST_TEST(verdict.has_payload);
}

BOOST_AUTO_TEST_SUITE_END()
