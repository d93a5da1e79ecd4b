#include "upstream/tool_deltas.hpp"

#include "http/json_members.hpp"
#include "upstream/content.hpp"

namespace ferry::bench {
namespace {

constexpr int fragment_bytes = 9;

// {"id":...,"type":"function","function":{"name":...,"arguments":"<arguments>"}} without the opening brace.
void append_call(const tool_call& call, std::size_t index, std::string_view answer_id, std::string_view arguments,
                 std::string& out) {
    out.append("\"id\":\"call_").append(answer_id.substr(answer_id.find('-') + 1)).append("_");
    out.append(std::to_string(index)).append("\",\"type\":\"function\",\"function\":{\"name\":\"");
    append_escaped(call.name, out);
    out += "\",\"arguments\":\"";
    append_escaped(arguments, out);
    out += "\"}}";
}

}  // namespace

std::vector<std::string> tool_deltas(const std::vector<tool_call>& calls, std::string_view answer_id) {
    std::vector<std::string> deltas;
    for (std::size_t i = 0; i < calls.size(); ++i) {
        const std::string opening = "{\"tool_calls\":[{\"index\":" + std::to_string(i) + ",";
        std::string head = opening;
        append_call(calls[i], i, answer_id, {}, head);
        deltas.push_back(head + "]}");
        const content fragments(calls[i].arguments, -1, fragment_bytes);
        for (std::size_t f = 0; f < fragments.size(); ++f) {
            std::string delta = opening + "\"function\":{\"arguments\":\"";
            fragments.append(f, delta);
            deltas.push_back(delta + "\"}}]}");
        }
    }
    return deltas;
}

std::string tool_calls_json(const std::vector<tool_call>& calls, std::string_view answer_id) {
    std::string out = "[";
    for (std::size_t i = 0; i < calls.size(); ++i) {
        out += i ? ",{" : "{";
        append_call(calls[i], i, answer_id, calls[i].arguments, out);
    }
    return out += ']';
}

}  // namespace ferry::bench
