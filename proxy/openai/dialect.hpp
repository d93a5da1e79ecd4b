// What the first bytes of an answer are, whatever its content type says. Pure.
#pragma once

#include <string>
#include <string_view>

#include "openai/text_start.hpp"

namespace ferry::openai {

enum class dialect {
    undecided,  // more bytes are needed
    events,     // an event stream (WHATWG HTML, section 9.2)
    document,   // JSON
    other,
};

// Finds it behind blanks and a byte order mark, in pieces of any size.
class dialect_finder {
public:
    void feed(std::string_view piece);
    dialect found() const { return found_; }

private:
    text_start start_;
    std::string beginning_;  // no longer than the longest name of a field
    dialect found_ = dialect::undecided;
};

}  // namespace ferry::openai
