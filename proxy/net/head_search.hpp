// Where the head of a message ends.
#pragma once

#include <cstddef>
#include <string_view>

namespace ferry::net {

// Progress of the search for the end of a head. Pure; REQUIRES: `bytes` only grows between calls.
class head_search {
public:
    enum class state { incomplete, complete, bare_lf, not_http };
    // After `complete`, size() is the length of the head with its empty line.
    state look(std::string_view bytes);
    std::size_t size() const { return end_; }

private:
    std::size_t seen_ = 0;
    std::size_t end_ = 0;
};

}  // namespace ferry::net
