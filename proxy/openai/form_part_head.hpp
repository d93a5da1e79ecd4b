// The header lines of one part of a form (RFC 7578 section 4), read as they come.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "openai/span.hpp"

namespace ferry::openai {

// What matters of them.
struct form_part_head {
    std::string name;      // visible ASCII without quotes, backslashes and percent signs, or a twin of a routed name
    bool is_file = false;  // it has a file name, be it empty
    std::optional<std::size_t> length;  // what its Content-Length says, in bytes
    std::optional<span> length_at;      // where in the body that stands
};

// Takes the lines of one part and refuses those that two readers could read differently. Owned by: form_scanner.
class form_head_reader {
public:
    explicit form_head_reader(int fields_max) : fields_max_(fields_max) {}

    // The next line, without its CRLF and not empty; it begins at byte `at` of the body. Errors: invalid_request.
    std::optional<fault> line(std::string_view text, std::size_t at);

    // The blank line has come, at byte `at`; afterwards the lines of another part may follow. Errors: invalid_request.
    result<form_part_head> finish(std::size_t at);

private:
    std::optional<fault> field(std::string_view name, std::string_view value, std::size_t at);
    std::optional<fault> disposition(std::string_view value, std::size_t at);
    std::optional<fault> content_length(std::string_view value, std::size_t at);

    const int fields_max_;
    int fields_ = 0;
    bool has_disposition_ = false, has_type_ = false, has_encoding_ = false;
    form_part_head head_;
};

}  // namespace ferry::openai
