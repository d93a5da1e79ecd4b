#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace ferry::bench {

// Takes what an answer_reader finds.
class answer_sink {
public:
    virtual void take_head(int status, bool is_event_stream) = 0;
    virtual void take_body(std::string_view bytes) = 0;

protected:
    ~answer_sink() = default;
};

enum class answer_state { more, complete, bad };

// Reads HTTP/1.1 answers as a client: gives the body away as it arrives, without its framing. Interim answers are
// passed over. Owned by: a connection.
class answer_reader {
public:
    explicit answer_reader(answer_sink& sink) : sink_(&sink) {}

    // All that was received, in order. What stands behind a complete answer is no part of anything.
    answer_state read(std::string_view bytes);
    answer_state closed();  // the peer sends nothing more
    // REQUIRES: the answer is complete.
    bool keeps_alive() const { return keeps_alive_ && !trailing_; }
    std::string_view problem() const { return problem_; }  // why it is bad
    void clear();                                          // ready for the next answer

private:
    enum class part { head, length, chunk_size, chunk_data, chunk_end, trailer, until_close, over };

    std::size_t read_head(std::string_view bytes);
    void parse_head(std::string_view head);
    void header_line(std::string_view line);
    void read_framing(char c);
    void fail(std::string_view why);

    answer_sink* sink_;
    part part_ = part::head;
    std::string head_;  // as much of one as has come
    int status_ = 0;
    bool is_event_stream_ = false, is_chunked_ = false, has_length_ = false;
    bool keeps_alive_ = true;
    bool trailing_ = false;
    bool in_extension_ = false, has_digits_ = false;  // of a chunk's size
    std::size_t line_size_ = 0;                       // of a trailer, without its end
    std::uint64_t left_ = 0;                          // of the body, or of the chunk
    std::string_view problem_;
};

}  // namespace ferry::bench
