#include <boost/test/unit_test.hpp>

#include "relay/answer/gate_play.hpp"

using namespace ferry;
using namespace ferry::relay;
using namespace ferry::relay::testing;

BOOST_AUTO_TEST_SUITE(stream_gate_suite)

BOOST_AUTO_TEST_CASE(an_ordinary_stream_passes_byte_for_byte) {
    const auto stream = join({": hi\n\n", hello, "\n", hello, finish, usage_event, done});
    for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
        const auto result = play(stream, {.asked = true, .piece = piece});
        BOOST_TEST(result.text == stream);
        BOOST_TEST(result.is_complete);
        BOOST_TEST((result.basis == usage::basis::provider));
        BOOST_TEST(result.said.usage()->prompt.value() == 12);
        BOOST_TEST(result.said.finish_reason() == "stop");
    }
}

BOOST_AUTO_TEST_CASE(the_usage_chunk_nobody_asked_for_is_dropped_and_only_it) {
    const auto result = play(join({hello, finish, usage_event, done}));
    BOOST_TEST(result.text == join({hello, finish, done}));
    BOOST_TEST(result.said.usage()->completion.value() == 3);
    BOOST_TEST((result.basis == usage::basis::provider));
}

BOOST_AUTO_TEST_CASE(usage_in_a_chunk_with_choices_stays) {
    const auto stream = join({R"(data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}],)"
                              R"("usage":{"prompt_tokens":5,"completion_tokens":1,"total_tokens":6}})"
                              "\n\n",
                              done});
    const auto result = play(stream);
    BOOST_TEST(result.text == stream);
    BOOST_TEST(result.said.usage()->total.value() == 6);
}

BOOST_AUTO_TEST_CASE(azures_first_chunk_without_usage_stays) {
    const auto stream = join({R"(data: {"choices":[],"created":0,"id":"","prompt_filter_results":[{}]})"
                              "\n\n",
                              hello, finish, done});
    BOOST_TEST(play(stream).text == stream);
}

BOOST_AUTO_TEST_CASE(the_last_usage_wins_and_zeros_are_none) {
    const auto running = [](int tokens) {
        return R"(data: {"choices":[{"index":0,"delta":{"content":"a"}}],"usage":{"prompt_tokens":5,)"
               R"("completion_tokens":)" +
               std::to_string(tokens) + "}}\n\n";
    };
    const std::string zeros =
        R"(data: {"choices":[{"index":0,"delta":{"content":"a"},"finish_reason":"stop"}],"usage":)"
        R"({"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}})"
        "\n\n";
    BOOST_TEST(play(join({running(1), running(2), finish, done})).said.usage()->completion.value() == 2);
    const auto result = play(join({zeros, done}));
    BOOST_TEST(!result.said.usage());
    BOOST_TEST((result.basis == usage::basis::none));
    BOOST_TEST(result.text == join({zeros, done}));
}

BOOST_AUTO_TEST_CASE(the_word_done_inside_an_answer_ends_nothing) {
    const auto stream = join({R"(data: {"choices":[{"index":0,"delta":{"content":"data: [DONE]\n\n"}}]})"
                              "\n\n",
                              hello, finish, done});
    BOOST_TEST(play(stream).text == stream);
}

BOOST_AUTO_TEST_CASE(an_error_event_ends_the_stream_without_done) {
    const std::string fit = R"(data: {"error":{"message":"m","type":"server_error","param":null,"code":null}})"
                            "\n\n";
    const auto result = play(join({hello, fit, done}));
    BOOST_TEST(result.text == join({hello, fit}));
    BOOST_TEST(result.code == "upstream_error");
    BOOST_TEST((result.basis == usage::basis::partial));
    BOOST_TEST(!result.is_complete);
}

BOOST_AUTO_TEST_CASE(an_error_event_of_another_shape_is_put_into_ours) {
    for (const std::string_view event :
         {R"(data: {"error":{"message":"m","type":"t","param":null,"code":500}})", R"(data: {"error":"m"})",
          R"(data: {"object":"error","message":"m","type":"InternalServerError","code":500})",
          "event: error\ndata: {\"message\":\"m\"}",
          R"(data: {"error":{"code":502,"message":"m"},"choices":[{"delta":{},"finish_reason":"error"}]})"}) {
        const auto result = play(join({hello, event, "\n\n", done}));
        BOOST_TEST(ends_in_error(result), event);
        BOOST_TEST(result.text.find("\"type\":\"upstream_error\"") != std::string::npos, event);
        BOOST_TEST(result.code == "upstream_error", event);
    }
}

BOOST_AUTO_TEST_CASE(a_secret_in_an_error_event_is_removed) {
    const std::string event = R"(data: {"error":{"message":"key hunter22","type":"t","param":null,"code":null}})"
                              "\n\n";
    const auto result = play(join({hello, event}), {.secrets = {"hunter22"}});
    BOOST_TEST(result.text.find("hunter22") == std::string::npos);
    BOOST_TEST(result.text.find("key ***") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_finish_reason_that_means_failure_fails) {
    const std::string event = R"(data: {"choices":[{"index":0,"finish_reason":"insufficient_system_resource"}]})"
                              "\n\n";
    const auto result = play(join({hello, event, done}));
    BOOST_TEST(ends_in_error(result));
    BOOST_TEST(result.code == "upstream_overloaded");
    BOOST_TEST(result.said.finish_reason() == "insufficient_system_resource");
}

BOOST_AUTO_TEST_CASE(usage_that_stands_alone_is_hidden_or_made_fit_however_no_choices_is_spelled) {
    const std::string_view counts = R"("usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}})";
    for (const std::string_view none :
         {R"("choices":null,)", R"("choices": null ,)", "", R"("choices":{},)", R"("choices":"",)"}) {
        const auto event = "data: {\"id\":\"x\"," + std::string(none) + std::string(counts) + "\n\n";
        const auto stream = join({hello, finish, event, done});
        for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
            const auto hidden = play(stream, {.piece = piece});
            BOOST_TEST(hidden.text == join({hello, finish, done}));
            BOOST_TEST(hidden.said.usage()->prompt.value() == 12);
        }
        const auto shown = play(stream, {.asked = true});
        const bool is_fit = shown.text.find("\"choices\":[]") != std::string::npos ||
                            shown.text.find("\"choices\": []") != std::string::npos;
        BOOST_TEST(is_fit, shown.text);
        BOOST_TEST(shown.text.find(counts) != std::string::npos);
        BOOST_TEST(shown.text.ends_with(done));
        // The same without a blank line at the end of the stream.
        const auto cut = play(join({hello, finish, std::string_view(event).substr(0, event.size() - 2)}),
                              {.asked = true});
        BOOST_TEST(cut.text == shown.text);
    }
}

BOOST_AUTO_TEST_CASE(null_in_place_of_choices_becomes_an_empty_list) {
    const auto result = play(join({"data: {\"id\":\"\",\"choices\":null}\n\n", hello, finish, done}));
    BOOST_TEST(result.text == join({"data: {\"id\":\"\",\"choices\":[]}\n\n", hello, finish, done}));
}

BOOST_AUTO_TEST_CASE(a_stream_without_a_choice_is_no_answer) {
    for (const std::string_view before : {"", ": hi\n\n", "data: {\"choices\":[]}\n\n", "data: {}\n\n"}) {
        const auto result = play(join({before, done}));
        BOOST_TEST(result.code == "upstream_invalid_response", before);
        BOOST_TEST(result.text.find("[DONE]") == std::string::npos);
    }
    const auto with_usage = play(join({usage_event, done}));
    BOOST_TEST(with_usage.code == "upstream_invalid_response");
    BOOST_TEST(with_usage.said.usage()->prompt.value() == 12);
    const auto told = play(join({"data: {\"message\":\"the cause\"}\n\n", done}));
    BOOST_TEST(told.code == "upstream_error");
    BOOST_TEST(told.text.find("the cause") != std::string::npos);
    // Nothing said, but finished: so be it.
    BOOST_TEST(play(join({finish, done})).code == "");
}

BOOST_AUTO_TEST_CASE(a_failure_told_without_an_error_member_is_an_error) {
    const std::pair<std::string_view, std::string_view> events[] = {
        {R"({"code":"Throttling","message":"the cause"})", "rate_limit_exceeded"},
        {R"({"detail":"the cause"})", "upstream_error"},
        {R"({"choices":null,"base_resp":{"status_code":2013,"status_msg":"the cause"}})", "upstream_error"},
        {R"({"code":20012,"message":"the cause","data":null})", "upstream_error"}};
    for (const auto& [event, code] : events) {
        for (const auto& before : {std::string_view(""), hello}) {
            const auto result = play(join({before, "data: ", event, "\n\n", done}));
            BOOST_TEST(result.code == code, event);
            BOOST_TEST(ends_in_error(result), event);
            BOOST_TEST(result.text.find("the cause") != std::string::npos, event);
        }
    }
    const auto stream = join({R"(data: {"code":"x","choices":[{"index":0,"delta":{"content":"a"}}]})"
                              "\n\n",
                              hello, finish, done});
    BOOST_TEST(play(stream).text == stream);
}

BOOST_AUTO_TEST_CASE(an_error_that_names_what_ferry_added_asks_for_a_request_without_it) {
    const auto result = play(join({R"(data: {"error":{"message":"unknown field stream_options","code":400}})"
                                   "\n\n"}));
    BOOST_TEST((result.refused == provider::repair_of("stream_options")));
}

BOOST_AUTO_TEST_CASE(DONE_with_blanks_around_it_becomes_the_canonical_line) {
    for (const std::string_view last : {"data: [DONE] \n\n", "data:  [DONE]\t \n\n", "data: [DONE]\ndata:\n\n",
                                        "data: [DONE] \r\n\r\n", "data: [DONE] ok\n\n"}) {
        const auto result = play(join({hello, finish, last}));
        BOOST_TEST(result.text == join({hello, finish, done}), last);
        BOOST_TEST(result.is_complete);
    }
    BOOST_TEST(play(join({hello, finish, "data:[DONE]\r\n\r\n"})).text ==
               join({hello, finish, "data:[DONE]\r\n\r\n"}));
}

BOOST_AUTO_TEST_CASE(what_begins_like_an_answer_and_cannot_be_read_is_lost_content) {
    for (const std::string_view lost :
         {"data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\n\n", "data: b\"}}]}\n\n", "data: {\n\n",
          "data: [1]\n\n", "data: \"text\"\n\n", "data: {\"a\":\"\x01\"}\n\n", "data: {\"a\":\"x\ty\"}\n\n",
          "data: {\"a\":1}}\n\n", "data: {'a':1}\n\n", "data: {\"choices\":[\ndata: {\n\n"}) {
        const auto result = play(join({hello, lost, hello, finish, done}));
        BOOST_TEST(result.code == "upstream_invalid_response", lost);
        BOOST_TEST(result.text.starts_with(hello), lost);
        BOOST_TEST(ends_in_error(result), lost);
        BOOST_TEST(!result.is_complete);
        // Behind the end nothing is lost.
        BOOST_TEST(play(join({hello, finish, done, lost})).code == "", lost);
    }
}

BOOST_AUTO_TEST_CASE(junk_is_skipped_and_the_third_piece_fails) {
    BOOST_TEST(play(join({hello, "data: not-json\n\n", "data: 1\n\n", finish, done})).text ==
               join({hello, finish, done}));
    const auto result = play(join({hello, "data: a\n\n", "data: null\n\n", hello, "data: 5\n\n", finish, done}));
    BOOST_TEST(result.code == "upstream_invalid_response");
    BOOST_TEST(ends_in_error(result));
}

BOOST_AUTO_TEST_CASE(comments_pass_and_are_no_payload) {
    transcript said;
    gate_options options;
    options.service = &provider::find_provider("other");
    stream_gate gate(options, said);
    for (const std::string_view comment : {": OPENROUTER PROCESSING\n\n", "\n", ":\r\n\r\n"}) {
        openai::sse_scanner scanner;
        const auto verdict = gate.on_event(*scanner.next(comment));
        BOOST_TEST((verdict.action == gate_action::pass));
        BOOST_TEST(!verdict.has_payload);
    }
    BOOST_TEST(!gate.said().has_payload());
    openai::sse_scanner scanner;
    BOOST_TEST(gate.on_event(*scanner.next(hello)).has_payload);
    BOOST_TEST(gate.said().has_payload());
}

BOOST_AUTO_TEST_CASE(events_without_data_are_dropped_because_sdks_parse_them) {
    for (const std::string_view event :
         {"event: ping\n\n", "id: 1\n\n", "retry: 10\n\n", "data:\n\n", "event: ping\ndata: \n\n"}) {
        BOOST_TEST(play(join({event, hello, finish, done})).text == join({hello, finish, done}), event);
    }
    const auto named = join({"id: 1\nevent: x\n", hello, finish, done});
    BOOST_TEST(play(named).text == named);
}

BOOST_AUTO_TEST_CASE(comments_after_an_id_are_dropped_because_sdks_take_them_for_events) {
    const auto with_id = join({"id: 1\n", hello});
    BOOST_TEST(play(join({": a\n\n", with_id, ": b\n\n", finish, done})).text ==
               join({": a\n\n", with_id, finish, done}));
}

BOOST_AUTO_TEST_CASE(other_framings_pass_untouched) {
    for (const std::string end : {"\r\n", "\r"}) {
        std::string stream;
        for (const char c : join({hello, finish, done})) {
            if (c == '\n')
                stream += end;
            else
                stream += c;
        }
        for (std::size_t piece = 1; piece < stream.size(); ++piece) {
            BOOST_TEST(play(stream, {.piece = piece}).text == stream);
        }
    }
    BOOST_TEST(play("\xef\xbb\xbf" + join({hello, finish, done})).text == join({hello, finish, done}));
    const auto lines = join({"data: {\"choices\":[{\"index\":0,\ndata: \"finish_reason\":\"stop\"}]}\n\n", done});
    BOOST_TEST(play(lines).text == lines);
    BOOST_TEST(play(lines).said.finish_reason() == "stop");
}

BOOST_AUTO_TEST_CASE(awkward_numbers_and_bytes_pass_untouched) {
    const auto stream = join(
        {"data: {\"a\":1e-7,\"b\":12345678901234567890,\"b\":1e400,\"c\":\"\xff\\u0000\"}\n\n", hello, finish, done});
    BOOST_TEST(play(stream).text == stream);
}

BOOST_AUTO_TEST_SUITE_END()
