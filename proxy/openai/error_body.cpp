#include "openai/error_body.hpp"

#include <algorithm>

#include "openai/fault_map.hpp"
#include "openai/json_text.hpp"

namespace ferry::openai {

std::string render_error(const fault& f) {
    if (!f.passed.body.empty()) return f.passed.body;
    const auto answer = map_fault(f);
    std::string out = R"({"error":{"message":)";
    append_json_string(out, f.message);
    out += R"(,"type":)";
    append_json_string(out, answer.type);
    out += R"(,"param":)";
    if (f.param.empty())
        out += "null";
    else
        append_json_string(out, f.param);
    out += R"(,"code":)";
    append_json_string(out, answer.code);
    if (!f.upstream_code.empty() && f.upstream_code != answer.code) {
        out += R"(,"upstream_code":)";
        append_json_string(out, f.upstream_code);
    }
    out += "}}";
    return out;
}

namespace {

// Between the parts of JSON a line feed is as good as a blank, but not in an event.
std::string in_one_line(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return text;
}

}  // namespace

std::string sse_error_event(const fault& f) {
    return "data: " + in_one_line(render_error(f)) + "\n\n";
}

std::string typed_error_event(const fault& f, std::int64_t sequence) {
    std::string out = R"({"type":"error","sequence_number":)" + std::to_string(sequence) + R"(,"code":)";
    append_json_string(out, map_fault(f).code);
    out += R"(,"message":)";
    append_json_string(out, f.message);
    out += R"(,"param":)";
    out += f.param.empty() ? "null" : quote_json(f.param);
    // {"error":{...}}: the SDKs raise what stands in this member, and yield an event without it as if all were well.
    const auto error = in_one_line(render_error(f));
    out += "," + error.substr(error.find('{') + 1);
    return "event: error\ndata: " + out + "\n\n";
}

}  // namespace ferry::openai
