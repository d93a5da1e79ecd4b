#include "usage/live_source.hpp"

#include <algorithm>
#include <utility>

namespace ferry::usage {

live_source::live_source(journal& from, lane& which) : journal_(from), lane_(which), assembler_(from.instance()) {
    open(lane_.all().front());
}

void live_source::open(std::shared_ptr<segment> next) {
    current_ = std::move(next);
    reader_.emplace(current_->published_bytes(), current_->id());
}

bool live_source::read(batch& into, std::size_t most) {
    while (current_ != nullptr) {
        const bool is_complete = current_->is_complete();  // before what is published: it is final then
        reader_->extend(current_->published_bytes());
        while (into.rows.size() < most) {
            const std::optional<frame> found = reader_->next();
            if (!found) break;
            assembler_.feed(found->payload, false, into);
            bytes_read_ += frame_bytes(found->payload.size());
        }
        if (into.rows.size() >= most) return true;
        if (!is_complete) return false;
        const auto all = lane_.all();
        const auto next = std::next(std::find(all.begin(), all.end(), current_));
        done_.push_back(std::move(current_));
        if (next != all.end()) open(*next);
    }
    return false;
}

void live_source::committed() {
    bytes_committed_ = bytes_read_;
    ends_committed_ = assembler_.ends();
    if (current_ != nullptr) current_->set_checkpoint(reader_->offset());
    while (!done_.empty() && may_remove_oldest()) {
        segment& oldest = *done_.front();
        oldest.set_checkpoint(oldest.size());
        oldest.remove();
        sync_folder(journal_.settings().journal_dir);
        {
            std::lock_guard lock(lane_.guard);
            std::erase(lane_.segments, done_.front());
        }
        journal_.bytes_released(oldest.size());
        done_.pop_front();
    }
}

bool live_source::may_remove_oldest() const {
    const segment* next = done_.size() > 1 ? done_[1].get() : current_.get();
    return next == nullptr || lane_.durable.load(std::memory_order_acquire) >= next->self_contained_at();
}

}  // namespace ferry::usage
