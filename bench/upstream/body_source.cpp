#include "upstream/body_source.hpp"

#include <utility>

namespace ferry::bench {

std::uint64_t body_source::size() const {
    std::uint64_t total = 0;
    piece p;
    for (const auto rest = copy(); rest->next(p); p.clear()) total += p.bytes.size();
    return total;
}

fixed_body::fixed_body(std::string bytes, std::int64_t completion_tokens)
    : bytes_(std::move(bytes)), completion_tokens_(completion_tokens) {}

bool fixed_body::next(piece& to) {
    if (std::exchange(is_given_, true)) return false;
    to.bytes = std::move(bytes_);
    to.completion_tokens = completion_tokens_;
    return true;
}

event_list::event_list(std::vector<std::string> events, std::chrono::microseconds interval)
    : events_(std::move(events)), interval_(interval) {}

bool event_list::next(piece& to) {
    if (at_ == events_.size()) return false;
    if (at_ > 0) to.wait = interval_;
    to.bytes = events_[at_++];
    to.is_event = to.is_token = true;
    return true;
}

waiting_body::waiting_body(plan p, std::unique_ptr<body_source> inner)
    : plan_(p), left_(p.wait), inner_(std::move(inner)) {}

std::unique_ptr<body_source> waiting_body::copy() const {
    auto made = std::make_unique<waiting_body>(plan_, inner_->copy());
    made->left_ = left_;
    made->waited_ = waited_;
    return made;
}

bool waiting_body::next(piece& to) {
    if (plan_.comment_interval.count() > 0 && left_ > plan_.comment_interval) {
        left_ -= plan_.comment_interval;
        to.wait = plan_.comment_interval;
        to.bytes = plan_.is_stream ? ": keep-alive\n\n" : "\n";
        return true;
    }
    if (std::exchange(waited_, true)) return inner_->next(to);
    if (plan_.blank_lines > 0) {
        to.bytes.assign(static_cast<std::size_t>(plan_.blank_lines), '\n');
        to.wait = left_;
        return true;
    }
    const bool more = inner_->next(to);
    to.wait += left_;
    return more;
}

}  // namespace ferry::bench
