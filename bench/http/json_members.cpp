#include "http/json_members.hpp"

namespace ferry::bench {
namespace {

constexpr auto none = std::string_view::npos;

std::size_t skip_space(std::string_view s, std::size_t at) {
    while (at < s.size() && (s[at] == ' ' || s[at] == '\n' || s[at] == '\r' || s[at] == '\t')) ++at;
    return at;
}

// From an opening quote to behind the closing one.
std::size_t skip_string(std::string_view s, std::size_t at) {
    for (std::size_t from = at + 1;;) {
        const auto quote = s.find('"', from);
        if (quote == none) return none;
        std::size_t slashes = 0;
        while (s[quote - 1 - slashes] == '\\') ++slashes;  // the opening quote ends this at the latest
        if (slashes % 2 == 0) return quote + 1;
        from = quote + 1;
    }
}

std::size_t skip_nested(std::string_view s, std::size_t at) {
    for (std::size_t depth = 0; at < s.size();) {
        switch (s[at]) {
            case '"':
                at = skip_string(s, at);
                if (at == none) return none;
                continue;
            case '{':
            case '[':
                ++depth;
                break;
            case '}':
            case ']':
                if (--depth == 0) return at + 1;
                break;
        }
        ++at;
    }
    return none;
}

std::size_t skip_value(std::string_view s, std::size_t at) {
    if (at >= s.size()) return none;
    if (s[at] == '"') return skip_string(s, at);
    if (s[at] == '{' || s[at] == '[') return skip_nested(s, at);
    const auto end = s.find_first_of(",}] \t\r\n", at);
    return end == at ? none : end;
}

}  // namespace

json_members::json_members(std::string_view object) {
    const auto at = skip_space(object, 0);
    if (at < object.size() && object[at] == '{') rest_ = object.substr(at + 1);
}

bool json_members::next() {
    auto at = skip_space(rest_, 0);
    if (at < rest_.size() && rest_[at] == ',') at = skip_space(rest_, at + 1);
    if (at >= rest_.size() || rest_[at] != '"') return false;
    const auto name_end = skip_string(rest_, at);
    if (name_end == none) return false;
    name_ = rest_.substr(at + 1, name_end - at - 2);
    at = skip_space(rest_, name_end);
    if (at >= rest_.size() || rest_[at] != ':') return false;
    at = skip_space(rest_, at + 1);
    const auto end = skip_value(rest_, at);
    if (end == none) return false;
    value_ = rest_.substr(at, end - at);
    rest_.remove_prefix(end);
    return true;
}

json_elements::json_elements(std::string_view array) {
    const auto at = skip_space(array, 0);
    if (at < array.size() && array[at] == '[') rest_ = array.substr(at + 1);
}

bool json_elements::next() {
    auto at = skip_space(rest_, 0);
    if (at < rest_.size() && rest_[at] == ',') at = skip_space(rest_, at + 1);
    const auto end = skip_value(rest_, at);
    if (end == none) return false;
    value_ = rest_.substr(at, end - at);
    rest_.remove_prefix(end);
    return true;
}

std::string_view inside_quotes(std::string_view value) {
    if (value.size() < 2 || value.front() != '"' || value.back() != '"') return {};
    return value.substr(1, value.size() - 2);
}

void append_escaped(std::string_view text, std::string& out) {
    static constexpr char hex[] = "0123456789abcdef";
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20) {
                    out += "\\u00";
                    out += hex[c >> 4 & 15];
                    out += hex[c & 15];
                } else {
                    out += c;
                }
        }
    }
}

}  // namespace ferry::bench
