#include "http/request_reader.hpp"

#include <algorithm>
#include <charconv>

#include "http/text.hpp"

namespace ferry::bench {
namespace {

constexpr std::size_t max_head = 1 << 20;
constexpr std::uint64_t max_body = std::uint64_t(1) << 40;
constexpr std::size_t most_of_a_body = std::size_t(64) << 20;
constexpr std::size_t most_of_a_form = std::size_t(1) << 20;
constexpr std::string_view form_type = "multipart/form-data";

}  // namespace

void request_reader::clear() {
    std::string kept = std::move(unchunked_);
    *this = request_reader(*large_);
    kept.clear();
    if (kept.capacity() <= most_of_a_form) unchunked_ = std::move(kept);
}

std::size_t request_reader::most_held() const {
    return multipart_ ? most_of_a_form : most_of_a_body;
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
        case 12:
            if (same_word(name, "content-type")) multipart_ = same_word(value.substr(0, form_type.size()), form_type);
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
    head_end_ = at_ = end + 4;
    return read_state::complete;
}

// From here on the body is given away, and the head stays behind in a copy.
void request_reader::turn_large(std::string_view in) {
    is_large_ = true;
    large_head_ = in.substr(0, head_end_);
    fill_head(large_head_);
    large_->start(request_);
    large_->take(unchunked_);
    unchunked_.clear();
}

void request_reader::take(std::string_view bytes) {
    taken_ += bytes.size();
    if (is_large_) return large_->take(bytes);
    unchunked_.append(bytes);
}

read_state request_reader::read_length(std::string_view in) {
    if (!is_large_ && length_ > most_held()) turn_large(in);
    if (!is_large_) {
        if (in.size() < head_end_ + length_) return read_state::more;
        at_ = head_end_ + static_cast<std::size_t>(length_);
        return read_state::complete;
    }
    const auto wanted = std::min<std::uint64_t>(in.size() - at_, length_ - taken_);
    take(in.substr(at_, static_cast<std::size_t>(wanted)));
    at_ += static_cast<std::size_t>(wanted);
    return taken_ == length_ ? read_state::complete : read_state::more;
}

bool request_reader::read_chunk_size(std::string_view in) {
    const auto line_end = in.find("\r\n", at_);
    if (line_end == std::string_view::npos) return false;
    const auto parsed = std::from_chars(in.data() + at_, in.data() + line_end, chunk_left_, 16);
    if (parsed.ec != std::errc() || chunk_left_ > max_body) {
        bad("a chunk size that is not hexadecimal");
        return false;
    }
    at_ = line_end + 2;
    expected_ = chunk_left_ == 0 ? chunk_part::trailer : chunk_part::data;
    return true;
}

read_state request_reader::read_chunks(std::string_view in) {
    for (;;) {
        switch (expected_) {
            case chunk_part::size:
                if (!read_chunk_size(in)) return problem_.empty() ? read_state::more : read_state::bad;
                break;
            case chunk_part::data: {
                const auto here = static_cast<std::size_t>(std::min<std::uint64_t>(in.size() - at_, chunk_left_));
                take(in.substr(at_, here));
                at_ += here;
                chunk_left_ -= here;
                if (!is_large_ && unchunked_.size() > most_held()) turn_large(in);
                if (chunk_left_ > 0) return read_state::more;
                expected_ = chunk_part::end_of_data;
                break;
            }
            case chunk_part::end_of_data:
                if (in.size() < at_ + 2) return read_state::more;
                if (in.substr(at_, 2) != "\r\n") return bad("a chunk without its end of line");
                at_ += 2;
                expected_ = chunk_part::size;
                break;
            case chunk_part::trailer: {
                const auto end = in.substr(at_, 2) == "\r\n" ? at_ : in.find("\r\n\r\n", at_);
                if (end == std::string_view::npos) return read_state::more;
                at_ = end + (end == at_ ? 2 : 4);
                return read_state::complete;
            }
        }
    }
}

void request_reader::fill_head(std::string_view head) {
    const auto line = head.substr(0, head.find("\r\n"));
    const auto first = line.find(' '), last = line.rfind(' ');
    request_.head = head;
    request_.method = line.substr(0, first);
    request_.target = line.substr(first + 1, last - first - 1);
    const auto question = request_.target.find('?');
    request_.path = request_.target.substr(0, question);
    request_.query = question == std::string_view::npos ? std::string_view() : request_.target.substr(question + 1);
    request_.framing = chunked_ ? body_framing::chunked : has_length_ ? body_framing::length : body_framing::none;
    request_.keep_alive = keep_alive_;
    request_.is_http10 = line.back() == '0';
}

read_state request_reader::read(std::string_view in) {
    if (head_end_ == 0) {
        const auto state = read_head(in);
        if (state != read_state::complete) return state;
    }
    consumed_ = 0;
    const auto state = chunked_ ? read_chunks(in) : read_length(in);
    if (state == read_state::bad) return state;
    if (is_large_ || state == read_state::complete) consumed_ = at_;
    if (is_large_) at_ = 0;
    if (state == read_state::more) return state;
    if (!is_large_) {
        fill_head(in.substr(0, head_end_));
        request_.body = chunked_ ? std::string_view(unchunked_) : in.substr(head_end_, at_ - head_end_);
    }
    request_.body_size = is_large_ ? taken_ : request_.body.size();
    return state;
}

}  // namespace ferry::bench
