#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "http/request.hpp"

namespace ferry::bench {

enum class read_state { more, complete, bad };

// Takes the bodies that are too large to be held, as they arrive.
class body_sink {
public:
    virtual void start(const request& r) = 0;  // `r` has no body yet, and is valid during the call
    virtual void take(std::string_view bytes) = 0;

protected:
    ~body_sink() = default;
};

// Finds one HTTP/1.x request at the start of a growing buffer, without copying what is framed by length.
// Lenient about what does not change the framing, for the mock must take whatever a proxy sends and record it.
// A body is held up to 64 MiB, a multipart one up to 1 MiB; a larger one goes to the sink. Owned by: a session.
class request_reader {
public:
    explicit request_reader(body_sink& large) : large_(&large) {}

    // `in` starts at the request's first byte and holds all that was received so far but what was consumed.
    read_state read(std::string_view in);
    bool has_head() const { return head_end_ != 0; }
    bool is_large() const { return is_large_; }
    const request& found() const { return request_; }  // REQUIRES: read() said complete, or is_large()
    // Bytes of `in` that are done with: after a complete request all of it, before that those of a large body. They
    // must be gone from `in` before the next read().
    std::size_t consumed() const { return consumed_; }
    bool wants_continue() const { return wants_continue_; }  // Expect: 100-continue, body not yet whole
    std::string_view problem() const { return problem_; }    // why it is bad
    void clear();                                            // ready for the next request

private:
    enum class chunk_part { size, data, end_of_data, trailer };

    read_state read_head(std::string_view in);
    read_state bad(std::string_view why);
    bool header_line(std::string_view line);
    read_state read_length(std::string_view in);
    read_state read_chunks(std::string_view in);
    bool read_chunk_size(std::string_view in);  // false: the line is not whole, or there is a problem
    void take(std::string_view bytes);
    void turn_large(std::string_view in);
    void fill_head(std::string_view head);
    std::size_t most_held() const;

    body_sink* large_;
    std::size_t head_end_ = 0;  // 0: not seen yet
    std::size_t scanned_ = 0;   // for the end of the head
    std::uint64_t length_ = 0;
    bool has_length_ = false;
    bool chunked_ = false;
    bool multipart_ = false;
    bool keep_alive_ = true;
    bool wants_continue_ = false;
    std::size_t at_ = 0;  // in `in`: what was not looked at yet
    chunk_part expected_ = chunk_part::size;
    std::uint64_t chunk_left_ = 0;
    std::string unchunked_;
    bool is_large_ = false;
    std::string large_head_;
    std::uint64_t taken_ = 0;  // bytes of the body
    std::size_t consumed_ = 0;
    std::string_view problem_;
    request request_;
};

}  // namespace ferry::bench
