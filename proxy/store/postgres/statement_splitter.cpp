#include "store/postgres/statement_splitter.hpp"

#include <algorithm>

namespace ferry::store::postgres {
namespace {

constexpr std::string_view blanks = " \t\r\n\f\v";

bool is_name_part(char c) {
    const auto lower = static_cast<char>(c | 0x20);
    return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_' || static_cast<signed char>(c) < 0;
}

// "$$" or "$name$" at the start of `text`, or nothing.
std::string_view dollar_quote(std::string_view text) {
    std::size_t end = 1;
    while (end < text.size() && is_name_part(text[end])) ++end;
    const bool is_parameter = end > 1 && text[1] >= '0' && text[1] <= '9';
    if (end == text.size() || text[end] != '$' || is_parameter) return {};
    return text.substr(0, end + 1);
}

}  // namespace

std::optional<statement_splitter::statement> statement_splitter::next() {
    for (;;) {
        skip_blanks_and_comments();
        if (at_ == text_.size()) return std::nullopt;
        if (text_[at_] != ';') break;
        ++at_;
    }
    const std::size_t begin = at_;
    int parentheses = 0;
    while (at_ < text_.size() && (text_[at_] != ';' || parentheses > 0)) {
        if (skip_comment() || skip_quoted()) continue;
        if (text_[at_] == '(') ++parentheses;
        if (text_[at_] == ')') --parentheses;
        ++at_;
    }
    const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(begin), '\n');
    statement found{text_.substr(begin, at_ - begin), static_cast<std::size_t>(line)};
    if (at_ < text_.size()) ++at_;
    return found;
}

void statement_splitter::skip_blanks_and_comments() {
    do {
        at_ = std::min(text_.find_first_not_of(blanks, at_), text_.size());
    } while (skip_comment());
}

bool statement_splitter::skip_comment() {
    if (rest().starts_with("--")) {
        skip_until("\n");
        return true;
    }
    if (!rest().starts_with("/*")) return false;
    int depth = 0;
    do {
        if (rest().starts_with("/*")) {
            ++depth;
            at_ += 2;
        } else if (rest().starts_with("*/")) {
            --depth;
            at_ += 2;
        } else {
            ++at_;
        }
    } while (depth > 0 && at_ < text_.size());
    return true;
}

bool statement_splitter::skip_quoted() {
    const bool is_in_a_name = at_ > 0 && is_name_part(text_[at_ - 1]);
    switch (text_[at_]) {
        case '\'': {
            const bool has_e = is_in_a_name && (text_[at_ - 1] | 0x20) == 'e';
            skip_string('\'', has_e && (at_ < 2 || !is_name_part(text_[at_ - 2])));
            return true;
        }
        case '"':
            skip_string('"', false);
            return true;
        case '$': {
            const std::string_view quote = is_in_a_name ? std::string_view() : dollar_quote(rest());
            if (quote.empty()) return false;
            at_ += quote.size();
            skip_until(quote);
            return true;
        }
        default:
            return false;
    }
}

void statement_splitter::skip_until(std::string_view end) {
    const std::size_t found = text_.find(end, at_);
    at_ = found == std::string_view::npos ? text_.size() : found + end.size();
}

// A doubled quote is the end of one string and the start of the next, which comes to the same.
void statement_splitter::skip_string(char quote, bool has_escapes) {
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
        if (has_escapes && text_[at_] == '\\') ++at_;
    }
    at_ = std::min(at_ + 1, text_.size());
}

}  // namespace ferry::store::postgres
