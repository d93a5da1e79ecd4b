#include "http/answer_reader.hpp"

#include <algorithm>
#include <charconv>

#include "http/text.hpp"

namespace ferry::bench {
namespace {

constexpr std::size_t longest_head = 256 * 1024;
constexpr std::uint64_t longest_chunk = std::uint64_t(1) << 40;

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char low = lowered(c);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

}  // namespace

void answer_reader::clear() {
    std::string kept = std::move(head_);
    *this = answer_reader(*sink_);
    kept.clear();
    head_ = std::move(kept);
}

void answer_reader::fail(std::string_view why) {
    if (problem_.empty()) problem_ = why;
}

void answer_reader::header_line(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return fail("a header line without a colon");
    const auto name = line.substr(0, colon);
    const auto value = trimmed(line.substr(colon + 1));
    if (name.size() == 14 && same_word(name, "content-length")) {
        const auto parsed = std::from_chars(value.data(), value.data() + value.size(), left_);
        if (parsed.ec != std::errc() || parsed.ptr != value.data() + value.size() || has_length_) {
            return fail("a Content-Length that is no number, or a second one");
        }
        has_length_ = true;
    } else if (name.size() == 17 && same_word(name, "transfer-encoding")) {
        if (!same_word(value, "chunked")) return fail("a Transfer-Encoding other than chunked");
        is_chunked_ = true;
    } else if (name.size() == 10 && same_word(name, "connection")) {
        if (same_word(value, "close")) keeps_alive_ = false;
    } else if (name.size() == 12 && same_word(name, "content-type")) {
        constexpr std::string_view events = "text/event-stream";
        is_event_stream_ = same_word(value.substr(0, events.size()), events);
    }
}

void answer_reader::parse_head(std::string_view head) {
    const auto line_end = head.find("\r\n");
    const auto line = head.substr(0, line_end);
    if (line.substr(0, 7) != "HTTP/1." || line.size() < 12 || line[8] != ' ') return fail("not an HTTP/1.1 answer");
    if (std::from_chars(line.data() + 9, line.data() + 12, status_).ptr != line.data() + 12 || status_ < 100) {
        return fail("a status that is no number");
    }
    is_event_stream_ = is_chunked_ = has_length_ = false;
    keeps_alive_ = line[7] != '0';
    for (auto at = line_end + 2; at < head.size();) {
        const auto stop = head.find("\r\n", at);
        if (stop == at) break;
        header_line(head.substr(at, stop - at));
        at = stop + 2;
    }
    if (!problem_.empty() || (status_ < 200 && status_ != 101)) return;
    sink_->take_head(status_, is_event_stream_);
    const bool has_no_body = status_ == 204 || status_ == 304 || (has_length_ && !is_chunked_ && left_ == 0);
    part_ = has_no_body ? part::over : is_chunked_ ? part::chunk_size : has_length_ ? part::length : part::until_close;
    if (is_chunked_) left_ = 0;
    if (part_ == part::until_close) keeps_alive_ = false;
}

// How many of the bytes belong to the head; part_ stays as it is until that is whole.
std::size_t answer_reader::read_head(std::string_view bytes) {
    constexpr std::string_view mark = "\r\n\r\n";
    if (head_.empty()) {
        const auto end = bytes.find(mark);
        if (end != std::string_view::npos) {
            parse_head(bytes.substr(0, end + mark.size()));
            return end + mark.size();
        }
    }
    const auto had = head_.size();
    head_ += bytes;
    const auto end = head_.find(mark, had > 3 ? had - 3 : 0);
    if (end == std::string::npos) {
        if (head_.size() > longest_head) fail("a head larger than 256 KiB");
        return bytes.size();
    }
    parse_head(std::string_view(head_).substr(0, end + mark.size()));
    head_.clear();
    return end + mark.size() - had;
}

void answer_reader::read_framing(char c) {
    if (part_ == part::chunk_size) {
        const int digit = in_extension_ ? -1 : hex_digit(c);
        if (digit >= 0) {
            left_ = left_ * 16 + static_cast<unsigned>(digit);
            has_digits_ = true;
            if (left_ > longest_chunk) fail("a chunk of more than a TiB");
        } else if (c == '\n') {
            if (!has_digits_) return fail("a chunk without its size");
            part_ = left_ == 0 ? part::trailer : part::chunk_data;
            in_extension_ = has_digits_ = false;
            line_size_ = 0;
        } else if (c == ';' || c == ' ' || c == '\r') {
            in_extension_ = true;
        } else if (!in_extension_) {
            fail("a chunk size that is not hexadecimal");
        }
    } else if (part_ == part::chunk_end) {
        if (c == '\n') part_ = part::chunk_size;
        if (c != '\n' && c != '\r') fail("a chunk longer than its size");
    } else if (c == '\n') {  // of a trailer
        if (line_size_ == 0) part_ = part::over;
        line_size_ = 0;
    } else if (c != '\r') {
        ++line_size_;
    }
}

answer_state answer_reader::read(std::string_view bytes) {
    while (!bytes.empty() && problem_.empty()) {
        switch (part_) {
            case part::head:
                bytes.remove_prefix(read_head(bytes));
                break;
            case part::until_close:
                sink_->take_body(bytes);
                return answer_state::more;
            case part::length:
            case part::chunk_data: {
                const auto here = static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), left_));
                sink_->take_body(bytes.substr(0, here));
                bytes.remove_prefix(here);
                left_ -= here;
                if (left_ == 0) part_ = part_ == part::length ? part::over : part::chunk_end;
                break;
            }
            case part::over:
                trailing_ = true;
                return answer_state::complete;
            default:
                read_framing(bytes.front());
                bytes.remove_prefix(1);
        }
    }
    if (!problem_.empty()) return answer_state::bad;
    return part_ == part::over ? answer_state::complete : answer_state::more;
}

answer_state answer_reader::closed() {
    if (part_ == part::until_close) part_ = part::over;
    if (part_ == part::over) return answer_state::complete;
    fail(part_ == part::head ? "the connection ended before the answer's head was whole"
                             : "the connection ended within the answer");
    return answer_state::bad;
}

}  // namespace ferry::bench
