// What may stand before the first byte of an answer's text.
#pragma once

#include <cstddef>
#include <string_view>

namespace ferry::openai {

// Passes over blanks and one byte order mark, in pieces of any size. RFC 8259 section 8.1 lets a reader ignore the mark
// before JSON, WHATWG HTML section 9.2.6 demands it before an event stream; blanks are sent to keep a connection open.
// Pure.
class text_start {
public:
    // What is left of the next piece.
    std::string_view skip(std::string_view piece);

    // Something else has come.
    bool is_over() const { return is_over_; }
    // It began with bytes of a mark that were none.
    bool is_broken() const { return is_broken_; }

private:
    std::size_t mark_ = 0;  // bytes of it that have come
    bool is_over_ = false, is_broken_ = false;
};

}  // namespace ferry::openai
