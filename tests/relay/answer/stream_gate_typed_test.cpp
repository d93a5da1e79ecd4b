// Streams whose events say what they are.
#include <boost/test/unit_test.hpp>
#include <string>

#include "relay/answer/gate_play.hpp"

using namespace ferry;
using namespace ferry::relay;
using namespace ferry::relay::testing;

namespace {

constexpr std::string_view begun =
    "event: response.created\ndata: {\"type\":\"response.created\",\"sequence_number\":0,"
    "\"response\":{\"id\":\"resp_1\",\"status\":\"in_progress\"}}\n\n";
constexpr std::string_view delta =
    "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"sequence_number\":1,"
    "\"delta\":\"Hi\"}\n\n";
constexpr std::string_view last =
    "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":2,"
    "\"response\":{\"id\":\"resp_1\",\"status\":\"completed\","
    "\"usage\":{\"input_tokens\":9,\"output_tokens\":12,\"total_tokens\":21}}}\n\n";

played play_typed(std::string_view stream, std::size_t piece = 0, stream_end how = stream_end::clean) {
    play_options options;
    options.streams = openai::stream_kind::typed;
    options.piece = piece;
    options.how = how;
    return play(stream, options);
}

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string all;
    for (const auto part : parts) all += part;
    return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(typed_stream_suite)

BOOST_AUTO_TEST_CASE(typed_events_pass_byte_for_byte_at_any_split) {
    const auto whole = joined({begun, delta, last});
    for (std::size_t piece = 1; piece <= whole.size(); ++piece) {
        const auto result = play_typed(whole, piece);
        BOOST_TEST_CONTEXT(piece) {
            BOOST_TEST(result.text == whole);
            BOOST_TEST(result.code == "");
            BOOST_REQUIRE(result.said.usage().has_value());
            BOOST_TEST(*result.said.usage()->completion == 12);
            BOOST_TEST(result.said.status() == "completed");
        }
    }
}

BOOST_AUTO_TEST_CASE(typed_streams_without_a_last_event_end_in_an_error_wherever_they_are_cut) {
    const auto whole = joined({begun, delta, last});
    const auto behind_delta = begun.size() + delta.size();
    // The very last byte is the second line feed of a blank line: without it the event is whole all the same.
    for (std::size_t cut = 0; cut + 1 < whole.size() - 1; ++cut) {
        const auto result = play_typed(std::string_view(whole).substr(0, cut), 0, stream_end::truncated);
        BOOST_TEST_CONTEXT(cut) {
            BOOST_TEST(result.text.find("response.completed") == std::string::npos);
            BOOST_TEST(result.text.find("event: error\ndata: {\"type\":\"error\"") != std::string::npos);
            BOOST_TEST(result.text.find("[DONE]") == std::string::npos);
            if (cut >= behind_delta) BOOST_TEST(result.text.find("\"sequence_number\":2") != std::string::npos);
            BOOST_TEST(result.code == "upstream_stream_interrupted");
        }
    }
}

BOOST_AUTO_TEST_CASE(what_follows_the_last_event_of_a_typed_stream_goes_out_behind_it) {
    for (const auto end : {std::string("data: [DONE]\n\n"), joined({delta, last}), std::string(": bye\n\n")}) {
        const auto whole = joined({begun, delta, last}) + end;
        const auto result = play_typed(whole);
        BOOST_TEST(result.text == whole);
        BOOST_TEST(result.code == "");
    }
}

BOOST_AUTO_TEST_CASE(a_done_without_a_last_event_is_no_end) {
    const auto result = play_typed(joined({begun, delta}) + "data: [DONE]\n\n");
    BOOST_TEST(result.text.find("[DONE]") == std::string::npos);
    BOOST_TEST(result.text.find("event: error") != std::string::npos);
    BOOST_TEST(result.code == "upstream_stream_interrupted");
}

BOOST_AUTO_TEST_CASE(an_error_event_of_a_typed_stream_ends_it) {
    const std::string error =
        "event: error\ndata: {\"type\":\"error\",\"code\":\"server_error\",\"message\":\"Sorry.\",\"param\":null}\n\n";
    const auto result = play_typed(joined({begun, delta}) + error + std::string(last));
    BOOST_TEST(result.text.find("Sorry.") != std::string::npos);
    BOOST_TEST(result.text.find("\"error\":{") != std::string::npos);
    BOOST_TEST(result.text.find("response.completed") == std::string::npos);
    BOOST_TEST(result.code != "");
}

BOOST_AUTO_TEST_CASE(a_last_event_larger_than_what_is_held_is_complete_all_the_same) {
    const auto large = joined({"data: {\"type\":\"response.completed\",\"response\":{\"id\":\"r\",\"text\":\"",
                               std::string(3u << 20, 'x'), "\"}}\n\n"});
    const auto result = play_typed(joined({begun, large}), 65536);
    BOOST_TEST((result.text == joined({begun, large})));
    BOOST_TEST(result.code == "");
}

BOOST_AUTO_TEST_SUITE_END()
