#include "http/event_scanner.hpp"

namespace ferry::bench {

void event_scanner::clear() {
    line_.clear();
    data_.clear();
    has_data_ = false;
}

void event_scanner::take_line(std::string_view line, event_sink& sink) {
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (line.empty()) {
        if (has_data_) sink.take_event(data_);
        data_.clear();
        has_data_ = false;
        return;
    }
    constexpr std::string_view field = "data:";
    if (line.substr(0, field.size()) != field) return;
    line.remove_prefix(field.size());
    if (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    if (has_data_) data_ += '\n';
    data_ += line;
    has_data_ = true;
}

void event_scanner::read(std::string_view bytes, event_sink& sink) {
    for (;;) {
        const auto end = bytes.find('\n');
        if (end == std::string_view::npos) {
            line_ += bytes;
            return;
        }
        if (line_.empty()) {
            take_line(bytes.substr(0, end), sink);
        } else {
            line_ += bytes.substr(0, end);
            take_line(line_, sink);
            line_.clear();
        }
        bytes.remove_prefix(end + 1);
    }
}

void event_scanner::finish(event_sink& sink) {
    if (!line_.empty()) take_line(line_, sink);
    take_line({}, sink);
    clear();
}

}  // namespace ferry::bench
