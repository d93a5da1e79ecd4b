// Buffers whole lines and writes them to a descriptor without ever waiting for the reader.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/text_buffer.hpp"

namespace ferry {

// A core must not stand still because whoever reads its log does. A pipe or terminal is therefore opened a second time
// without blocking (the descriptor other processes share keeps its mode), a socket is written with MSG_DONTWAIT, and a
// file cannot block. What a slow reader leaves over stays here, up to 1 MiB; lines beyond it are lost and counted, and
// the number is logged once the reader is back. Only where a second open is refused does a write block, as nginx's do.
// To pipes, terminals and sockets at most 4096 bytes (PIPE_BUF) of whole lines go at once, so that lines of several
// cores never mix.
// Owned by: one access log. Lives on: its core. REQUIRES: SIGPIPE is ignored.
class log_writer {
public:
    explicit log_writer(int descriptor);  // not owned; 1 is stdout
    ~log_writer();                        // flushes
    log_writer(const log_writer&) = delete;
    log_writer& operator=(const log_writer&) = delete;

    // Where the next line goes: append it, with its line feed, then call line_done(). At most 4096 bytes a line.
    text_buffer& buffer() { return buffer_; }
    void line_done();

    // Writes as much as the reader takes now. After a write error the buffered lines are lost and counted.
    void flush();

    std::uint64_t lost_lines() const { return lost_total_; }

private:
    enum class target { file, socket, stream };

    std::size_t next_piece(std::size_t from) const;
    void report_lost();

    target target_ = target::stream;
    int descriptor_;
    bool owned_ = false;
    text_buffer buffer_;
    std::size_t line_start_ = 0;          // the line being appended begins here
    std::size_t flush_next_ = 16 * 1024;  // line_done() flushes when the buffer holds as much
    std::uint64_t lost_total_ = 0;
    std::uint64_t lost_reported_ = 0;
};

}  // namespace ferry
