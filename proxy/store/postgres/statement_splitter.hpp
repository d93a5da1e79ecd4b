#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace ferry::store::postgres {

// Finds the statements of a text as psql does: a semicolon ends one unless it stands in quotes, in $dollar$ quotes, in
// a comment or in parentheses. Pure; what it gives are views into the text.
// The body of a function written as BEGIN ATOMIC ... END is not understood: write it in dollar quotes.
class statement_splitter {
public:
    explicit statement_splitter(std::string_view text) : text_(text) {}

    struct statement {
        std::string_view text;  // without comments before it, and without its semicolon
        std::size_t line = 1;   // in the whole text, where it begins
    };
    // Nothing at the end. A piece of only blanks and comments is no statement.
    std::optional<statement> next();

private:
    void skip_blanks_and_comments();
    bool skip_comment();
    bool skip_quoted();
    void skip_until(std::string_view end);
    void skip_string(char quote, bool has_escapes);
    std::string_view rest() const { return text_.substr(at_); }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace ferry::store::postgres
