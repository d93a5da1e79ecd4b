#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/fault.hpp"
#include "openai/form_part_head.hpp"
#include "openai/form_reader.hpp"
#include "openai/form_request.hpp"

namespace ferry::openai {

struct form_limits {
    std::size_t parts = 1000;
    std::size_t head_bytes = 8192;   // all header lines of a part, with their line ends and the blank line
    int head_fields = 16;            // of a part
    std::size_t value_bytes = 4096;  // of a part Ferry routes by
};

// Reads a multipart/form-data body (RFC 7578, RFC 2046 section 5.1) as it arrives, in pieces of any size: the same body
// gives the same answer however it is split. Stricter than both, for whatever two readers could read differently is
// refused: lines end with CRLF; nothing stands before the first delimiter, between a delimiter and its line end, or
// behind the last one but for a line end; no line of a part, wherever a reader may see one begin, begins like a
// delimiter; parts that Ferry routes by stand there once. Memory does not grow with the body.
// Owned by: the exchange. Lives on: a core. Allocates for the boundary, one header line and one value (limits).
class form_scanner {
public:
    // REQUIRES: `boundary` is what form_boundary() gave.
    explicit form_scanner(std::string_view boundary, form_limits limits = {});
    form_scanner(const form_scanner&) = delete;
    form_scanner& operator=(const form_scanner&) = delete;

    // The next piece of the body. A fault is final: answer it and read no further.
    // Errors: invalid_request, duplicate_field, invalid_parameter, invalid_id.
    std::optional<fault> feed(std::string_view piece);

    // To be called once, after the last piece and only if no feed failed.
    // Errors: invalid_request where the body is cut.
    result<form_request> finish();

private:
    enum class state : unsigned char { first_delimiter, behind_delimiter, head, content, behind_last };
    // What a delimiter that may be under way stands behind. `begin`: the content has only begun.
    enum class line_end : unsigned char { none, begin, cr, lf, crlf };

    std::optional<fault> step(std::string_view& piece);
    std::optional<fault> first_delimiter(std::string_view& piece);
    std::optional<fault> behind_delimiter(std::string_view& piece);
    std::optional<fault> head(std::string_view& piece);
    std::optional<fault> head_line(std::string_view line);
    std::optional<fault> content(std::string_view& piece);
    std::optional<fault> candidate(std::string_view& piece);
    std::optional<fault> no_candidate();
    std::optional<fault> behind_last(std::string_view& piece);
    std::optional<fault> end_part(bool is_last);
    void take(std::string_view& piece, std::size_t bytes);

    const form_limits limits_;
    const std::string delimiter_;  // "--" and the boundary
    form_head_reader head_;
    form_reader reader_;

    state state_ = state::first_delimiter;
    line_end behind_ = line_end::none;
    std::size_t matched_ = 0;  // bytes of what is being looked for: a delimiter, or what stands behind it
    bool ends_form_ = false;   // the delimiter goes on with a dash
    std::size_t at_ = 0;       // bytes read
    std::size_t delimiter_at_ = 0, part_at_ = 0, content_at_ = 0;
    std::size_t parts_ = 0;      // begun
    std::size_t head_size_ = 0;  // bytes of the part's header lines so far
    std::string line_;           // of them, as far as it has come
};

}  // namespace ferry::openai
