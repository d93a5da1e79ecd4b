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

void event_flow::add_failure(std::string text) {
    has_failure_ = !text.empty();
    add(std::move(text));
}

std::string event_flow::take_failure() {
    if (!std::exchange(has_failure_, false)) return {};
    auto text = std::move(texts_.back());
    pieces_.pop_back();
    texts_.pop_back();
    return text;
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
        if (auto failed = give(*event, verdict)) return failed;
    }
    return std::nullopt;
}

void event_flow::keep(std::string_view event) {
    auto* const given = said_.given();
    if (given == nullptr || !(said_.has_choice() || gate_.is_typed())) return;
    given->keep(event);
    given->count_event(said_.next_sequence());
}

std::optional<fault> event_flow::give(const openai::sse_event& event, gate_verdict& verdict) {
    auto* const given = said_.given();
    switch (verdict.action) {
        case gate_action::pass:
        case gate_action::replace: {
            const bool is_as_it_was = verdict.action == gate_action::pass;
            keep(event.raw);
            if (seam_ != nullptr) return join(is_as_it_was ? event.raw : std::string_view(verdict.text));
            if (is_as_it_was)
                pass(event.raw);
            else
                add(std::move(verdict.text));
            return std::nullopt;
        }
        case gate_action::fail:
            if (given != nullptr) given->forget();
            add_failure(std::move(verdict.text));
            return std::move(verdict.failure);
        case gate_action::drop:
        case gate_action::hold:
            return std::nullopt;
    }
    return std::nullopt;
}

// A typed event that ends a stream tells of all of it, the [DONE] of others of nothing.
std::optional<fault> event_flow::add_last(std::string text) {
    if (seam_ != nullptr && gate_.is_typed()) {
        openai::sse_scanner scanner;
        std::string_view pending = text;
        while (const auto event = scanner.next(pending)) {
            if (auto differs = join(event->raw)) return differs;
            pending.remove_prefix(event->consumed);
        }
        text.clear();
    }
    if (seam_ != nullptr) {
        if (auto differs = seam_->on_end()) {
            add_error(*differs);
            return differs;
        }
    }
    add(std::move(text));
    return std::nullopt;
}

// Comments are for who waits, and Ferry has its own.
std::optional<fault> event_flow::join(std::string_view event) {
    openai::sse_scanner scanner;
    const auto found = scanner.next(event);
    if (!found || found->is_comment_only()) return std::nullopt;
    std::string joined;
    auto told = seam_->on_event(openai::data_of(*found, joined));
    if (told) {
        add(std::move(*told));
        if (gate_.is_typed() && seam_->is_passed()) said_.count_on_from(seam_->next_sequence());
        return std::nullopt;
    }
    add_error(told.error());
    return told.error();
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
            if (said_.given() != nullptr) said_.given()->lose();
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
    auto* const given = said_.given();
    if (!ending.tail.empty()) {
        keep(ending.tail);
        if (seam_ == nullptr)
            add(std::move(ending.tail));
        else if (auto differs = join(ending.tail))
            return differs;
    }
    if (ending.failure) {
        if (given != nullptr) given->forget();
        add_failure(std::move(ending.error));
        return std::move(ending.failure);
    }
    return add_last(std::move(ending.append));
}

}  // namespace ferry::relay
