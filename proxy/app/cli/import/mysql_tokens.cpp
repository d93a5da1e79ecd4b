#include "app/cli/import/mysql_tokens.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "base/ascii.hpp"

namespace ferry::app::takeover {
namespace {

constexpr bool is_letter(char c) {
    return is_digit(c) || (lower_case(c) >= 'a' && lower_case(c) <= 'z') || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x80;
}

}  // namespace

bool mysql_token::is_word(std::string_view upper_case) const {
    if (type != kind::name || is_quoted || value.size() != upper_case.size()) return false;
    return std::equal(value.begin(), value.end(), upper_case.begin(),
                      [](char a, char b) { return lower_case(a) == lower_case(b); });
}

std::size_t mysql_tokens::line() {
    line_ += static_cast<std::size_t>(std::count(text_.begin() + static_cast<std::ptrdiff_t>(counted_to_),
                                                 text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n'));
    counted_to_ = at_;
    return line_;
}

void mysql_tokens::skip_to(std::string_view end) {
    const auto found = text_.find(end, at_);
    at_ = found == std::string_view::npos ? text_.size() : found + end.size();
}

bool mysql_tokens::skip_comment() {
    const auto rest = text_.substr(at_);
    const bool is_dashes = rest.starts_with("--") && (rest.size() == 2 || is_white_space(rest[2]));
    if (is_dashes || rest.starts_with('#')) {
        skip_to("\n");
    } else if (rest.starts_with("/*")) {
        skip_to("*/");
    } else {
        return false;
    }
    return true;
}

void mysql_tokens::skip_blanks() {
    do {
        while (at_ < text_.size() && is_white_space(text_[at_])) ++at_;
    } while (at_ < text_.size() && skip_comment());
}

std::string mysql_tokens::unescaped(char c) const {
    switch (c) {
        case '0':
            return std::string(1, '\0');
        case 'n':
            return "\n";
        case 'r':
            return "\r";
        case 't':
            return "\t";
        case 'b':
            return "\b";
        case 'Z':
            return "\x1a";
        case '%':
        case '_':
            return std::string("\\") + c;
        default:
            return std::string(1, c);
    }
}

std::string mysql_tokens::quoted(char quote) {
    const std::size_t begun = line();
    std::string value;
    for (++at_; at_ < text_.size(); ++at_) {
        const char c = text_[at_];
        if (c == '\\' && quote != '`' && at_ + 1 < text_.size()) {
            value += unescaped(text_[++at_]);
        } else if (c != quote) {
            value += c;
        } else if (text_.substr(at_ + 1).starts_with(quote)) {
            value += text_[++at_];
        } else {
            ++at_;
            return value;
        }
    }
    throw std::runtime_error(fmt::format("line {}: the quotes that begin there do not close", begun));
}

// Of 0x6b6579, which dumps with --hex-blob have, and of x'6b6579'.
std::string mysql_tokens::hexadecimal() {
    std::string bytes;
    for (; at_ + 1 < text_.size() && is_hex_digit(text_[at_]) && is_hex_digit(text_[at_ + 1]); at_ += 2) {
        bytes += static_cast<char>(hex_value(text_[at_]) * 16 + hex_value(text_[at_ + 1]));
    }
    return bytes;
}

mysql_token mysql_tokens::next() {
    using kind = mysql_token::kind;
    skip_blanks();
    if (at_ >= text_.size()) return {};
    const char c = text_[at_];
    if (c == '\'' || c == '"') return {kind::text, quoted(c), true};
    if (c == '`') return {kind::name, quoted(c), true};
    if (text_.substr(at_).starts_with("0x")) {
        at_ += 2;
        return {kind::text, hexadecimal(), true};
    }
    const bool is_number = is_digit(c) || ((c == '-' || c == '+' || c == '.') && at_ + 1 < text_.size() &&
                                           (is_digit(text_[at_ + 1]) || text_[at_ + 1] == '.'));
    const std::size_t from = at_++;
    if (is_number) {
        while (at_ < text_.size() && (is_letter(text_[at_]) || text_[at_] == '.' ||
                                      ((text_[at_] == '-' || text_[at_] == '+') && lower_case(text_[at_ - 1]) == 'e')))
            ++at_;
        return {kind::number, std::string(text_.substr(from, at_ - from))};
    }
    if (!is_letter(c)) return {kind::sign, std::string(1, c)};
    while (at_ < text_.size() && is_letter(text_[at_])) ++at_;
    return {kind::name, std::string(text_.substr(from, at_ - from))};
}

void mysql_tokens::skip_statement() {
    for (;;) {
        skip_blanks();
        if (at_ >= text_.size()) return;
        const char c = text_[at_];
        if (c == '\'' || c == '"' || c == '`') {
            quoted(c);
        } else if (at_++; c == ';') {
            return;
        }
    }
}

}  // namespace ferry::app::takeover
