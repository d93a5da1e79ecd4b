// The vocabulary of the stream_gate tests: a stream of an upstream in, what the client gets out.
#pragma once

#include <string>
#include <vector>

#include "openai/fault_map.hpp"
#include "provider/table.hpp"
#include "relay/answer/stream_gate.hpp"

namespace ferry::relay::testing {

inline constexpr std::string_view hello = R"(data: {"choices":[{"index":0,"delta":{"content":"hello"}}],"usage":null})"
                                          "\n\n";
inline constexpr std::string_view finish = R"(data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]})"
                                           "\n\n";
inline constexpr std::string_view usage_event =
    R"(data: {"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3,"total_tokens":15}})"
    "\n\n";
inline constexpr std::string_view done = "data: [DONE]\n\n";

struct played {
    std::string text;  // what the client gets
    std::string code;  // of the failure, "" if none
    transcript said;
    ferry::usage::basis basis = usage::basis::none;
    bool is_complete = false;
    bool was_held = false;
    provider::repair_set refused;
};

struct play_options {
    openai::stream_kind streams = openai::stream_kind::choices;
    bool asked = false;
    stream_end how = stream_end::clean;
    std::size_t piece = 0;
    std::vector<std::string_view> secrets = {};
};

// Plays a stream through scanner and gate as the relay does.
inline played play(std::string_view stream, const play_options& options = {}) {
    played out;
    openai::sse_scanner scanner;
    gate_options chosen;
    chosen.streams = options.streams;
    chosen.client_asked_usage = options.asked;
    chosen.service = &provider::find_provider("other");
    chosen.secrets = options.secrets;
    stream_gate gate(chosen, out.said);
    std::string buffer;
    const std::size_t piece = options.piece ? options.piece : stream.size() + 1;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
        buffer += stream.substr(at, piece);
        while (const auto event = scanner.next(buffer)) {
            auto verdict = gate.on_event(*event);
            if (verdict.action == gate_action::pass) out.text += event->raw;
            out.refused |= verdict.failure ? gate.refused() : provider::repair_set();
            out.text += verdict.text;
            out.was_held = out.was_held || gate.holding_done();
            buffer.erase(0, event->consumed);
            if (!verdict.failure) continue;
            out.code = openai::code_text(*verdict.failure);
            out.basis = gate.basis();
            return out;
        }
    }
    const auto ending = gate.on_end(options.how, scanner.finish(buffer));
    out.text += ending.tail + ending.append + ending.error;
    if (ending.failure) out.code = openai::code_text(*ending.failure);
    out.basis = gate.basis();
    out.is_complete = gate.is_complete();
    return out;
}

inline std::string join(std::initializer_list<std::string_view> events) {
    std::string out;
    for (const auto each : events) out += each;
    return out;
}

inline bool ends_in_error(const played& result) {
    const auto at = result.text.rfind("data: {\"error\":{");
    return at != std::string::npos && result.text.ends_with("}\n\n") && result.text.find("[DONE]") == std::string::npos;
}

}  // namespace ferry::relay::testing
