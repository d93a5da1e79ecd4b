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

    // Core, before the first append(): the lane's position where the first frame will stand.
    void begin_at(std::uint64_t position) { first_position_.store(position, std::memory_order_release); }
    // Core. Bytes left for frames of records; room for the seal is kept aside.
    std::uint64_t room() const;
    // Core. REQUIRES: frame_bytes(payload.size()) <= room(), except for the seal. Returns the bytes it took; 0, and
    // nothing was written, if the file has lost pages: the record would not be in it.
    std::uint64_t append(std::string_view payload);
    // The same, but a record that cannot be in the file is kept in memory, where the shipper finds it.
    std::uint64_t append_anyway(std::string_view payload);
    // Core. All that was open in the segment before this one has been repeated: from here on it stands on its own.
    void set_self_contained() { self_contained_.store(end_, std::memory_order_release); }
    // Core. Nothing is appended any more, and the segment that follows holds all that is still open. `ended`: requests
    // that the lane has ended so far.
    void mark_complete(std::uint64_t ended) {
        ended_ = ended;
        complete_.store(true, std::memory_order_release);
    }

    // Any thread. Where the records end; all bytes before it may be read.
    std::uint64_t published() const { return published_.load(std::memory_order_acquire); }
    // Any thread. When true, published() does not move any more.
    bool is_complete() const { return complete_.load(std::memory_order_acquire); }
    // All that is published so far; valid as long as the segment.
    std::string_view published_bytes() const { return {mapping_.data(), static_cast<std::size_t>(published())}; }
    // Any thread. REQUIRES: is_complete(). How many records were written, the seal included.
    std::uint64_t records() const { return sequence_; }
    // Any thread. REQUIRES: is_complete(). How many requests its lane had ended by then.
    std::uint64_t ended() const { return ended_; }

    // Any thread. False while it is only prepared.
    bool has_begun() const { return first_position_.load(std::memory_order_acquire) != not_begun; }
    // REQUIRES: has_begun(). The lane's position that an offset in this file stands for.
    std::uint64_t position_of(std::uint64_t offset) const {
        return first_position_.load(std::memory_order_acquire) + offset - segment_header_bytes;
    }
    // Everything before this offset is on the disk, or in the store as a row: of requests that have ended before it.
    std::uint64_t safe_to() const;
    // What was open when it was begun is on the disk in it: the segments before it are not needed for that.
    bool stands_alone() const;

    // Journal thread. Throws file_error, after which it is never asked again: the kernel forgets what it could not
    // write, and a second fsync would claim success.
    void sync();
    // A sync failed, or the file was made shorter or removed by somebody else.
    bool has_failed() const { return failed_.load(std::memory_order_acquire); }
    // Records that are written now would not be in a file that anybody finds.
    bool is_cut() const { return cut_.load(std::memory_order_acquire) || mapping_.has_lost_pages(); }

    // Shipper. The store has all that stands before `offset`.
    void set_shipped(std::uint64_t offset) { shipped_.store(offset, std::memory_order_release); }
    std::uint64_t shipped() const { return shipped_.load(std::memory_order_acquire); }
    // Shipper. Notes up to where everything is committed in the store.
    void set_checkpoint(std::uint64_t offset);
    // Shipper. Syncs the checkpoint, then removes the file; the folder is synced by the caller. Throws file_error.
    void remove();

private:
    static constexpr std::uint64_t not_begun = UINT64_MAX;

    std::uint64_t publish(std::uint64_t payload_bytes);
    void check_file();
    void sync_checkpoint();

    file file_;
    mapping mapping_;
    const segment_identity id_;
    const std::uint32_t seed_;
    std::uint64_t end_ = segment_header_bytes;  // core
    std::uint64_t sequence_ = 0, ended_ = 0;    // core
    std::atomic<std::uint64_t> first_position_{not_begun};
    std::atomic<std::uint64_t> published_{segment_header_bytes};
    std::atomic<std::uint64_t> self_contained_{segment_header_bytes};
    std::atomic<std::uint64_t> synced_{0};  // written by the journal thread
    std::atomic<std::uint64_t> shipped_{0};
    std::atomic<bool> complete_{false}, failed_{false}, cut_{false}, is_removed_{false};
};

}  // namespace ferry::usage
