#include "workload/json_text.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <stdexcept>

namespace ferry::bench {
namespace {

namespace json = boost::json;

constexpr std::string_view replacement = "\\ufffd";

bool is_one_of(char c, char low, char high) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    return lower >= low && lower <= high;
}

// "\ud8.." to "\udb..", or "\udc.." to "\udf..".
bool is_half(std::string_view text, std::size_t at, char low, char high) {
    return at + 6 <= text.size() && text[at] == '\\' && text[at + 1] == 'u' && is_one_of(text[at + 2], 'd', 'd') &&
           is_one_of(text[at + 3], low, high);
}

std::string without_halves(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        std::size_t length = 1;
        if (text[at] == '\\') {
            const bool is_first = is_half(text, at, '8', '9') || is_half(text, at, 'a', 'b');
            length = 2;
            if (is_first && is_half(text, at + 6, 'c', 'f')) {
                length = 12;
            } else if (is_first || is_half(text, at, 'c', 'f')) {
                out += replacement;
                at += 6;
                continue;
            }
        }
        out.append(text.substr(at, length));
        at += length;
    }
    return out;
}

}  // namespace

json::value parsed_json(std::string_view text) {
    json::parse_options deep;
    deep.max_depth = 256;
    json::stream_parser parser({}, deep);
    json::error_code error;
    const auto taken = parser.write_some(text.data(), text.size(), error);
    if (!error && !parser.done()) parser.finish(error);
    if (error) {
        if (const auto mended = without_halves(text); mended != text) return parsed_json(mended);
    }
    if (error) {
        throw std::invalid_argument("is not JSON (" + error.message() + " at byte " + std::to_string(taken + 1) + ")");
    }
    if (text.find_first_not_of(" \t\r\n", taken) != std::string_view::npos) {
        throw std::invalid_argument("has something behind its JSON value, at byte " + std::to_string(taken + 1));
    }
    return parser.release();
}

json::object parsed_object(std::string_view text) {
    auto value = parsed_json(text);
    if (!value.is_object()) throw std::invalid_argument("is not a JSON object ({...})");
    return std::move(value.get_object());
}

void lay_over(const json::object& patch, json::object& onto) {
    for (const auto& member : patch) {
        if (member.value().is_null()) {
            onto.erase(member.key());
            continue;
        }
        auto* there = onto.if_contains(member.key());
        if (there && there->is_object() && member.value().is_object()) {
            lay_over(member.value().get_object(), there->get_object());
        } else {
            onto[member.key()] = member.value();
        }
    }
}

std::uint64_t text_bytes(const json::value& in) {
    std::uint64_t sum = 0;
    if (const auto* text = in.if_string()) sum = text->size();
    if (const auto* list = in.if_array()) {
        for (const auto& one : *list) sum += text_bytes(one);
    }
    if (const auto* object = in.if_object()) {
        for (const auto& member : *object) sum += text_bytes(member.value());
    }
    return sum;
}

std::uint32_t guessed_tokens(std::uint64_t bytes) {
    return static_cast<std::uint32_t>(std::clamp<std::uint64_t>((bytes + 3) / 4, 1, 100'000'000));
}

}  // namespace ferry::bench
