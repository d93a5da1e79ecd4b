#include "openai/sse.hpp"

#include <algorithm>
#include <cstring>

#include "openai/byte_order_mark.hpp"

namespace ferry::openai {
namespace {

struct field {
    std::string_view name, value;
};

// WHATWG HTML 9.2.6: the value begins after the colon and one space, if there is one.
field split(std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return {line, {}};
    auto value = line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    return {line.substr(0, colon), value};
}

// Takes one line with its end off the front of `text`.
std::string_view take_line_of(std::string_view& text) {
    const auto end = std::min(text.find_first_of("\r\n"), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(end);
    text.remove_prefix(text.starts_with("\r\n") ? 2 : text.empty() ? 0 : 1);
    return line;
}

}  // namespace

std::string_view data_of(const sse_event& event, std::string& joined) {
    if (event.data_lines < 2) return event.data;
    joined.clear();
    bool first = true;
    for (auto rest = event.raw; !rest.empty();) {
        const auto [name, value] = split(take_line_of(rest));
        if (name != "data") continue;
        if (!first) joined += '\n';
        joined += value;
        first = false;
    }
    return joined;
}

// Moves on to the next `byte` at or after line_, going on where the last search ended.
void sse_scanner::seek(seeker& s, char byte, std::string_view pending) const {
    if (s.found && s.at >= line_) return;
    s.at = std::max(s.at, line_);
    s.found = false;
    if (s.at >= pending.size()) return;
    const void* const hit = std::memchr(pending.data() + s.at, byte, pending.size() - s.at);
    s.found = hit != nullptr;
    s.at = s.found ? static_cast<std::size_t>(static_cast<const char*>(hit) - pending.data()) : pending.size();
}

// False while it cannot be known yet whether the stream begins with a byte order mark.
bool sse_scanner::skip_bom(std::string_view pending) {
    if (!at_stream_start_) return true;
    if (pending.size() < byte_order_mark.size() && byte_order_mark.starts_with(pending)) return false;
    at_stream_start_ = false;
    if (pending.starts_with(byte_order_mark)) start_ = line_ = byte_order_mark.size();
    return true;
}

std::optional<sse_event> sse_scanner::next(std::string_view pending) {
    if (!skip_bom(pending)) return std::nullopt;
    for (;;) {
        seek(lf_, '\n', pending);
        seek(cr_, '\r', pending);
        if (!lf_.found && !cr_.found) return std::nullopt;
        const bool by_cr = cr_.found && (!lf_.found || cr_.at < lf_.at);
        const std::size_t end = by_cr ? cr_.at : lf_.at;
        std::size_t after = end + 1;
        if (by_cr && after == pending.size()) {
            if (!bare_cr_) return std::nullopt;  // an LF may belong to it
        } else if (by_cr) {
            if (pending[after] == '\n')
                ++after;
            else
                bare_cr_ = true;
        }
        const bool is_blank = end == line_ && !mid_line_;
        if (!is_blank) take_line(pending, end);
        mid_line_ = false;
        line_ = after;
        if (!is_blank) continue;
        const auto event = make_event(pending, after);
        reset();
        return event;
    }
}

std::optional<sse_event> sse_scanner::finish(std::string_view pending) {
    if (pending.size() <= start_ && !headless_) return std::nullopt;
    std::string_view line = pending.substr(std::min(line_, pending.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    const bool is_blank = line.empty() && line_ < pending.size() && !mid_line_;
    if (!line.empty()) take_line(pending, line_ + line.size());
    auto event = make_event(pending, pending.size());
    event.is_ended = is_blank;
    reset();
    return event;
}

void sse_scanner::take_line(std::string_view pending, std::size_t end) {
    if (mid_line_) return;  // its name is gone
    const auto line = pending.substr(line_, end - line_);
    if (line.starts_with(':')) return;
    has_fields_ = true;
    const auto [name, value] = split(line);
    const auto value_end = end, value_begin = end - value.size();
    if (name == "data") {
        if (data_lines_++ != 0) return;
        data_begin_ = value_begin;
        data_end_ = value_end;
    } else if (name == "event") {
        name_begin_ = value_begin;
        name_end_ = value_end;
    } else if (name == "id") {
        has_id_ = true;
    }
}

sse_event sse_scanner::make_event(std::string_view pending, std::size_t end) const {
    sse_event event;
    event.raw = pending.substr(start_, end - start_);
    event.consumed = end;
    event.data = pending.substr(data_begin_, data_end_ - data_begin_);
    event.name = pending.substr(name_begin_, name_end_ - name_begin_);
    event.data_lines = data_lines_;
    event.has_fields = has_fields_;
    event.has_id = has_id_;
    event.is_headless = headless_;
    return event;
}

void sse_scanner::reset() {
    // What was found ahead stays found: the bytes move to the front by what the caller drops.
    const auto dropped = line_;
    for (seeker* s : {&lf_, &cr_}) {
        s->found = s->found && s->at >= dropped;
        s->at = s->at > dropped ? s->at - dropped : 0;
    }
    start_ = line_ = 0;
    data_begin_ = data_end_ = name_begin_ = name_end_ = data_lines_ = 0;
    has_fields_ = has_id_ = headless_ = mid_line_ = false;
}

std::size_t sse_scanner::give_up(std::string_view pending) {
    // A CR at the end may be half of a CRLF: it stays for the next look.
    const std::size_t given = pending.size() - (pending.ends_with('\r') ? 1 : 0);
    const bool mid_line = given > line_ || mid_line_;
    line_ = given;
    reset();
    mid_line_ = mid_line;
    headless_ = true;
    return given;
}

}  // namespace ferry::openai
