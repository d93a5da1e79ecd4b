#include "http/request_reader.hpp"

#include <algorithm>
#include <charconv>

#include "http/text.hpp"

namespace ferry::bench {
namespace {

constexpr std::size_t max_head = 1 << 20;
constexpr std::size_t max_body = std::size_t(1) << 30;

}  // namespace

void request_reader::clear() {
    std::string kept = std::move(unchunked_);
    *this = request_reader();
    kept.clear();
    unchunked_ = std::move(kept);
}

read_state request_reader::bad(std::string_view why) {
    problem_ = why;
    return read_state::bad;
}

bool request_reader::header_line(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const auto name = line.substr(0, colon);
    const auto value = trimmed(line.substr(colon + 1));
    switch (name.size()) {
        case 6:
            if (same_word(name, "expect") && same_word(value, "100-continue")) wants_continue_ = true;
            break;
        case 10:
            if (same_word(name, "connection") && same_word(value, "close")) keep_alive_ = false;
            break;
        case 14:
            if (same_word(name, "content-length")) {
                const auto end = value.data() + value.size();
                const auto parsed = std::from_chars(value.data(), end, length_);
                if (parsed.ec != std::errc() || parsed.ptr != end || has_length_ || length_ > max_body) return false;
                has_length_ = true;
            }
            break;
        case 17:
            if (same_word(name, "transfer-encoding")) {
                if (!same_word(value, "chunked")) return false;
                chunked_ = true;
            }
            break;
    }
    return true;
}

read_state request_reader::read_head(std::string_view in) {
    const auto end = in.find("\r\n\r\n", scanned_ > 3 ? scanned_ - 3 : 0);
    if (end == std::string_view::npos) {
        scanned_ = in.size();
        return in.size() > max_head ? bad("the head is larger than 1 MiB") : read_state::more;
    }
    const auto line_end = in.find("\r\n");
    const auto line = in.substr(0, line_end);
    const auto version = line.rfind(' ');
    if (version == std::string_view::npos || line.find(' ') == version || line.substr(version + 1, 7) != "HTTP/1.") {
        return bad("not an HTTP/1.x request line");
    }
    keep_alive_ = line.substr(version + 1) != "HTTP/1.0";
    for (std::size_t at = line_end + 2; at < end + 2;) {
        const auto stop = in.find("\r\n", at);
        if (!header_line(in.substr(at, stop - at))) return bad("a header line that cannot be framed by");
        at = stop + 2;
    }
    if (chunked_ && has_length_) return bad("both Content-Length and Transfer-Encoding");
    head_end_ = chunk_at_ = end + 4;
    return read_state::complete;
}

read_state request_reader::read_chunks(std::string_view in) {
    for (;;) {
        const auto line_end = in.find("\r\n", chunk_at_);
        if (line_end == std::string_view::npos) return read_state::more;
        std::size_t size = 0;
        const auto parsed = std::from_chars(in.data() + chunk_at_, in.data() + line_end, size, 16);
        if (parsed.ec != std::errc() || size > max_body) return bad("a chunk size that is not hexadecimal");
        const auto data = line_end + 2;
        if (size == 0) {
            const auto end = in.substr(data, 2) == "\r\n" ? data : in.find("\r\n\r\n", data);
            if (end == std::string_view::npos) return read_state::more;
            consumed_ = end + (end == data ? 2 : 4);
            return read_state::complete;
        }
        if (in.size() < data + size + 2) return read_state::more;
        if (in.substr(data + size, 2) != "\r\n") return bad("a chunk without its end of line");
        unchunked_.append(in.substr(data, size));
        chunk_at_ = data + size + 2;
    }
}

read_state request_reader::finish(std::string_view in) {
    const auto line = in.substr(0, in.find("\r\n"));
    const auto first = line.find(' '), last = line.rfind(' ');
    request_.head = in.substr(0, head_end_);
    request_.method = line.substr(0, first);
    request_.target = line.substr(first + 1, last - first - 1);
    const auto question = request_.target.find('?');
    request_.path = request_.target.substr(0, question);
    request_.query = question == std::string_view::npos ? std::string_view() : request_.target.substr(question + 1);
    request_.body = chunked_ ? std::string_view(unchunked_) : in.substr(head_end_, length_);
    request_.framing = chunked_ ? body_framing::chunked : has_length_ ? body_framing::length : body_framing::none;
    request_.keep_alive = keep_alive_;
    request_.is_http10 = line.back() == '0';
    return read_state::complete;
}

read_state request_reader::read(std::string_view in) {
    if (head_end_ == 0) {
        const auto state = read_head(in);
        if (state != read_state::complete) return state;
    }
    if (consumed_ == 0) {
        if (chunked_) {
            const auto state = read_chunks(in);
            if (state != read_state::complete) return state;
        } else {
            if (in.size() < head_end_ + length_) return read_state::more;
            consumed_ = head_end_ + length_;
        }
    }
    return finish(in);
}

}  // namespace ferry::bench
