// What Ferry knows of a form: the values it routes and meters by, and where in the body they stand. Everything else of
// the body stays unknown and is passed on as the client wrote it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "openai/span.hpp"

namespace ferry::openai {

// The parts that Ferry reads: each may stand in a form only once, and in no other spelling (form_names.hpp).
enum class form_field : unsigned char {
    model,
    id,
    conversation_id,
    stream,
    response_format,
    n,
    size,
    quality,
    user,
    purpose,
};
inline constexpr std::size_t form_field_count = 10;

// Where one part stands.
struct part_span {
    span whole;                  // from its delimiter to the next one: without these bytes the form has one part less
    span value;                  // its content, without the line end before the next delimiter
    std::optional<span> length;  // what its Content-Length says, where it has one

    friend bool operator==(const part_span&, const part_span&) = default;
};

// Plain data: a value of any thread. The offsets hold for the body the scanner was fed with.
struct form_request {
    // Offset of the first delimiter, where a new part may be put: nothing may stand before it.
    static constexpr std::size_t front = 0;

    std::optional<std::string> model;             // not empty
    std::optional<std::int64_t> id;               // 1..2^63-1
    std::optional<std::int64_t> conversation_id;  // any
    bool stream = false;
    std::optional<std::int64_t> n;  // 1..128
    std::optional<std::string> response_format, size, quality, purpose;
    std::optional<std::string> user;  // only if of at most 256 bytes

    std::array<std::optional<part_span>, form_field_count> fields;
    std::size_t parts = 0;       // of any kind
    std::size_t file_bytes = 0;  // contents of all parts that have a file name
    std::size_t body_size = 0;   // bytes

    // Where a part stands, or nothing if the form has none.
    const std::optional<part_span>& where(form_field f) const { return fields[static_cast<std::size_t>(f)]; }

    friend bool operator==(const form_request&, const form_request&) = default;
};

}  // namespace ferry::openai
