#include "conversation/message_key.hpp"

#include <algorithm>

#include "base/ascii.hpp"
#include "conversation/string_value.hpp"
#include "openai/json_text.hpp"
#include "openai/json_walk.hpp"

namespace ferry::conversation {
namespace {

// Sizes stand before the texts, so no text can be taken for the end of another.
void add_field(std::string& key, char what, std::string_view text) {
    key += what;
    key.append(std::to_string(text.size())).append(":").append(text);
}

bool is_nothing(std::string_view value) {
    if (value.empty() || value == "null" || value == "\"\"") return true;
    return value.front() == '[' && openai::skip_blanks(value, 1) == value.size() - 1;
}

// Without white space between tokens, and each string in one spelling. Arguments of a tool may be any text: what is no
// string to its end stays as it is.
void append_canonical(std::string& out, std::string_view json) {
    std::string text;
    for (std::size_t at = 0; at < json.size();) {
        if (json[at] != '"') {
            if (!is_white_space(json[at])) out += json[at];
            ++at;
            continue;
        }
        const auto end = std::min(openai::skip_string(json, at), json.size());
        text.clear();
        if (append_decoded(text, json.substr(at, end - at)))
            openai::append_json_string(out, text);
        else
            out += json.substr(at, end - at);
        at = end;
    }
}

std::string canonical(std::string_view json) {
    std::string out;
    append_canonical(out, json);
    return out;
}

// The members of a call, and those of its function or custom tool.
struct call_text {
    std::string_view id, name, input;

    void take(std::string_view member, std::string_view value) {
        if (member == "id") id = value;
        if (member == "name") name = value;
        if (member == "arguments" || member == "input") input = value;
    }
};

void add_call(std::string& key, std::string_view call) {
    if (!call.starts_with('{')) return add_field(key, 'o', canonical(call));
    call_text text;
    std::string buffer;
    const auto take = [&](std::string_view member, std::string_view value) {
        text.take(decoded_name(member, buffer), value);
    };
    openai::for_each_member(call, [&](std::string_view member, std::string_view value) {
        take(member, value);
        if (member == "function" || member == "custom") openai::for_each_member(value, take);
    });
    add_field(key, 'i', decoded(text.id));
    add_field(key, 'n', decoded(text.name));
    add_field(key, 'a', canonical(text.input.starts_with('"') ? decoded(text.input) : std::string(text.input)));
}

// The texts of `parts` on end; false if one of them is something else than text.
bool append_texts(std::string& out, std::string_view parts) {
    bool is_text = true;
    openai::for_each_element(parts, [&](std::string_view part) {
        std::string_view type, text;
        openai::for_each_member(part, [&](std::string_view key, std::string_view value) {
            if (key == "type") type = value;
            if (key == "text") text = value;
        });
        is_text = is_text && type == "\"text\"" && append_decoded(out, text);
        return is_text;
    });
    return is_text;
}

void add_content(std::string& key, std::string_view content) {
    std::string text;
    if (content.front() == '"' ? append_decoded(text, content)
                               : content.front() == '[' && append_texts(text, content)) {
        return add_field(key, 't', text);
    }
    add_field(key, 'c', canonical(content));
}

}  // namespace

void write_key(std::string& key, std::string_view role, const message_parts& parts) {
    key.clear();
    add_field(key, 'r', role);
    if (!is_nothing(parts.content)) add_content(key, parts.content);
    if (is_nothing(parts.content) && !is_nothing(parts.refusal)) add_field(key, 'x', canonical(parts.refusal));
    if (!is_nothing(parts.tool_calls)) {
        key += 'k';
        openai::for_each_element(parts.tool_calls, [&](std::string_view call) { add_call(key, call); });
    }
    if (!is_nothing(parts.function_call)) add_call(key, parts.function_call);
    if (!is_nothing(parts.tool_call_id)) add_field(key, 'd', canonical(parts.tool_call_id));
}

void write_key(std::string& key, const kept_message& message) {
    message_parts parts;
    if (message.extra) {
        std::string buffer;
        openai::for_each_member(*message.extra, [&](std::string_view name, std::string_view value) {
            parts.take(decoded_name(name, buffer), value);
        });
    }
    parts.content = message.content;
    write_key(key, message.role, parts);
}

}  // namespace ferry::conversation
