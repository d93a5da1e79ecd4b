#include "openai/error_body.hpp"

#include "openai/fault_map.hpp"
#include "openai/json_text.hpp"

namespace ferry::openai {

std::string render_error(const fault& f) {
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
    return "data: " + render_error(f) + "\n\n";
}

}  // namespace ferry::openai
