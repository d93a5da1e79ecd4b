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

std::string sse_error_event(const fault& f) {
    auto text = render_error(f);
    // Between the parts of JSON a line feed is as good as a blank, but not in an event.
    std::replace_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return "data: " + text + "\n\n";
}

}  // namespace ferry::openai
