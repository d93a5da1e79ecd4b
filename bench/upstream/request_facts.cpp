#include "upstream/request_facts.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <cstring>

#include "http/json_members.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;

bool is_name_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

// memmem is vectorised; the last of several occurrences counts, for a history repeats the earlier ones.
std::string_view last_nonce(std::string_view body) {
    constexpr std::string_view word = "nonce:";
    std::string_view found;
    while (const void* hit = memmem(body.data(), body.size(), word.data(), word.size())) {
        body.remove_prefix(static_cast<const char*>(hit) - body.data() + word.size());
        std::size_t n = 0;
        while (n < body.size() && is_name_char(body[n])) ++n;
        if (n > 0) found = body.substr(0, n);
    }
    return found;
}

std::int64_t whole_number(std::string_view raw, std::int64_t otherwise) {
    std::int64_t value = otherwise;
    const auto parsed = std::from_chars(raw.data(), raw.data() + raw.size(), value);
    return parsed.ec == std::errc() && parsed.ptr == raw.data() + raw.size() ? value : otherwise;
}

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

std::string_view role_of(const json::value& message) {
    const auto* object = message.if_object();
    const auto* role = object ? object->if_contains("role") : nullptr;
    return role && role->is_string() ? std::string_view(role->get_string()) : std::string_view();
}

}  // namespace

request_facts::request_facts(std::string_view text) : body(text), nonce(last_nonce(text)) {
    has_marker = memmem(body.data(), body.size(), "[[mock", 6) != nullptr;
    for (json_members m(body); m.next();) {
        if (m.name() == "model") {
            model = inside_quotes(m.value());
        } else if (m.name() == "stream") {
            is_stream = m.value() == "true";
        } else if (m.name() == "n") {
            n = whole_number(m.value(), 1);
        } else if (m.name() == "max_tokens" || m.name() == "max_completion_tokens") {
            max_tokens = whole_number(m.value(), -1);
        } else if (m.name() == "stream_options") {
            for (json_members o(m.value()); o.next();) {
                if (o.name() == "include_usage") include_usage = o.value() == "true";
            }
        }
    }
    n = n < 1 ? 1 : n > 128 ? 128 : n;
}

parsed_prompt::parsed_prompt(std::string_view body) : text(body) {
    json::parse_options lenient;
    lenient.max_depth = 4096;
    lenient.allow_invalid_utf8 = true;
    json::error_code error;
    const auto root = json::parse({body.data(), body.size()}, error, {}, lenient);
    const auto* object = error ? nullptr : root.if_object();
    if (!object) return;
    const auto* messages = object->if_contains("messages");
    if (messages && messages->is_array()) {
        const auto& list = messages->get_array();
        ends_with_tool_result = !list.empty() && role_of(list.back()) == "tool";
        for (auto it = list.rbegin(); it != list.rend(); ++it) {
            if (role_of(*it) != "user") continue;
            const auto* content = it->get_object().if_contains("content");
            text = content ? content_text(*content) : std::string();
            break;
        }
    }
    const auto* tools = object->if_contains("tools");
    for (const auto& tool : tools && tools->is_array() ? tools->get_array() : json::array()) {
        const auto* function = tool.is_object() ? tool.get_object().if_contains("function") : nullptr;
        const auto* name = function && function->is_object() ? function->get_object().if_contains("name") : nullptr;
        if (name && name->is_string()) tool_names.emplace_back(name->get_string());
    }
}

}  // namespace ferry::bench
