#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "http/request.hpp"

namespace ferry::bench {

enum class read_state { more, complete, bad };

// Finds one HTTP/1.x request at the start of a growing buffer, without copying what is framed by length.
// Lenient about what does not change the framing, for the mock must take whatever a proxy sends and record it.
// Owned by: a session.
class request_reader {
public:
    // `in` starts at the request's first byte and holds all that was received so far.
    read_state read(std::string_view in);
    bool has_head() const { return head_end_ != 0; }
    const request& found() const { return request_; }        // REQUIRES: read() said complete
    std::size_t consumed() const { return consumed_; }       // bytes of `in` that belong to it
    bool wants_continue() const { return wants_continue_; }  // Expect: 100-continue, body not yet whole
    std::string_view problem() const { return problem_; }    // why it is bad
    void clear();                                            // ready for the next request

private:
    read_state read_head(std::string_view in);
    read_state bad(std::string_view why);
    bool header_line(std::string_view line);
    read_state read_chunks(std::string_view in);
    read_state finish(std::string_view in);

    std::size_t head_end_ = 0;  // 0: not seen yet
    std::size_t scanned_ = 0;   // for the end of the head
    std::size_t length_ = 0;
    bool has_length_ = false;
    bool chunked_ = false;
    bool keep_alive_ = true;
    bool wants_continue_ = false;
    std::size_t chunk_at_ = 0;  // where the next chunk header starts
    std::string unchunked_;
    std::size_t consumed_ = 0;
    std::string_view problem_;
    request request_;
};

}  // namespace ferry::bench
