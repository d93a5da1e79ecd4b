// Buffers whole lines and writes them to a descriptor without waiting for the reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/text_buffer.hpp"

namespace ferry {

// A pipe or terminal is opened a second time without blocking (the descriptor other processes share keeps its mode) and
// a socket is written with MSG_DONTWAIT. What a slow reader leaves over stays here, up to 1 MiB; lines beyond it are
// lost and counted. Only a file, or a pipe whose second open is refused, can hold a write up.
// To pipes, terminals and sockets at most 4096 bytes (PIPE_BUF) of whole lines go at once, so that lines of several
// processes never mix.
// Owned by: one log thread, and lives on it. REQUIRES: SIGPIPE is ignored or blocked.
class log_writer {
public:
    explicit log_writer(int descriptor);  // not owned; 1 is stdout
    ~log_writer();                        // flushes
    log_writer(const log_writer&) = delete;
    log_writer& operator=(const log_writer&) = delete;

    // Takes `count` whole lines, each with its line feed.
    void add(std::string_view lines, std::size_t count);

    // Writes as much as the reader takes now. After a write error the buffered lines are lost and counted.
    void flush();

    std::uint64_t lost_lines() const { return lost_; }
    std::size_t buffered() const { return buffer_.size(); }  // bytes
    int descriptor() const { return descriptor_; }           // as it is written to

private:
    enum class target { file, socket, stream };

    std::size_t next_piece(std::size_t from) const;

    target target_ = target::stream;
    int descriptor_;
    bool owned_ = false;
    text_buffer buffer_;
    std::size_t flush_next_ = 16 * 1024;  // add() flushes when the buffer holds as much
    std::uint64_t lost_ = 0;
};

}  // namespace ferry
