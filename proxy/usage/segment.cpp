#include "usage/segment.hpp"

#include <algorithm>
#include <utility>

namespace ferry::usage {

namespace {

// version, kind and id: what encode_seal writes.
constexpr std::uint64_t seal_frame = frame_bytes(18);

}  // namespace

std::shared_ptr<segment> segment::create(const std::string& folder, const segment_identity& id, std::uint64_t bytes) {
    const std::string name = folder + "/" + segment_file_name(id);
    const std::string temporary = name + ".tmp";
    file made = file::create(temporary);
    try {
        if (!made.try_lock() || !made.has_name()) return nullptr;
        made.allocate(bytes);
        mapping mapped(made, bytes);
        write_header(mapped.data(), {segment_version, id, bytes});
        rename_file(temporary, name);
        made.set_path(name);
        return std::make_shared<segment>(std::move(made), std::move(mapped), id);
    } catch (...) {
        try {
            remove_file(temporary);
            remove_file(name);
        } catch (const file_error&) {
            // The first error is the one to tell; an empty segment that stays is removed at the next start.
        }
        throw;
    }
}

segment::segment(file owned, mapping mapped, const segment_identity& id)
    : file_(std::move(owned)), mapping_(std::move(mapped)), id_(id), seed_(checksum_seed(id)) {}

std::uint64_t segment::room() const {
    const std::uint64_t used = end_ + seal_frame;
    return used < size() ? size() - used : 0;
}

std::uint64_t segment::append(std::string_view payload) {
    write_frame(mapping_.data() + end_, seed_, sequence_ + 1, payload);
    if (is_cut()) [[unlikely]]
        return 0;
    return publish(payload.size());
}

std::uint64_t segment::append_anyway(std::string_view payload) {
    write_frame(mapping_.data() + end_, seed_, sequence_ + 1, payload);
    return publish(payload.size());
}

std::uint64_t segment::publish(std::uint64_t payload_bytes) {
    ++sequence_;
    const std::uint64_t taken = frame_bytes(payload_bytes);
    end_ += taken;
    published_.store(end_, std::memory_order_release);
    return taken;
}

std::uint64_t segment::safe_to() const {
    return std::max({segment_header_bytes, synced_.load(std::memory_order_acquire), shipped()});
}

bool segment::stands_alone() const {
    return synced_.load(std::memory_order_acquire) >= self_contained_.load(std::memory_order_acquire) && !is_cut();
}

void segment::sync() {
    if (has_failed()) return;
    const bool was_complete = is_complete();
    // An empty one may not fail here: it is the way out of the one that has failed.
    const std::uint64_t goal = has_begun() ? published() : 0;
    const std::uint64_t synced = synced_.load(std::memory_order_relaxed);
    if (goal == synced && was_complete) return;
    try {
        if (goal != synced) file_.sync_data();
        check_file();  // afterwards, so that what is called synced was in the file then
        if (synced == 0 && goal != 0) sync_folder(file_.path().substr(0, file_.path().rfind('/')));
    } catch (const file_error&) {
        failed_.store(true, std::memory_order_release);
        throw;
    }
    synced_.store(goal, std::memory_order_release);
}

// Whether the file is as we made it: what is written into a part that was cut off reaches no disk, and nobody says so.
void segment::check_file() {
    const std::uint64_t bytes = file_.size();
    if (bytes >= size() && file_.has_name() && !mapping_.has_lost_pages()) return;
    if (is_removed_.load(std::memory_order_acquire)) return;  // by the shipper, meanwhile: all of it is in the store
    synced_.store(std::min(synced_.load(std::memory_order_relaxed), bytes), std::memory_order_release);
    cut_.store(true, std::memory_order_release);
    const std::string what = !file_.has_name() ? " was removed by another program"
                             : bytes < size()  ? " was cut to " + std::to_string(bytes) + " bytes by another program"
                                               : " has no space or a broken disk under it";
    throw file_error(std::make_error_code(std::errc::io_error), "go on in a segment:", file_.path() + what);
}

void segment::set_checkpoint(std::uint64_t offset) {
    write_checkpoint(mapping_.data() + checkpoint_bytes::offset, id_, offset);
}

void segment::sync_checkpoint() {
    try {
        file_.sync_data();
    } catch (const file_error&) {
        failed_.store(true, std::memory_order_release);
        throw;
    }
}

void segment::remove() {
    // Where the checkpoint does not reach the disk and the removal is undone by a power cut, the rows are offered to
    // the store again, which knows them.
    if (!has_failed()) sync_checkpoint();
    is_removed_.store(true, std::memory_order_release);
    remove_file(file_.path());
}

}  // namespace ferry::usage
