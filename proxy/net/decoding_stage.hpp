// One content coding undone piece by piece, by the library that knows it.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "net/content_coding.hpp"

namespace ferry::net {

// Owned by a content_decoder.
class decoding_stage {
public:
    virtual ~decoding_stage() = default;

    // Takes from the front of `in`, writes to the front of `out`, moves both on. Stops where either is used up. False:
    // the bytes are not in this coding.
    virtual bool run(std::string_view& in, std::span<char>& out) = 0;
    // Whether the body may end here.
    virtual bool complete() const = 0;
    virtual std::size_t memory() const = 0;
};

// Throws std::bad_alloc.
std::unique_ptr<decoding_stage> make_stage(content_coding coding);

}  // namespace ferry::net
