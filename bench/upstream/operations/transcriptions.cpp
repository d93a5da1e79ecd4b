#include <algorithm>
#include <cmath>
#include <cstdio>

#include "http/json_members.hpp"
#include "upstream/chat_stream.hpp"
#include "upstream/operations/event_stream.hpp"
#include "upstream/operations/operations.hpp"
#include "upstream/operations/serving.hpp"

namespace ferry::bench {
namespace {

constexpr double bytes_of_a_second = 32'000;  // 16 kHz, 16 bits, one channel
constexpr const char* text_type = "text/plain; charset=utf-8";

// One transcription: what was said, how long it took, and what is told of it.
struct transcript {
    content text;
    std::string plain;  // the text, not escaped
    double seconds;
    std::string usage;      // JSON, "" if none is told
    std::int64_t reported;  // completion tokens that the usage says, -1: none
};

std::string quoted(std::string_view text) {
    std::string out = "\"";
    append_escaped(text, out);
    return out += '"';
}

std::string tokens_usage(const action& a, const served& t) {
    const bool zeros = a.usage == usage_form::zeros;
    const auto count = [zeros](std::int64_t n) { return std::to_string(zeros ? 0 : n); };
    std::string out = "{\"type\":\"tokens\",\"input_tokens\":" + count(t.prompt_tokens);
    out.append(",\"input_token_details\":{\"text_tokens\":0,\"audio_tokens\":").append(count(t.prompt_tokens));
    out.append("},\"output_tokens\":").append(count(t.completion_tokens));
    out.append(",\"total_tokens\":").append(count(t.prompt_tokens + t.completion_tokens));
    if (!a.usage_extra.empty()) out.append(",").append(a.usage_extra);
    return out += '}';
}

std::string duration_usage(const action& a, double seconds) {
    const auto told = a.usage == usage_form::zeros ? 0 : seconds;
    std::string out = "{\"type\":\"duration\",\"seconds\":" + number_json(told);
    if (!a.usage_extra.empty()) out.append(",").append(a.usage_extra);
    return out += '}';
}

bool is_in_tokens(const action& a, std::string_view model) {
    if (a.usage_type != audio_usage::by_model) return a.usage_type == audio_usage::tokens;
    return model.substr(0, 4) == "gpt-";
}

transcript transcribe(answer& made, const answer_request& to, const form_part& file) {
    const action& a = *made.what;
    transcript t{content(a, -1), {}, a.seconds, {}, -1};
    if (t.seconds < 0) t.seconds = std::max(1.0, std::ceil(static_cast<double>(file.bytes) / bytes_of_a_second));
    if (a.content) {
        t.plain = *a.content;
    } else {
        t.text.append_all(t.plain);
    }
    if (is_in_tokens(a, to.facts.model)) {
        count_tokens(made, to, std::max<std::int64_t>(1, static_cast<std::int64_t>(t.text.size())));
        made.counted_in = unit::tokens;
        t.usage = tokens_usage(a, made.tokens);
        if (whole_answer_reports(a.usage)) t.reported = made.tokens.completion_tokens;
    } else {
        count_nothing(made, to);
        made.units = t.seconds;
        t.usage = duration_usage(a, t.seconds);
        if (whole_answer_reports(a.usage)) t.reported = 0;
    }
    if (a.usage == usage_form::none) t.usage.clear();
    return t;
}

std::string clock(double seconds, char mark) {
    const auto ms = static_cast<long long>(std::llround(seconds * 1000));
    char text[40];
    std::snprintf(text, sizeof text, "%02lld:%02lld:%02lld%c%03lld", ms / 3'600'000, ms / 60'000 % 60, ms / 1000 % 60,
                  mark, ms % 1000);
    return text;
}

std::string subtitles(const transcript& t, bool is_vtt) {
    const char mark = is_vtt ? '.' : ',';
    std::string out = is_vtt ? "WEBVTT\n\n" : "1\n";
    out.append(clock(0, mark)).append(" --> ").append(clock(t.seconds, mark));
    return out.append("\n").append(t.plain).append("\n\n");
}

void append_usage(const transcript& t, std::string& out) {
    if (!t.usage.empty()) out.append(",\"usage\":").append(t.usage);
}

std::string verbose(const transcript& t, const char* task, const std::string& language) {
    const auto text = quoted(t.plain), end = number_json(t.seconds);
    std::string out = "{\"task\":\"" + std::string(task) + "\",\"language\":" + quoted(language);
    out.append(",\"duration\":").append(end).append(",\"text\":").append(text);
    out.append(",\"segments\":[{\"id\":0,\"seek\":0,\"start\":0,\"end\":").append(end);
    out.append(",\"text\":").append(text).append(",\"tokens\":[1],\"temperature\":0,\"avg_logprob\":-0.1,");
    out += "\"compression_ratio\":1,\"no_speech_prob\":0}]";
    append_usage(t, out);
    return out += '}';
}

std::unique_ptr<body_source> transcript_stream(const answer& made, transcript t) {
    const auto pieces = t.text.size();
    const auto make = [t = std::move(t), pieces](std::size_t i, piece& to) {
        auto& out = to.bytes;
        if (i < pieces) {
            t.text.append(i, out.append("data: {\"type\":\"transcript.text.delta\",\"delta\":\""));
            out += "\"}\n\n";
            return;
        }
        out.append("data: {\"type\":\"transcript.text.done\",\"text\":").append(quoted(t.plain));
        append_usage(t, out);
        out += "}\n\n";
        to.completion_tokens = t.reported;
    };
    return std::make_unique<event_stream>(made.what, pieces, 1, make);
}

void answer_whole(answer& made, const answer_request& to, const transcript& t, const char* task) {
    const auto format = text_of(to, "response_format", "json");
    const auto plain = [&](std::string body) {
        made.content_type = text_type;
        answer_json(made, std::move(body));
    };
    const auto document = [&](std::string body) {
        made.body = std::make_unique<fixed_body>(std::move(body), t.usage.empty() ? -1 : t.reported);
    };
    if (format == "text") return plain(t.plain + "\n");
    if (format == "srt" || format == "vtt") return plain(subtitles(t, format == "vtt"));
    if (format == "verbose_json") return document(verbose(t, task, text_of(to, "language", "english")));
    if (format != "json") return answer_error(made, 400, "Invalid value for 'response_format'.", "response_format");
    std::string out = "{\"text\":" + quoted(t.plain);
    append_usage(t, out);
    document(out += '}');
}

// The file to be heard; null, and an answer that says why, if there is none.
const form_part* file_of(answer& made, const answer_request& to) {
    if (!is_form(made, to)) return nullptr;
    const auto* file = to.parts->file("file");
    if (!file) answer_error(made, 400, "'file' is a required property", "file");
    return file;
}

}  // namespace

void serve_transcription(answer& made, const answer_request& to) {
    const auto* file = file_of(made, to);
    if (!file) return;
    auto t = transcribe(made, to, *file);
    made.is_stream = made.what->stream.value_or(to.facts.is_stream);
    if (!made.is_stream) return answer_whole(made, to, t, "transcribe");
    made.body = transcript_stream(made, std::move(t));
}

// OpenAI says no usage here; a script that wants one names its type.
void serve_translation(answer& made, const answer_request& to) {
    const auto* file = file_of(made, to);
    if (!file) return;
    auto t = transcribe(made, to, *file);
    if (made.what->usage_type == audio_usage::by_model) t.usage.clear();
    answer_whole(made, to, t, "translate");
}

}  // namespace ferry::bench
