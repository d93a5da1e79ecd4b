#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "base/file.hpp"
#include "usage/segment_format.hpp"

namespace ferry::usage {

// A segment file of this process: preallocated, locked, mapped.
// Owned by: its lane. append() on the core; sync() on the journal thread; the rest of the shipper.
// Its lock is held as long as it lives, so another process leaves it alone.
class segment {
public:
    // Makes the file, under a temporary name until it is locked and has its header. Not durable before its first
    // sync(). Null if another process, which clears up after dead ones, got hold of it first: then the next number is
    // free. Throws file_error, and leaves no file behind then.
    static std::shared_ptr<segment> create(const std::string& folder, const segment_identity& id, std::uint64_t bytes);

    segment(file owned, mapping mapped, const segment_identity& id);

    const segment_identity& id() const { return id_; }
    const std::string& path() const { return file_.path(); }
    std::uint64_t size() const { return mapping_.size(); }

    // Core. Bytes left for frames of records; room for the seal is kept aside.
    std::uint64_t room() const;
    // Core. REQUIRES: frame_bytes(payload.size()) <= room(), except for the seal. Returns the bytes it took.
    std::uint64_t append(std::string_view payload);
    // Core. Nothing is appended any more; and the segment that follows holds all that is still open.
    void mark_complete() { complete_.store(true, std::memory_order_release); }
    // Core, before mark_complete() of the one before: the lane's position where this one stands on its own.
    void set_self_contained_at(std::uint64_t position) {
        self_contained_at_.store(position, std::memory_order_release);
    }

    // Any thread. Where the records end; all bytes before it may be read.
    std::uint64_t published() const { return published_.load(std::memory_order_acquire); }
    // Any thread. When true, published() does not move any more.
    bool is_complete() const { return complete_.load(std::memory_order_acquire); }
    std::uint64_t self_contained_at() const { return self_contained_at_.load(std::memory_order_acquire); }
    // All that is published so far; valid as long as the segment.
    std::string_view published_bytes() const { return {mapping_.data(), static_cast<std::size_t>(published())}; }

    // Journal thread. Throws file_error, after which it is never asked again: the kernel forgets what it could not
    // write, and a second fsync would claim success.
    void sync();
    bool has_failed() const { return failed_.load(std::memory_order_acquire); }

    // Shipper. Notes up to where everything is committed in the store.
    void set_checkpoint(std::uint64_t offset);
    // Shipper. Syncs the checkpoint, then removes the file; the folder is synced by the caller. Throws file_error.
    void remove();

private:
    void sync_file();

    file file_;
    mapping mapping_;
    const segment_identity id_;
    const std::uint32_t seed_;
    std::uint64_t end_ = segment_header_bytes;  // core
    std::uint64_t sequence_ = 0;                // core
    std::atomic<std::uint64_t> published_{segment_header_bytes};
    std::atomic<std::uint64_t> self_contained_at_{0};
    std::atomic<bool> complete_{false}, failed_{false};
    std::uint64_t synced_ = 0;  // journal thread
};

}  // namespace ferry::usage
