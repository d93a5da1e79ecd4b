#include "usage/journal_writer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/clock.hpp"
#include "base/ending_faults.hpp"

namespace ferry::usage {

namespace {

// What stays free in the segment for each open request, so that it can be settled when there is no next segment: its
// end alone, and its end with the usual attempts when it is let in.
constexpr std::uint64_t aside_for_end = frame_bytes(least_end_bytes);
constexpr std::uint64_t aside_at_begin = 2048;

}  // namespace

open_request& open_request::operator=(open_request&& other) noexcept {
    if (this != &other) {
        if (slot_ != nullptr) slot_->writer->abandon(slot_);
        slot_ = std::exchange(other.slot_, nullptr);
    }
    return *this;
}

open_request::~open_request() {
    if (slot_ != nullptr) slot_->writer->abandon(slot_);
}

journal_writer::journal_writer(lane& shared, std::function<void()> wake_journal)
    : lane_(shared), wake_journal_(std::move(wake_journal)), current_(shared.ready.exchange(nullptr)) {
    current_->begin_at(position_);
}

result<open_request> journal_writer::begin(const begin_record& record) {
    if (closed_) return ferry_is_stopping();
    const std::string_view payload = scratch_.encode(record);
    is_late_ = false;
    if (lane_.is_stuck.load(std::memory_order_relaxed)) [[unlikely]]
        return why_refused();
    if (!make_room(payload.size(), (open_count_ + 1) * aside_at_begin) || current_->is_cut()) return why_refused();
    open_slot* slot = take_slot();
    slot->id = record.id;
    slot->started_at_us = record.started_at_us;
    remember(*slot, payload);
    append(payload);
    lane_.begun.fetch_add(1, std::memory_order_relaxed);
    publish();
    return open_request(slot);
}

fault journal_writer::why_refused() {
    const no_segment why = lane_.why_none.load(std::memory_order_acquire);
    const bool is_stuck = lane_.is_stuck.load(std::memory_order_relaxed);
    if (!is_stuck && why == no_segment::late) {
        is_late_ = true;
        lane_.late.fetch_add(1, std::memory_order_relaxed);
        return fault::self(fault_code::overloaded, "The proxy is too busy to record this request. Try again shortly.");
    }
    lane_.refused.fetch_add(1, std::memory_order_relaxed);
    if (!is_stuck && why == no_segment::full)
        return fault::self(fault_code::journal_full,
                           "The proxy cannot record this request: its usage journal is full. Try again in a moment.");
    return fault::self(fault_code::journal_failed,
                       "The proxy cannot record this request: its usage journal fails. Try again in a moment.");
}

void journal_writer::when_room(std::function<void()> callback) {
    {
        std::lock_guard lock(lane_.guard);
        lane_.room_waiters.push_back(std::move(callback));
    }
    wake_journal_();
}

void journal_writer::attempt(open_request& request, const attempt_record& record) {
    open_slot& slot = *request.slot_;
    if (!slot.is_open) return;  // settled by close()
    const std::string_view payload = scratch_.encode(slot.id, record);
    // Before it is remembered: a rotation on the way would write it twice.
    const bool has_room = make_room(payload.size(), open_count_ * aside_for_end);
    remember(slot, payload);
    if (has_room)
        append(payload);
    else
        lane_.deferred.fetch_add(1, std::memory_order_relaxed);
    publish();
}

bool journal_writer::part(open_request& request, const turn_part& record) {
    const open_slot& slot = *request.slot_;
    if (!slot.is_open) return false;
    const std::string_view payload = scratch_.encode(slot.id, record);
    if (!make_room(payload.size(), open_count_ * aside_at_begin)) return false;
    append(payload);
    publish();
    return true;
}

void journal_writer::end(open_request& request, const end_record& record) {
    open_slot* slot = std::exchange(request.slot_, nullptr);
    if (slot == nullptr || !slot->is_open) return;
    std::string_view payload = scratch_.encode(slot->id, record);
    // What is set aside for the others must stay; what is set aside for this one is only enough for a short record.
    if (!make_room(payload.size(), (open_count_ - 1) * aside_for_end))
        payload = scratch_.encode(slot->id, record, least_end_bytes);
    append(payload);
    give_back(slot);
    lane_.ended.fetch_add(1, std::memory_order_relaxed);
    publish();
}

void journal_writer::abandon(open_slot* slot) {
    end_record record;
    record.ended_at_us = wall_us();
    record.duration_us = std::max<std::int64_t>(0, record.ended_at_us - slot->started_at_us);
    record.basis = basis::interrupted;
    record.end_reason = end_reason::shutdown;
    open_request request(slot);
    end(request, record);
}

void journal_writer::close() {
    if (std::exchange(closed_, true)) return;
    while (open_ != nullptr) abandon(open_);
    position_ += current_->append_anyway(scratch_.encode_seal());
    publish();
    current_->mark_complete(lane_.ended.load(std::memory_order_relaxed));
}

void journal_writer::set_post(post_function post) {
    std::lock_guard lock(lane_.guard);
    lane_.post = std::move(post);
}

void journal_writer::when_durable(std::uint64_t position, std::function<void(bool)> callback) {
    {
        std::lock_guard lock(lane_.guard);
        lane_.waiters.push_back({position, std::move(callback)});
    }
    wake_journal_();
}

bool journal_writer::must_move_on() const {
    return lane_.must_rotate.load(std::memory_order_relaxed) || current_->is_cut();
}

void journal_writer::move_on() {
    if (closed_ || !must_move_on() || lane_.ready.load(std::memory_order_relaxed) == nullptr) return;
    rotate(0);
    publish();
}

// Whether a record of this payload fits beside what is set aside for the open requests, if need be in a new segment.
bool journal_writer::make_room(std::uint64_t payload_bytes, std::uint64_t set_aside) {
    const std::uint64_t needed = frame_bytes(payload_bytes) + set_aside;
    if (current_->room() >= needed && !must_move_on()) [[likely]]
        return true;
    return (!closed_ && rotate(needed)) || current_->room() >= needed;
}

// Goes on in the next segment, if there is one that holds all that is open and `needed` bytes more.
bool journal_writer::rotate(std::uint64_t needed) {
    segment* next = lane_.rejected.load(std::memory_order_acquire) != nullptr
                        ? nullptr
                        : lane_.ready.exchange(nullptr, std::memory_order_acq_rel);
    wake_journal_();
    if (next == nullptr) return false;
    if (next->room() < open_bytes_ + std::max(needed, open_count_ * aside_at_begin)) {
        lane_.rejected.store(next, std::memory_order_release);
        return false;
    }
    lane_.must_rotate.store(false, std::memory_order_relaxed);
    segment* full = std::exchange(current_, next);
    record_buffer seal;  // scratch_ holds the record that makes us rotate
    position_ += full->append_anyway(seal.encode_seal());
    next->begin_at(position_);
    repeat_open_requests();
    next->set_self_contained();
    full->mark_complete(lane_.ended.load(std::memory_order_relaxed));
    return true;
}

void journal_writer::repeat_open_requests() {
    for (const open_slot* slot = open_; slot != nullptr; slot = slot->next) {
        std::string_view frames = slot->frames;
        while (!frames.empty()) {
            std::uint32_t length = 0;
            std::memcpy(&length, frames.data(), sizeof length);
            position_ += current_->append_anyway(frames.substr(sizeof length, length));
            frames.remove_prefix(sizeof length + length);
        }
    }
}

// Where the file has lost its ground, the record goes into the next one, behind what is open. Without a next one it is
// kept in memory: it will be shipped, but does not survive the process.
void journal_writer::append(std::string_view payload) {
    std::uint64_t taken = current_->append(payload);
    if (taken == 0 && !closed_ && rotate(frame_bytes(payload.size()))) taken = current_->append(payload);
    position_ += taken != 0 ? taken : current_->append_anyway(payload);
}

// Tells the journal thread where this core stands.
void journal_writer::publish() {
    lane_.wanted.store(open_bytes_ + open_count_ * aside_at_begin, std::memory_order_relaxed);
    lane_.position.store(position_, std::memory_order_release);
}

void journal_writer::remember(open_slot& slot, std::string_view payload) {
    const auto length = static_cast<std::uint32_t>(payload.size());
    slot.frames.append(reinterpret_cast<const char*>(&length), sizeof length);
    slot.frames.append(payload);
    slot.framed += frame_bytes(payload.size());
    open_bytes_ += frame_bytes(payload.size());
}

open_slot* journal_writer::take_slot() {
    open_slot* slot = free_;
    if (slot == nullptr)
        slot = &slots_.emplace_back();
    else
        free_ = slot->next;
    slot->writer = this;
    slot->is_open = true;
    slot->previous = nullptr;
    slot->next = open_;
    if (open_ != nullptr) open_->previous = slot;
    open_ = slot;
    ++open_count_;
    return slot;
}

void journal_writer::give_back(open_slot* slot) {
    (slot->previous != nullptr ? slot->previous->next : open_) = slot->next;
    if (slot->next != nullptr) slot->next->previous = slot->previous;
    open_bytes_ -= slot->framed;
    --open_count_;
    slot->is_open = false;
    slot->framed = 0;
    slot->frames.clear();
    // After close() a handle may still point to it: it is not given to anybody else then.
    if (closed_) return;
    slot->next = free_;
    free_ = slot;
}

}  // namespace ferry::usage
