#include "conversation/kept_message.hpp"

#include "base/ascii.hpp"
#include "openai/json_text.hpp"

namespace ferry::conversation {

std::span<const kept_message> latest_instructions(std::span<const kept_message> stored) {
    auto end = stored.size();
    while (end != 0 && !is_instruction(stored[end - 1].role)) --end;
    auto begin = end;
    while (begin != 0 && is_instruction(stored[begin - 1].role)) --begin;
    return stored.subspan(begin, end - begin);
}

std::string_view inside_of(std::string_view object) {
    object = trimmed(object, is_white_space);
    if (object.size() < 2 || object.front() != '{' || object.back() != '}') return {};
    return trimmed(object.substr(1, object.size() - 2), is_white_space);
}

void append_message(std::string& out, const kept_message& message) {
    out += '{';
    if (!message.role.empty()) {
        out += "\"role\":";
        openai::append_json_string(out, message.role);
        out += ',';
    }
    out += "\"content\":";
    out += message.content.empty() ? "null" : std::string_view(message.content);
    if (const auto others = inside_of(message.extra ? *message.extra : std::string_view()); !others.empty()) {
        out += ',';
        out += others;
    }
    out += '}';
}

}  // namespace ferry::conversation
