#include "openai/upstream_error.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>

#include "openai/json_text.hpp"
#include "openai/secret_scrub.hpp"

namespace ferry::openai {
namespace {

namespace json = boost::json;

constexpr std::size_t parse_max = 64 * 1024, message_max = 4096, plain_max = 200, word_max = 128;

std::string text_of(const json::value& value) {
    if (const auto* text = value.if_string()) return std::string(*text);
    if (value.is_null() || value.is_bool()) return {};
    return json::serialize(value);
}

const json::value* find(const json::value& value, std::string_view key) {
    const auto* object = value.if_object();
    return object ? object->if_contains(key) : nullptr;
}

std::string text_at(const json::value& value, std::string_view key) {
    const auto* member = find(value, key);
    return member ? text_of(*member) : std::string();
}

bool is_text_or_null(const json::value* value) {
    return value && (value->is_string() || value->is_null());
}

// The first of the known places that says anything.
std::string message_of(const json::value& root, const json::value* error) {
    if (error) {
        if (error->is_string()) return text_of(*error);
        if (auto text = text_at(*error, "message"); !text.empty()) return text;
    }
    for (const auto key : {"message", "msg", "err", "error_msg"}) {
        if (auto text = text_at(root, key); !text.empty()) return text;
    }
    if (const auto* header = find(root, "header")) {
        if (auto text = text_at(*header, "message"); !text.empty()) return text;
    }
    if (auto text = text_at(root, "detail"); !text.empty()) return text;
    return error && !error->is_null() && !error->is_bool() ? text_of(*error) : std::string();
}

std::string first_text(std::initializer_list<std::string> candidates) {
    for (const auto& each : candidates) {
        if (!each.empty()) return each;
    }
    return {};
}

void read_json(const json::value& root, upstream_error& out) {
    if (const auto* list = root.if_array()) {
        if (!list->empty() && !list->front().is_array()) read_json(list->front(), out);
        return;
    }
    const auto* error = find(root, "error");
    static const json::value nothing;
    const auto& inner = error ? *error : nothing;
    out.message = message_of(root, error);
    out.type = first_text({text_at(inner, "type"), text_at(inner, "status"), text_at(root, "type")});
    out.code = first_text({text_at(inner, "code"), text_at(root, "code"), text_at(root, "error_code")});
    out.param = first_text({text_at(inner, "param"), text_at(root, "param")});
    const auto *message = find(inner, "message"), *type = find(inner, "type");
    out.is_openai_shaped = message && message->is_string() && type && type->is_string() &&
                           is_text_or_null(find(inner, "param")) && is_text_or_null(find(inner, "code"));
}

// Tags, scripts and styles give way to one space; entities stay.
std::string without_tags(std::string_view html) {
    std::string out;
    while (!html.empty() && out.size() < 4 * plain_max) {
        const char c = html.front();
        std::size_t taken = 1;
        if (c == '<') {
            std::string_view closing = ">";
            if (html.starts_with("<style")) closing = "</style>";
            if (html.starts_with("<script")) closing = "</script>";
            if (html.starts_with("<!--")) closing = "-->";
            const auto end = html.find(closing);
            taken = end == std::string_view::npos ? html.size() : end + closing.size();
        }
        const bool is_gap = c == '<' || static_cast<unsigned char>(c) <= ' ';
        if (!is_gap)
            out += c;
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
        html.remove_prefix(taken);
    }
    while (out.ends_with(' ')) out.pop_back();
    return out;
}

// At most `characters` characters, not bytes.
std::string_view clip_characters(std::string_view text, std::size_t characters) {
    std::size_t at = 0;
    for (; at != text.size(); ++at) {
        const bool begins = (static_cast<unsigned char>(text[at]) & 0xc0) != 0x80;
        if (begins && characters-- == 0) break;
    }
    return text.substr(0, at);
}

bool looks_like_html(std::string_view content_type, std::string_view body) {
    const auto at = body.find_first_not_of(" \t\r\n");
    return content_type.find("html") != std::string_view::npos || (at != std::string_view::npos && body[at] == '<');
}

}  // namespace

upstream_error parse_upstream_error(std::string_view content_type, std::string_view body,
                                    std::span<const std::string_view> secrets) {
    upstream_error out;
    if (body.size() <= parse_max) {
        boost::system::error_code failed;
        json::parse_options options;
        options.allow_invalid_utf8 = true;
        const auto root = json::parse(body, failed, {}, options);
        out.is_json = !failed && (root.is_object() || root.is_array());
        if (out.is_json) read_json(root, out);
    }
    if (!out.is_json) {
        out.is_html = looks_like_html(content_type, body);
        out.message = clip_characters(without_tags(body.substr(0, parse_max)), plain_max);
    }
    for (auto* text : {&out.message, &out.type, &out.code, &out.param}) {
        *text = scrub_secrets(*text, secrets);
        text->resize(clip_utf8(*text, text == &out.message ? message_max : word_max).size());
    }
    return out;
}

}  // namespace ferry::openai
