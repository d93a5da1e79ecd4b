#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ferry::bench {

// Text of as many tokens as wanted: common English words, each of which is one token, with the space before it or
// without. Owned by: a workload. Lives on: any thread once made.
class vocabulary {
public:
    vocabulary();

    // Appends `tokens` words, each behind a space. They depend on `key` alone, and two keys have no beginning in
    // common. Nothing in them needs escaping in JSON.
    void append(std::uint32_t tokens, std::uint64_t key, std::string& out) const;

    static std::string_view words();  // all of them, separated by spaces

private:
    std::string river_;                  // words as they come, to be cut from
    std::vector<std::uint32_t> begins_;  // of each word in it, and its end
};

}  // namespace ferry::bench
