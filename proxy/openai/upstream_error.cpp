#include "openai/upstream_error.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cctype>
#include <optional>
#include <utility>

#include "base/ascii.hpp"
#include "base/utf8.hpp"
#include "openai/byte_order_mark.hpp"
#include "openai/secret_scrub.hpp"

namespace ferry::openai {
namespace {

namespace json = boost::json;

constexpr std::size_t parse_max = 64 * 1024, message_max = 4096, details_max = 1024, plain_max = 200, word_max = 128;

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

std::string first_text(std::initializer_list<std::string> candidates) {
    for (const auto& each : candidates) {
        if (!each.empty()) return each;
    }
    return {};
}

// `["body","messages",0,"role"]` as body.messages.0.role.
std::string place_of(const json::value& detail) {
    std::string out;
    const auto* loc = find(detail, "loc");
    const auto* steps = loc ? loc->if_array() : nullptr;
    if (!steps) return loc ? text_of(*loc) : text_at(detail, "field");
    for (const auto& step : *steps) {
        if (!out.empty()) out += '.';
        out += text_of(step);
    }
    return out;
}

// One fault of several: `body.top_k: Extra inputs are not permitted (extra_forbidden)`; "" if it says nothing.
std::string detail_text(const json::value& detail) {
    const auto type = text_at(detail, "type");
    auto said =
        first_text({text_at(detail, "msg"), text_at(detail, "message"), text_at(detail, "description"), type});
    if (said.empty()) return said;
    if (!type.empty() && said != type) said.append(" (").append(type).append(")");
    if (const auto place = place_of(detail); !place.empty()) said.insert(0, place + ": ");
    return said;
}

// A text, or a list of faults one after the other, as far as there is room; "" if none of them says anything.
std::string details_text(const json::value& value) {
    const auto* inner = find(value, "detail");
    if (inner && value.as_object().size() == 1) return details_text(*inner);
    const auto* list = value.if_array();
    if (!list) return value.is_object() ? detail_text(value) : text_of(value);
    std::string out;
    for (const auto& each : *list) {
        if (out.size() > details_max) break;
        const auto* violations = find(each, "fieldViolations");
        const auto text = violations      ? details_text(*violations)
                          : each.is_object() ? detail_text(each)
                                             : text_of(each);
        if (!out.empty() && !text.empty()) out += "; ";
        out += text;
    }
    return out;
}

std::string details_at(const json::value& value, std::string_view key) {
    const auto* member = find(value, key);
    return member ? details_text(*member) : std::string();
}

// What shape it has nobody knows, but it is what the provider had to say.
std::string anything_at(const json::value& value, std::string_view key) {
    const auto* member = find(value, key);
    return member ? first_text({details_text(*member), text_of(*member)}) : std::string();
}

// The first of the known places that says anything.
std::string message_of(const json::value& root, const json::value* error) {
    if (error) {
        if (error->is_string()) return text_of(*error);
        if (auto text = anything_at(*error, "message"); !text.empty()) return text;
    }
    for (const auto key : {"message", "msg", "err", "error_msg"}) {
        if (auto text = anything_at(root, key); !text.empty()) return text;
    }
    for (const auto& [box, key] : {std::pair("header", "message"), std::pair("base_resp", "status_msg")}) {
        if (const auto* inside = find(root, box)) {
            if (auto text = text_at(*inside, key); !text.empty()) return text;
        }
    }
    for (const auto key : {"detail", "errors"}) {
        if (auto text = anything_at(root, key); !text.empty()) return text;
    }
    return error && !error->is_null() && !error->is_bool() ? text_of(*error) : std::string();
}

// What stands beside the message: the faults one by one, or the answer of whom an aggregator asked.
void add_details(const json::value& error, upstream_error& out) {
    const auto* metadata = find(error, "metadata");
    auto more = first_text({details_at(error, "details"), details_at(error, "detail")});
    if (const auto* raw = metadata ? find(*metadata, "raw") : nullptr; raw && raw->is_string()) {
        const auto cause = parse_upstream_error("", std::string_view(raw->get_string()));
        more = cause.message;
        const bool is_number = out.code.find_first_not_of("0123456789") == std::string::npos;
        if (is_number) out.code = first_text({cause.code, cause.type, out.code});
    }
    if (more.empty() || out.message.find(more) != std::string::npos) return;
    if (!out.message.empty()) out.message += ": ";
    out.message += more;
}

// The member that the only fault of a list is about.
std::string param_of(const json::value& details) {
    const auto* list = details.if_array();
    if (!list || list->size() != 1) return {};
    auto place = place_of(list->front());
    if (place.starts_with("body.")) place.erase(0, 5);
    return place;
}

void read_json(const json::value& root, upstream_error& out) {
    if (const auto* list = root.if_array()) {
        if (!list->empty() && !list->front().is_array()) read_json(list->front(), out);
        return;
    }
    const auto* error = find(root, "error");
    static const json::value nothing;
    const auto& inner = error ? *error : nothing;
    const auto *errors = find(root, "errors"), *status = find(root, "base_resp");
    const auto& first = errors && errors->is_array() && !errors->get_array().empty() ? errors->get_array()[0] : nothing;
    out.message = message_of(root, error);
    out.type = first_text({text_at(inner, "type"), text_at(inner, "status"), text_at(root, "type")});
    out.code = first_text({text_at(inner, "code"), text_at(root, "code"), text_at(root, "error_code"),
                           text_at(first, "code"), status ? text_at(*status, "status_code") : std::string()});
    out.param = first_text({text_at(inner, "param"), text_at(root, "param")});
    add_details(inner, out);
    for (const auto* from : {find(inner, "details"), find(root, "detail")}) {
        if (from && out.param.empty()) out.param = param_of(*from);
    }
    const auto *message = find(inner, "message"), *type = find(inner, "type");
    out.has_error_object = message && message->is_string() && !message->get_string().empty();
    out.has_type = type && type->is_string() && !type->get_string().empty();
    out.is_openai_shaped = message && message->is_string() && is_text_or_null(type) &&
                           is_text_or_null(find(inner, "param")) && is_text_or_null(find(inner, "code"));
}

// Some send an error as the event of a stream, or behind a byte order mark.
std::string_view json_in(std::string_view body) {
    constexpr std::string_view data = "data:";
    if (body.starts_with(byte_order_mark)) body.remove_prefix(byte_order_mark.size());
    if (const auto at = body.find(data); body.starts_with(data) || (body.starts_with("event:") && at < body.size())) {
        body.remove_prefix(at + data.size());
    }
    const auto begin = body.find_first_not_of(white_space);
    if (begin == std::string_view::npos || (body[begin] != '{' && body[begin] != '[')) return {};
    return body.substr(begin);
}

// What stands behind the JSON is not read.
std::optional<json::value> parse_json(std::string_view text, bool& is_all) {
    if (text.empty()) return std::nullopt;
    json::parse_options options;
    options.allow_invalid_utf8 = true;
    json::stream_parser parser({}, options);
    boost::system::error_code failed;
    const auto read = parser.write_some(text.data(), text.size(), failed);
    if (failed || !parser.done()) return std::nullopt;
    is_all = text.find_first_not_of(white_space, read) == std::string_view::npos;
    return parser.release();
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
        if (!continues_character(text[at]) && characters-- == 0) break;
    }
    return text.substr(0, at);
}

bool looks_like_html(std::string_view content_type, std::string_view body) {
    const auto at = body.find_first_not_of(white_space);
    return content_type.find("html") != std::string_view::npos || (at != std::string_view::npos && body[at] == '<');
}

// Neither as it stands nor behind escapes.
bool is_free_of(std::span<const std::string_view> secrets, std::string_view body, const json::value& root) {
    const auto decoded = json::serialize(root);
    return scrub_secrets(body, secrets) == body && scrub_secrets(decoded, secrets) == decoded;
}

}  // namespace

upstream_error parse_upstream_error(std::string_view content_type, std::string_view body,
                                    std::span<const std::string_view> secrets) {
    upstream_error out;
    bool is_all = false;
    const auto root = body.size() <= parse_max ? parse_json(json_in(body), is_all) : std::nullopt;
    out.is_json = root.has_value();
    if (root) read_json(*root, out);
    out.is_openai_shaped = out.is_openai_shaped && is_all && root->is_object();
    if (out.is_openai_shaped && body.starts_with('{') && is_free_of(secrets, body, *root)) out.document = body;
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
