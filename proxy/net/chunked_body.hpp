// The chunked transfer coding (RFC 9112 section 7.1), decoded into views.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/piece_list.hpp"

namespace ferry::net {

// Consumes every byte it is given, up to the end of the body: a size or a trailer that is split between two reads needs
// no room to wait in. Sizes have at most 16 digits, the extensions of one body 256 bytes, its trailers 8 KiB; a line
// ends in CRLF: what two parsers could read differently is an error. Owned by an http_reader and used for one body
// after the other; lives on one core; does no I/O.
class chunked_body {
public:
    // Forgets the last body.
    void reset() { *this = {}; }

    // Decodes bytes that follow what was consumed so far; appends views of payload and returns how many bytes it
    // consumed: all of them, unless the body ended or has_failed().
    std::size_t read(std::string_view bytes, piece_list& payload);
    bool is_done() const { return state_ == state::done; }
    bool has_failed() const { return state_ == state::failed; }
    // A part of a sentence, where has_failed().
    std::string_view what_is_wrong() const { return wrong_; }

private:
    enum class state {
        size,         // digits
        extension,    // behind the size, to the end of its line
        size_lf,      // behind the CR of that line
        data,
        data_cr,
        data_lf,
        trailer,      // at the beginning of a line
        trailer_name,
        trailer_value,
        trailer_lf,
        end_lf,       // behind the CR of the empty line
        done,
        failed,
    };

    void fail(std::string_view why);
    void take(char c);
    void take_size(char c);
    void take_extension(char c);
    void take_trailer(char c);
    void end_size();

    state state_ = state::size;
    std::uint64_t left_ = 0;  // of the current chunk
    int digits_ = 0;
    bool quoted_ = false;
    std::size_t extension_bytes_ = 0, trailer_bytes_ = 0;  // of the whole body
    std::string_view wrong_;
};

}  // namespace ferry::net
