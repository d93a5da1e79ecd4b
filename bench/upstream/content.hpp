#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "upstream/action.hpp"

namespace ferry::bench {

// A text cut into the pieces in which a stream sends it, each already the inside of a JSON string. Lorem text is made
// as it is asked for, so that a long answer needs no memory.
class content {
public:
    // The action's own pieces or text, else lorem; at most `max_pieces` of it (-1: no limit).
    content(const action& a, std::int64_t max_pieces);
    content(std::string_view text, int pieces, int piece_bytes);  // pieces -1: by words

    std::size_t size() const { return count_; }
    bool was_shortened() const { return shortened_; }
    void append(std::size_t i, std::string& out) const;
    void append_all(std::string& out) const;

private:
    void cut(std::string_view text, int pieces, int piece_bytes);

    std::vector<std::string> pieces_;  // empty: lorem
    std::size_t count_ = 0;
    std::size_t lorem_bytes_ = 0;  // 0: a word each
    bool shortened_ = false;
};

}  // namespace ferry::bench
