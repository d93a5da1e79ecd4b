// The words of MySQL's SQL, as far as dumps have them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ferry::app::takeover {

struct mysql_token {
    // name: a word or a `quoted` one; text: a string; number: digits, 0x... included; sign: one character.
    enum class kind { end, name, text, number, sign };
    kind type = kind::end;
    std::string value;  // without its quotes and escapes
    bool is_quoted = false;

    bool is(char sign) const { return type == kind::sign && value.size() == 1 && value[0] == sign; }
    bool is_word(std::string_view upper_case) const;
};

// Comments are none of them, the /*! kind */ included. Throws std::runtime_error, with the line, for quotes that do
// not close. REQUIRES: `text` outlives it.
class mysql_tokens {
public:
    explicit mysql_tokens(std::string_view text) : text_(text) {}

    mysql_token next();
    std::size_t line();  // where the next token may begin
    // Goes behind the next semicolon outside of quotes.
    void skip_statement();

private:
    void skip_blanks();
    bool skip_comment();
    void skip_to(std::string_view end);
    std::string quoted(char quote);
    std::string unescaped(char c) const;
    std::string hexadecimal();

    std::string_view text_;
    std::size_t at_ = 0;
    std::size_t counted_to_ = 0, line_ = 1;
};

}  // namespace ferry::app::takeover
