#include "upstream/parsed_prompt.hpp"

#include <boost/json.hpp>

namespace ferry::bench {
namespace {

namespace json = boost::json;

std::string content_text(const json::value& content) {
    if (const auto* s = content.if_string()) return std::string(*s);
    std::string joined;
    const auto* parts = content.if_array();
    if (!parts) return joined;
    for (const auto& part : *parts) {
        const auto* object = part.if_object();
        const auto* text = object ? object->if_contains("text") : nullptr;
        if (!text || !text->is_string()) continue;
        if (!joined.empty()) joined += '\n';
        joined += text->get_string();
    }
    return joined;
}

std::string_view text_member(const json::value& of, const char* name) {
    const auto* object = of.if_object();
    const auto* member = object ? object->if_contains(name) : nullptr;
    return member && member->is_string() ? std::string_view(member->get_string()) : std::string_view();
}

// The content of the last user message; null if no message is a user's.
const json::value* last_user_content(const json::array& messages) {
    static const json::value nothing;
    for (auto it = messages.rbegin(); it != messages.rend(); ++it) {
        if (text_member(*it, "role") != "user") continue;
        const auto* content = it->get_object().if_contains("content");
        return content ? content : &nothing;
    }
    return nullptr;
}

void add_strings(const json::value& from, std::string& to) {
    if (const auto* text = from.if_string()) {
        if (!to.empty()) to += '\n';
        to += *text;
    } else if (const auto* list = from.if_array()) {
        const auto* last = last_user_content(*list);
        if (last) return add_strings(*last, to);
        for (const auto& item : *list) add_strings(item, to);
    } else if (const auto* object = from.if_object()) {
        for (const auto& member : *object) add_strings(member.value(), to);
    }
}

// Chat has {"function": {"name"}}, Responses the name itself.
std::vector<std::string> names_of(const json::value* tools) {
    std::vector<std::string> names;
    const auto* list = tools ? tools->if_array() : nullptr;
    if (!list) return names;
    for (const auto& tool : *list) {
        const auto* function = tool.is_object() ? tool.get_object().if_contains("function") : nullptr;
        const auto name = text_member(function ? *function : tool, "name");
        if (!name.empty()) names.emplace_back(name);
    }
    return names;
}

}  // namespace

parsed_prompt::parsed_prompt(std::string_view body, bool is_chat) : text(body) {
    json::parse_options lenient;
    lenient.max_depth = 4096;
    lenient.allow_invalid_utf8 = true;
    json::error_code error;
    document = json::parse({body.data(), body.size()}, error, {}, lenient);
    if (error) document = nullptr;
    const auto* object = document.if_object();
    if (!object) return;
    const auto* messages = object->if_contains(is_chat ? "messages" : "input");
    const auto* list = messages ? messages->if_array() : nullptr;
    if (list && !list->empty()) {
        ends_with_tool_result = is_chat ? text_member(list->back(), "role") == "tool"
                                        : text_member(list->back(), "type") == "function_call_output";
    }
    if (!is_chat) {
        text.clear();
        add_strings(document, text);
    } else if (const auto* content = list ? last_user_content(*list) : nullptr) {
        text = content_text(*content);
    }
    tool_names = names_of(object->if_contains("tools"));
}

}  // namespace ferry::bench
