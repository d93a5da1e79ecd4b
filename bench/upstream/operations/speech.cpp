#include <algorithm>
#include <string>

#include "upstream/base64.hpp"
#include "upstream/chat_stream.hpp"
#include "upstream/operations/event_stream.hpp"
#include "upstream/operations/operations.hpp"
#include "upstream/operations/serving.hpp"
#include "upstream/random_body.hpp"

namespace ferry::bench {
namespace {

constexpr std::int64_t usual_bytes = 16 * 1024;

std::string_view type_of(std::string_view format) {
    constexpr std::pair<std::string_view, std::string_view> types[] = {
        {"mp3", "audio/mpeg"}, {"opus", "audio/opus"}, {"aac", "audio/aac"},
        {"flac", "audio/flac"}, {"wav", "audio/wav"}, {"pcm", "audio/pcm"}};
    for (const auto& [name, type] : types) {
        if (name == format) return type;
    }
    return {};
}

std::int64_t code_points(std::string_view utf8) {
    const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
    return std::count_if(utf8.begin(), utf8.end(), begins);
}

std::string done_event(const action& a, const served& t) {
    std::string out = "data: {\"type\":\"speech.audio.done\"";
    if (a.usage != usage_form::none) {
        const bool zeros = a.usage == usage_form::zeros;
        const auto count = [zeros](std::int64_t n) { return std::to_string(zeros ? 0 : n); };
        out.append(",\"usage\":{\"input_tokens\":").append(count(t.prompt_tokens));
        out.append(",\"output_tokens\":").append(count(t.completion_tokens));
        out.append(",\"total_tokens\":").append(count(t.prompt_tokens + t.completion_tokens));
        if (!a.usage_extra.empty()) out.append(",").append(a.usage_extra);
        out += '}';
    }
    return out += "}\n\n";
}

// The same bytes as the binary answer's, in base64.
std::unique_ptr<body_source> speech_stream(const answer& made, std::uint64_t seed, std::uint64_t bytes,
                                           std::size_t piece_bytes) {
    const auto pieces = static_cast<std::size_t>((bytes + piece_bytes - 1) / piece_bytes);
    const auto done = done_event(*made.what, made.tokens);
    const auto reported = whole_answer_reports(made.what->usage) ? made.tokens.completion_tokens : -1;
    const auto make = [=](std::size_t i, piece& to) {
        if (i == pieces) {
            to.bytes += done;
            to.completion_tokens = reported;
            return;
        }
        const auto at = std::uint64_t(i) * piece_bytes;
        std::string audio(static_cast<std::size_t>(std::min<std::uint64_t>(piece_bytes, bytes - at)), '\0');
        fill_random(seed, at, audio);
        to.bytes.append("data: {\"type\":\"speech.audio.delta\",\"audio\":\"").append(to_base64(audio)) += "\"}\n\n";
    };
    return std::make_unique<event_stream>(made.what, pieces, 1, make);
}

}  // namespace

void serve_speech(answer& made, const answer_request& to) {
    const auto input = text_of(to, "input");
    if (input.empty()) return answer_error(made, 400, "'input' is a required property", "input");
    const auto type = type_of(text_of(to, "response_format", "mp3"));
    if (type.empty()) return answer_error(made, 400, "Invalid value for 'response_format'.", "response_format");
    const auto bytes = bytes_of(*made.what, usual_bytes);
    const auto piece_bytes = piece_bytes_of(*made.what, bytes);
    count_tokens(made, to, static_cast<std::int64_t>((bytes + piece_bytes - 1) / piece_bytes));
    made.units = static_cast<double>(code_points(input));
    made.is_stream = made.what->stream.value_or(text_of(to, "stream_format") == "sse");
    if (made.is_stream) {
        made.body = speech_stream(made, seed_of(to), bytes, piece_bytes);
        return;
    }
    made.content_type = type;
    made.is_open_ended = true;
    answer_bytes(made, seed_of(to), usual_bytes);
}

}  // namespace ferry::bench
