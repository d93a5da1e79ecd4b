// Content codings (RFC 9110 section 8.4) undone piece by piece: gzip, deflate, br, zstd, and lists of them. No I/O.
#pragma once

#include <boost/container/static_vector.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "net/http_head.hpp"

namespace ferry::net {

enum class content_coding : std::uint8_t { gzip, deflate, brotli, zstd };

// In the order they were applied. Nobody needs more of them; each further one costs memory.
using coding_list = boost::container::static_vector<content_coding, 3>;

// As an answer to a request in another coding names them (RFC 9110 section 15.5.16).
inline constexpr std::string_view accepted_codings = "gzip, deflate, br, zstd";

// What the fields Content-Encoding of this head say, all of them taken together. Empty where there is nothing to undo:
// no such field, one without a value, `identity`. Nothing where a coding is unknown, or where there are too many.
std::optional<coding_list> content_codings(const http_head& head);

// How far a body may grow. 0 is no limit.
struct expansion_limits {
    std::uint64_t bytes = 0;       // of what comes out
    std::uint64_t ratio = 0;       // of what comes out to what went in, once more than
    std::uint64_t ratio_from = 0;  // so many bytes came out
};

class decoding_stage;

// Undoes the codings of one body. What can be decoded of the bytes given so far comes out at once, so that a stream
// keeps its pace. Memory is bounded by the formats: 32 KiB of history for gzip and deflate, at most 16 MiB for br and
// 8 MiB for zstd (RFC 9659).
// Owned by whoever reads the body; lives on one core; does no I/O.
class content_decoder {
public:
    enum class verdict {
        good,
        unknown,    // there is no such coding: of content_expansion alone
        broken,     // the bytes are not in this coding, or something follows its end
        too_large,  // a limit on what comes out is reached
    };
    struct step {
        std::size_t consumed = 0, produced = 0;
        verdict says = verdict::good;
    };

    // REQUIRES: at least one coding. Throws std::bad_alloc.
    content_decoder(const coding_list& codings, expansion_limits limits);
    ~content_decoder();
    content_decoder(content_decoder&&) noexcept;
    content_decoder& operator=(content_decoder&&) = delete;

    // Takes bytes from the front of `in` and writes to the front of `out` until one of them is used up. Where `out` was
    // filled there may be more to come: call again, with what is left of `in` or with nothing.
    // What was written before an error is good. REQUIRES: room in `out`.
    step decode(std::string_view in, std::span<char> out);

    // Whether the body may end here: no byte of it came at all, or its codings have come to their ends.
    bool complete() const;

    // Bytes held for the codings' histories.
    std::size_t memory() const;

private:
    struct link;

    bool run_one(std::size_t i, std::string_view& in, std::span<char>& out);
    step run_all(std::string_view in, std::span<char> out);

    std::vector<link> chain_;  // the coding that was applied last stands first
    expansion_limits limits_;
    std::uint64_t taken_ = 0, given_ = 0;
};

}  // namespace ferry::net
