// The parameters behind a media type or a disposition: `; name=value; name="value"`.
#pragma once

#include <optional>
#include <string_view>

namespace ferry::openai {

struct mime_parameter {
    std::string_view name;   // as it was written; names are compared without case (net/token.hpp)
    std::string_view value;  // what stands between the quotes, with the escapes as they stand; otherwise the token
    bool is_quoted = false;
};

// Reads them one by one, as RFC 9110 section 5.6.6 has them but for empty ones: no blanks around `=`, no comments, and
// nothing but blanks behind the last one. Views into the text it was given. Any thread.
class mime_parameters {
public:
    // `text` begins with the first `;`, or is empty.
    explicit mime_parameters(std::string_view text) : rest_(text) {}

    // Nothing when there are no more, and where the text is malformed.
    std::optional<mime_parameter> next();

    bool is_malformed() const { return is_malformed_; }

private:
    std::optional<mime_parameter> fail();

    std::string_view rest_;
    bool is_malformed_ = false;
};

}  // namespace ferry::openai
