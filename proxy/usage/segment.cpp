#include "usage/segment.hpp"

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
    write_frame(mapping_.data() + end_, seed_, ++sequence_, payload);
    const std::uint64_t taken = frame_bytes(payload.size());
    end_ += taken;
    published_.store(end_, std::memory_order_release);
    return taken;
}

void segment::sync() {
    const std::uint64_t goal = published();
    if (goal == synced_ || has_failed()) return;
    sync_file();
    if (synced_ == 0) sync_folder(file_.path().substr(0, file_.path().rfind('/')));
    synced_ = goal;
}

void segment::sync_file() {
    try {
        file_.sync_data();
    } catch (const file_error&) {
        failed_.store(true, std::memory_order_release);
        throw;
    }
}

void segment::set_checkpoint(std::uint64_t offset) {
    write_checkpoint(mapping_.data() + checkpoint_bytes::offset, id_, offset);
}

void segment::remove() {
    if (!has_failed()) sync_file();
    remove_file(file_.path());
}

}  // namespace ferry::usage
