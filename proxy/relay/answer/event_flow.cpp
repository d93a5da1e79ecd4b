#include "relay/answer/event_flow.hpp"

#include <algorithm>

namespace ferry::relay {

namespace {
constexpr std::size_t most_tail = 1u << 20;
// Of an event that is split between reads: read as it comes, in parts that are worth it. Else a core would read up to a
// mebibyte at once when its end has come, 10 ms of small members.
constexpr std::size_t least_ahead = 16384;
}  // namespace

void event_flow::pass(std::string_view bytes) {
    if (bytes.empty()) return;
    if (!pieces_.empty() && pieces_.back().data() + pieces_.back().size() == bytes.data()) {
        auto& last = pieces_.back();
        last = {last.data(), last.size() + bytes.size()};
        return;
    }
    pieces_.push_back(bytes);
}

void event_flow::add(std::string text) {
    if (!text.empty()) pieces_.push_back(texts_.emplace_back(std::move(text)));
}

void event_flow::written() {
    held_ = false;
    pieces_.clear();
    texts_.clear();
    drop_used_tail();
}

void event_flow::hold() {
    // Pieces that were added are texts already; the others lie where the next read may write.
    if (pieces_.size() == texts_.size()) return drop_used_tail();
    // What is kept already is the first of them: it only grows, however many reads bring a little.
    std::string kept;
    std::size_t next = 0;
    if (held_) {
        kept = std::move(texts_.front());
        next = 1;
    }
    for (; next != pieces_.size(); ++next) kept.append(pieces_[next]);
    written();
    add(std::move(kept));
    held_ = !pieces_.empty();
}

void event_flow::drop_used_tail() {
    if (tail_used_ == 0) return;
    tail_.erase(0, tail_used_);
    tail_used_ = 0;
}

std::size_t event_flow::size() const {
    std::size_t all = 0;
    for (const auto piece : pieces_) all += piece.size();
    return all;
}

// Judges every whole event of `pending` and leaves the rest of it there.
std::optional<fault> event_flow::judge(std::string_view& pending) {
    while (const auto event = scanner_.next(pending)) {
        const auto start = event->consumed - event->raw.size();
        auto verdict = gate_.on_event(*event, read_ > start ? read_ - start : 0);
        read_ = 0;
        pending.remove_prefix(event->consumed);
        switch (verdict.action) {
            case gate_action::pass:
                pass(event->raw);
                break;
            case gate_action::replace:
                add(std::move(verdict.text));
                break;
            case gate_action::fail:
                add(std::move(verdict.text));
                return std::move(verdict.failure);
            case gate_action::drop:
            case gate_action::hold:
                break;
        }
    }
    return std::nullopt;
}

std::optional<fault> event_flow::take(attempt& from) {
    payload_.clear();
    auto broken = from.decode(payload_);
    if (auto failed = take(payload_)) return failed;
    if (broken) add_error(*broken);
    return broken;
}

std::optional<fault> event_flow::take(std::span<const std::string_view> payload) {
    for (auto piece : payload) {
        // Once an event is split, all that follows goes behind its beginning.
        if (tail_.size() > tail_used_) {
            tail_.append(piece);
            continue;
        }
        if (auto failed = judge(piece)) return failed;
        if (piece.empty()) continue;
        tail_.assign(piece);
        tail_used_ = 0;
    }
    if (tail_.size() > tail_used_ && !payload.empty()) {
        auto pending = std::string_view(tail_).substr(tail_used_);
        auto failed = judge(pending);
        tail_used_ = tail_.size() - pending.size();
        if (failed) return failed;
        if (pending.size() > most_tail) {
            const auto given = scanner_.give_up(pending);
            gate_.on_part(pending.substr(0, given), read_);
            pass(pending.substr(0, given));
            tail_used_ += given;
            read_ -= std::min(read_, given);
        } else {
            read_ahead(pending);
        }
    }
    return std::nullopt;
}

void event_flow::read_ahead(std::string_view pending) {
    const auto begin = std::max(read_, scanner_.event_start());
    if (pending.size() < begin + least_ahead) return;
    gate_.read_ahead(pending.substr(begin));
    read_ = pending.size();
}

std::optional<fault> event_flow::end(stream_end how) {
    const auto rest = scanner_.finish(std::string_view(tail_).substr(tail_used_));
    auto ending = gate_.on_end(how, rest, read_);
    add(std::move(ending.append));
    return std::move(ending.failure);
}

}  // namespace ferry::relay
