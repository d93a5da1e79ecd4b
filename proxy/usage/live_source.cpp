#include "usage/live_source.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "base/thread_priority.hpp"

namespace ferry::usage {

namespace {

constexpr std::uint64_t frames_at_a_time = 64;

}  // namespace

live_source::live_source(journal& from, lane& which) : journal_(from), lane_(which), assembler_(from.instance()) {
    open(lane_.all().front());
}

void live_source::open(std::shared_ptr<segment> next) {
    current_ = std::move(next);
    reader_.emplace(current_->published_bytes(), current_->id());
    assembler_.reads_from(current_->id().number);
    intact_to_ = reader_->offset();
    frames_ = bytes_in_current_ = 0;
}

bool live_source::read(batch& into, std::size_t most) {
    while (current_ != nullptr) {
        const bool is_complete = current_->is_complete();  // before what is published: it is final then
        reader_->extend(current_->published_bytes());
        while (!into.is_full(most)) {
            const std::optional<frame> found = reader_->next();
            if (!found) break;
            assembler_.feed(found->payload, false, into);
            bytes_in_current_ += frame_bytes(found->payload.size());
            if (++frames_ % frames_at_a_time == 0) let_cores_go_first();
            if (!reader_->skipped_damage()) intact_to_ = reader_->offset();
        }
        if (into.is_full(most)) return true;
        if (!is_complete) return false;
        leave();
    }
    return false;
}

void live_source::leave() {
    if (frames_ < current_->records()) note_lost();
    bytes_read_ += current_->published() - segment_header_bytes;
    bytes_in_current_ = 0;
    const auto all = lane_.all();
    const auto next = std::next(std::find(all.begin(), all.end(), current_));
    done_.push_back({std::move(current_), intact_to_});
    if (next != all.end()) open(*next);
}

// What was open is repeated in the next segment; what had ended and was not read yet is gone.
void live_source::note_lost() {
    const std::uint64_t lost = current_->ended() - std::min(current_->ended(), assembler_.ends() + ends_lost_);
    ends_lost_ += lost;
    lane_.lost += lost;
    log_error(
        "usage journal: {} of {} records of {} cannot be read, because the file was cut or its disk failed while "
        "it was in use: {} requests have no usage row",
        current_->records() - frames_, current_->records(), current_->path(), lost);
}

void live_source::committed() {
    bytes_committed_ = bytes_read_ + bytes_in_current_;
    ends_committed_ = assembler_.ends() + ends_lost_;
    bool has_failed = false;
    if (current_ != nullptr) {
        current_->set_checkpoint(reader_->offset());
        current_->set_shipped(intact_to_);
        has_failed = current_->has_failed();
    }
    for (const finished& each : done_) {
        each.file->set_shipped(each.intact_to);
        has_failed = has_failed || each.file->has_failed();
    }
    while (!done_.empty() && may_remove_oldest()) remove_oldest();
    if (has_failed) journal_.shipped_instead();
}

void live_source::remove_oldest() {
    const finished& oldest = done_.front();
    segment& file = *oldest.file;
    file.set_checkpoint(file.size());
    file.remove();
    sync_folder(journal_.settings().journal_dir);
    if (oldest.intact_to < file.published())
        lane_.fail_waiters(file.position_of(oldest.intact_to), file.position_of(file.published()));
    {
        std::lock_guard lock(lane_.guard);
        std::erase(lane_.segments, oldest.file);
    }
    journal_.bytes_released(file.size());
    done_.pop_front();
}

bool live_source::may_remove_oldest() const {
    // A rotation repeats what is open but for the parts of turns.
    if (assembler_.oldest_part() <= done_.front().file->id().number) return false;
    if (current_ == nullptr || current_->stands_alone()) return true;
    for (std::size_t i = 1; i < done_.size(); ++i)
        if (done_[i].file->stands_alone()) return true;
    return assembler_.oldest_open() > done_.front().file->id().number;
}

}  // namespace ferry::usage
