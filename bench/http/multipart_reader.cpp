#include "http/multipart_reader.hpp"

#include <algorithm>

#include "http/text.hpp"

namespace ferry::bench {
namespace {

constexpr auto none = std::string_view::npos;
constexpr std::size_t max_head = 16 * 1024;
constexpr std::string_view form_type = "multipart/form-data";

// A quoted string, from behind its opening quote; a backslash keeps what follows it.
std::string unquoted(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size() && text[i] != '"'; ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        out += text[i];
    }
    return out;
}

// Behind the parameter at the start of `text`: at the next semicolon outside of quotes.
std::size_t end_of_parameter(std::string_view text) {
    bool is_quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && is_quoted) {
            ++i;
        } else if (text[i] == '"') {
            is_quoted = !is_quoted;
        } else if (text[i] == ';' && !is_quoted) {
            return i;
        }
    }
    return text.size();
}

std::string_view header_of(std::string_view head, std::string_view name) {
    while (!head.empty()) {
        const auto end = head.find("\r\n");
        const auto line = head.substr(0, end);
        head.remove_prefix(end == none ? head.size() : end + 2);
        if (line.size() <= name.size() || line[name.size()] != ':') continue;
        if (same_word(line.substr(0, name.size()), name)) return trimmed(line.substr(name.size() + 1));
    }
    return {};
}

}  // namespace

std::optional<std::string> header_parameter(std::string_view value, std::string_view name) {
    for (;;) {
        const auto end = end_of_parameter(value);
        if (end == value.size()) return std::nullopt;
        value = trimmed(value.substr(end + 1));
        const auto parameter = value.substr(0, end_of_parameter(value));
        const auto equals = parameter.find('=');
        if (equals == none || !same_word(trimmed(parameter.substr(0, equals)), name)) continue;
        const auto given = trimmed(parameter.substr(equals + 1));
        return given.substr(0, 1) == "\"" ? unquoted(given.substr(1)) : std::string(given);
    }
}

std::optional<std::string> multipart_boundary(std::string_view content_type) {
    if (!same_word(content_type.substr(0, form_type.size()), form_type)) return std::nullopt;
    auto boundary = header_parameter(content_type, "boundary");
    return boundary && !boundary->empty() ? boundary : std::nullopt;
}

void multipart_reader::stop(std::string_view why) {
    problem_ = why;
    state_ = state::over;
}

void multipart_reader::feed(std::string_view bytes, sink& to) {
    if (state_ == state::over) return;
    held_ += bytes;
    while (state_ != state::over && step(to)) {
    }
    held_.erase(0, at_);
    at_ = 0;
}

bool multipart_reader::step(sink& to) {
    switch (state_) {
        case state::preamble:
        case state::content:
            return read_content(to);
        case state::delimited:
            return read_delimiter_end();
        case state::head:
            return read_head(to);
        case state::over:
            break;
    }
    return false;
}

bool multipart_reader::read_content(sink& to) {
    const bool is_part = state_ == state::content;
    const std::string_view rest = std::string_view(held_).substr(at_);
    const auto found = rest.find(delimiter_);
    // What may be the beginning of a delimiter waits for the rest of it.
    const auto sure = found != none ? found : rest.size() - std::min(rest.size(), delimiter_.size() - 1);
    if (is_part && sure > 0) to.part_bytes(rest.substr(0, sure));
    at_ += sure;
    if (found == none) return false;
    if (is_part) to.end_part();
    at_ += delimiter_.size();
    state_ = state::delimited;
    return true;
}

bool multipart_reader::read_delimiter_end() {
    const std::string_view rest = std::string_view(held_).substr(at_);
    if (rest.size() < 2) return false;
    if (rest.substr(0, 2) == "--") {
        state_ = state::over;
        return true;
    }
    const auto end = rest.find("\r\n");
    if (end == none && rest.size() < max_head) return false;
    if (end == none || !trimmed(rest.substr(0, end)).empty()) {
        stop("something stands behind a boundary");
        return true;
    }
    at_ += end;  // the line feed stays: it may be the first half of the blank line that ends the head
    state_ = state::head;
    return true;
}

bool multipart_reader::read_head(sink& to) {
    const std::string_view rest = std::string_view(held_).substr(at_);
    const auto end = rest.find("\r\n\r\n");
    if (end == none) {
        if (rest.size() > max_head) stop("a part's head is larger than 16 KiB");
        return false;
    }
    const auto head = rest.substr(0, end);
    to.begin_part(header_of(head, "content-disposition"), header_of(head, "content-type"));
    at_ += end + 4;
    state_ = state::content;
    return true;
}

}  // namespace ferry::bench
