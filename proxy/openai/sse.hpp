#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::openai {

// One event of a text/event-stream (WHATWG HTML, section 9.2), as views of the buffer it was found in.
struct sse_event {
    std::string_view raw;      // all its bytes with the blank line that ends it
    std::size_t consumed = 0;  // bytes to drop from the front of the buffer: raw and, at the very start, a BOM
    std::string_view data;     // the value of its first data line
    std::string_view name;     // the value of its last `event:` line, "" if none
    std::size_t data_lines = 0;
    bool has_fields = false;   // any line but comments and blanks
    bool has_id = false;       // an `id:` line
    bool is_ended = true;      // false: the stream stopped before the blank line (only from finish())
    bool is_headless = false;  // its first bytes were given away by give_up(): fields are unknown, raw is the rest

    bool is_comment_only() const { return !has_fields && !is_headless; }
};

// The data lines of an event joined by '\n': a view of the event, or of `joined` for the rare one that has several.
std::string_view data_of(const sse_event& event, std::string& joined);

// Finds the events in a buffer that grows at its end, looking at every byte at most twice however it is split.
// Reads LF, CR and CRLF. Owned by: the relay of one stream. Lives on: a core.
class sse_scanner {
public:
    // The next whole event of `pending`, or nothing until more bytes have come.
    // REQUIRES: `pending` is what it was at the last call with bytes added at the end, or, if that call returned an
    // event, without its first `consumed` bytes. The address may change.
    std::optional<sse_event> next(std::string_view pending);

    // At the end of the stream: what is left, as an event without its blank line; nothing if nothing is left.
    std::optional<sse_event> finish(std::string_view pending);

    // After next() has found nothing: where in `pending` the event begins that is not there as a whole; behind a byte
    // order mark at the very start, else 0.
    std::size_t event_start() const { return start_; }

    // For an event too large to hold: the caller passes on the first n bytes, n being the answer, and drops them from
    // its buffer. The rest of that event is later yielded with is_headless set.
    std::size_t give_up(std::string_view pending);

private:
    struct seeker {
        std::size_t at = 0;  // where the byte stands, or where the search goes on
        bool found = false;
    };
    void seek(seeker& s, char byte, std::string_view pending) const;
    bool skip_bom(std::string_view pending);
    void take_line(std::string_view pending, std::size_t end);
    sse_event make_event(std::string_view pending, std::size_t end) const;
    void reset();

    std::size_t start_ = 0;  // where the event begins in pending: 3 after a BOM, else 0
    std::size_t line_ = 0;   // where the current line begins
    seeker lf_, cr_;
    std::size_t data_begin_ = 0, data_end_ = 0, name_begin_ = 0, name_end_ = 0, data_lines_ = 0;
    bool has_fields_ = false, has_id_ = false, headless_ = false;
    bool mid_line_ = false;  // the current line began in bytes that were given up
    bool bare_cr_ = false;   // the stream ends lines by CR alone: no need to wait for an LF
    bool at_stream_start_ = true;
};

}  // namespace ferry::openai
