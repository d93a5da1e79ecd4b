#include "upstream/delivery.hpp"

#include <algorithm>
#include <charconv>

namespace ferry::bench {
namespace {

constexpr std::size_t enough = 64 * 1024;  // bytes made ahead of a write

}  // namespace

delivery::delivery(answer a, std::shared_ptr<ledger_entry> entry, bool hashes, steady::time_point now)
    : answer_(std::move(a)), entry_(std::move(entry)), due_(now + answer_.what->delay) {
    const action& act = *answer_.what;
    const auto stop_at = [&](std::int64_t at, delivery_step then) {
        if (at >= 0 && (limit_.at < 0 || at < limit_.at)) limit_ = {at, then};
    };
    stop_at(act.cut_at, delivery_step::cut);
    stop_at(act.reset_at, delivery_step::reset);
    stop_at(act.stall_at, delivery_step::stall);
    if (hashes || act.sha256 || answer_.is_hashed) digest_.emplace();
}

void delivery::hash(std::string_view bytes) {
    if (digest_) digest_->add(bytes);
}

// False if the answer ends inside the head.
bool delivery::put_head(std::string& out) {
    head_is_out_ = true;
    const auto cut = answer_.what->cut_head_at;
    const bool is_cut = cut >= 0 && static_cast<std::size_t>(cut) < answer_.head.size();
    out.append(answer_.head, 0, is_cut ? static_cast<std::size_t>(cut) : std::string::npos);
    wire_made_ += is_cut ? static_cast<std::size_t>(cut) : answer_.head.size();
    return !is_cut;
}

// False if the limit falls into this piece or right behind it. A chunk that is cut keeps its announced size, as when a
// server dies while it writes.
bool delivery::put_piece(std::string& out) {
    const std::size_t before = out.size();
    std::string_view bytes = piece_.bytes;
    const auto room = limit_.at < 0 ? bytes.size() : static_cast<std::size_t>(limit_.at) - outcome_.body_bytes;
    const bool is_cut = bytes.size() > room;
    if (answer_.is_chunked) {
        char size[20];
        out.append(size, std::to_chars(size, size + sizeof size, bytes.size(), 16).ptr).append("\r\n");
    }
    bytes = bytes.substr(0, room);
    out += bytes;
    hash(bytes);
    if (answer_.is_chunked && !is_cut) out += "\r\n";
    outcome_.body_bytes += bytes.size();
    wire_made_ += out.size() - before;
    if (!is_cut && (piece_.is_event || piece_.completion_tokens >= 0)) {
        marks_.push_back({wire_made_, piece_.is_event, piece_.completion_tokens});
    }
    return limit_.at < 0 || outcome_.body_bytes < static_cast<std::uint64_t>(limit_.at);
}

void delivery::put_end(std::string& out) {
    const std::size_t before = out.size();
    if (answer_.is_chunked) out += "0\r\n\r\n";
    out += answer_.what->unsolicited;
    wire_made_ += out.size() - before;
}

delivery_step delivery::produce(std::string& out, steady::time_point now) {
    if (!head_is_out_) {
        if (due_ > now) return delivery_step::wait;
        if (limit_.at == 0 && limit_.then == delivery_step::reset) return delivery_step::reset;
        if (!put_head(out)) return delivery_step::cut;
        if (limit_.at == 0) return limit_.then;
    }
    for (;;) {
        if (!has_piece_) {
            piece_.clear();
            if (!answer_.body->next(piece_)) {
                put_end(out);
                return delivery_step::finished;
            }
            has_piece_ = true;
            due_ = std::max(due_ + piece_.wait, piece_.wait.count() > 0 ? now : due_);
        }
        if (due_ > now) return delivery_step::wait;
        has_piece_ = false;
        if (piece_.bytes.empty()) continue;
        if (!put_piece(out)) return limit_.then;
        if (out.size() >= enough) return delivery_step::write;
    }
}

std::size_t delivery::sent(std::size_t bytes) {
    const auto events_before = outcome_.events;
    if (wire_sent_ == 0 && bytes > 0 && entry_) outcome_.first_byte_us = monotonic_us();
    wire_sent_ += bytes;
    while (!marks_.empty() && marks_.front().wire_end <= wire_sent_) {
        const mark& m = marks_.front();
        outcome_.events += m.is_event;
        if (m.completion_tokens >= 0) {
            outcome_.usage_sent = true;
            outcome_.completion_sent = m.completion_tokens;
        }
        marks_.pop_front();
    }
    if (entry_) {
        entry_->live_events.store(outcome_.events, std::memory_order_relaxed);
        entry_->live_bytes.store(wire_sent_, std::memory_order_relaxed);
    }
    return outcome_.events - events_before;
}

bool delivery::is_split() const {
    return !answer_.what->split.empty() || !answer_.what->head_split.empty();
}

std::size_t delivery::next_write(std::size_t pending) const {
    const action& a = *answer_.what;
    std::size_t allowed = pending;
    if (!a.split.empty()) {
        std::uint64_t end = 0;
        std::size_t i = 0;
        while (end <= wire_sent_) end += a.split[std::min(i++, a.split.size() - 1)];
        allowed = std::min<std::size_t>(allowed, end - wire_sent_);
    }
    for (const auto offset : a.head_split) {
        if (offset > wire_sent_) allowed = std::min<std::size_t>(allowed, offset - wire_sent_);
    }
    return allowed;
}

outcome delivery::take_outcome() {
    outcome_.bytes_sent = wire_sent_;
    if (digest_) outcome_.sha256 = digest_->hex();
    return std::move(outcome_);
}

}  // namespace ferry::bench
