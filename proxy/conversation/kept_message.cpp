#include "conversation/kept_message.hpp"

#include <algorithm>

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
    // A history has many messages, and nearly all are of these two roles.
    std::string_view begin = R"({"role":"user","content":)";
    std::string other_role;
    if (message.role == "assistant") {
        begin = R"({"role":"assistant","content":)";
    } else if (message.role != "user") {
        if (!message.role.empty())
            openai::append_json_string(other_role += R"("role":)", message.role), other_role += ',';
        begin = other_role.insert(0, "{").append(R"("content":)");
    }
    const auto content = message.content.empty() ? std::string_view("null") : std::string_view(message.content);
    const auto others = inside_of(message.extra ? *message.extra : std::string_view());
    const auto at = out.size();
    out.resize(at + begin.size() + content.size() + others.size() + (others.empty() ? 1 : 2));
    auto* to = std::copy(content.begin(), content.end(), std::copy(begin.begin(), begin.end(), out.data() + at));
    if (!others.empty()) *to++ = ',';
    *std::copy(others.begin(), others.end(), to) = '}';
}

}  // namespace ferry::conversation
