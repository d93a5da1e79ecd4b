// What the first bytes of an answer are, whatever its content type says. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace ferry::openai {

enum class dialect {
    undecided,  // more bytes are needed
    events,     // an event stream (WHATWG HTML, section 9.2)
    document,   // JSON
    other,
};

// As many bytes as are needed to tell, behind a BOM and blanks.
inline constexpr std::size_t dialect_bytes = 6;

// `beginning`: what has come so far, at least dialect_bytes of it behind blanks where there are so many.
dialect find_dialect(std::string_view beginning);

}  // namespace ferry::openai
