#include "usage/journal.hpp"

#include <fmt/core.h>
#include <pthread.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/log.hpp"
#include "base/thread_priority.hpp"

namespace ferry::usage {

namespace {

constexpr std::chrono::milliseconds first_escape{1000}, longest_escape{60'000};

std::string mebibytes(std::uint64_t bytes) {
    return fmt::format("{} MiB", (bytes + (1 << 20) - 1) >> 20);
}

// What the operator can do about a folder that cannot be used.
std::string advice(const std::error_code& reason, const std::string& folder, std::uint64_t needed) {
    if (reason == std::errc::not_a_directory || reason == std::errc::file_exists)
        return "it is, or stands in, something that is not a folder: set usage.journal_dir to a folder";
    if (reason == std::errc::permission_denied || reason == std::errc::operation_not_permitted)
        return "give the user who runs ferry the right to write there (chown), or set usage.journal_dir";
    if (reason == std::errc::read_only_file_system)
        return "it is on a read-only file system: set usage.journal_dir to a folder that can be written";
    if (reason == std::errc::no_space_on_device)
        return fmt::format("the disk is full; the journal needs {} to start: free some space, or set usage.journal_dir",
                           mebibytes(needed));
    return fmt::format("make sure that {} is a local folder that can be written, or set usage.journal_dir", folder);
}

}  // namespace

journal::journal(options chosen, unsigned cores, journal_tuning tuning)
    : options_(std::move(chosen)), tuning_(tuning), instance_(make_uuid()) {
    const std::uint64_t needed = 2 * cores * tuning_.segment_bytes;
    if (options_.journal_max_bytes < needed)
        throw journal_error(
            fmt::format("usage.journal_max_bytes is {}, but {} threads need {} at least: raise it, or "
                        "lower server.threads",
                        mebibytes(options_.journal_max_bytes), cores, mebibytes(needed)));
    try {
        make_folder(options_.journal_dir);
        for (unsigned core = 0; core < cores; ++core) {
            lane& made = *lanes_.emplace_back(std::make_unique<lane>(core));
            add_segment(made, tuning_.segment_bytes);
            writers_.push_back(std::make_unique<journal_writer>(made, [this] { wake(); }));
            add_segment(made, tuning_.segment_bytes);
        }
    } catch (const file_error& error) {
        remove_all_segments();
        throw journal_error(fmt::format("the usage journal in {} cannot be opened: {}: {}", options_.journal_dir,
                                        error.what(), advice(error.code(), options_.journal_dir, needed)));
    }
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "ferry-journal");
}

journal::~journal() {
    close();
}

void journal::close() {
    if (std::exchange(closed_, true)) return;
    stopping_ = true;
    wake();
    thread_.join();
    // What nobody will write goes first, so that the shipper does not take it for what follows.
    for (auto& each : lanes_) {
        take_back_ready(*each);
        take_back_rejected(*each);
    }
    for (auto& writer : writers_) writer->close();
    for (auto& each : lanes_) {
        sync(*each);
        each->fail_waiters(0, UINT64_MAX);
        each->release_room_waiters();
    }
}

void journal::wake() {
    awake_.store(true, std::memory_order_release);
    // Without the mutex, so that a core never waits for it; a wake-up lost that way comes with the next interval.
    wake_.notify_one();
}

void journal::run() {
    // In mode `power`, clients wait for this thread.
    if (options_.durability == durability::process) give_way_to_cores();
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        wake_.wait_for(lock, tuning_.sync_interval, [this] { return awake_.exchange(false) || stopping_; });
        lock.unlock();
        round_failed_ = false;
        for (auto& each : lanes_) {
            prepare(*each);
            sync(*each);
        }
        lock.lock();
        if (!round_failed_) last_error_.clear();
    }
}

// Sees to it that a next segment waits which holds what is open and leaves room for more.
void journal::prepare(lane& which) {
    take_back_rejected(which);
    const std::uint64_t wanted = which.wanted.load(std::memory_order_relaxed);
    const std::uint64_t bytes = tuning_.segment_bytes + 2 * wanted;
    // The core may take it at any moment, so its size is remembered here.
    const bool is_there = which.ready.load(std::memory_order_acquire) != nullptr;
    if (is_there && which.ready_bytes >= tuning_.segment_bytes / 2 + wanted) return which.release_room_waiters();
    if (is_there) take_back_ready(which);
    which.why_none.store(make_next(which, bytes), std::memory_order_release);
    which.release_room_waiters();
}

// What to say if there is none.
no_segment journal::make_next(lane& which, std::uint64_t bytes) {
    if (!may_grow(which, bytes)) return no_segment::full;
    try {
        try {
            add_segment(which, bytes);
        } catch (const file_error& error) {
            if (error.code() != std::errc::no_such_file_or_directory) throw;
            make_folder(options_.journal_dir);  // somebody has removed it
            add_segment(which, bytes);
        }
        return no_segment::late;  // from when the core takes it until there is another
    } catch (const file_error& error) {
        note_error(error.what());
        const bool is_full = error.code() == std::errc::no_space_on_device ||
                             error.code() == std::errc::file_too_large || error.code().value() == EDQUOT;
        return is_full ? no_segment::full : no_segment::failed;
    }
}

// A core whose only segment is the one it writes gets another whatever the limit: without it, it could never let go
// of the full one.
bool journal::may_grow(lane& which, std::uint64_t bytes) const {
    return bytes_ + bytes <= options_.journal_max_bytes || which.all().size() <= 1;
}

void journal::add_segment(lane& which, std::uint64_t bytes) {
    const std::uint64_t whole_pages = (segment_header_bytes + bytes + 4095) & ~std::uint64_t{4095};
    std::shared_ptr<segment> made;
    while (!made)
        made = segment::create(options_.journal_dir, {instance_, which.core, ++which.last_number}, whole_pages);
    bytes_ += made->size();
    which.ready_bytes = made->size();
    segment* next = made.get();
    {
        std::lock_guard lock(which.guard);
        which.segments.push_back(std::move(made));
    }
    which.ready.store(next, std::memory_order_release);
}

// The core takes no other while this one stands here. So it leaves the lane first: else the shipper, when the core has
// gone on to a later one, could follow into this one, where nothing will ever be.
void journal::take_back_rejected(lane& which) {
    segment* unused = which.rejected.load(std::memory_order_acquire);
    if (unused == nullptr) return;
    const std::string path = forget(which, *unused);
    if (tuning_.while_taking_back) tuning_.while_taking_back();
    which.rejected.store(nullptr, std::memory_order_release);
    remove_unused(path);
}

// Whoever takes it out of `ready` has it. The next one is added by this thread, and so comes behind.
void journal::take_back_ready(lane& which) {
    segment* unused = which.ready.exchange(nullptr, std::memory_order_acq_rel);
    if (unused != nullptr) remove_unused(forget(which, *unused));
}

std::string journal::forget(lane& which, const segment& unused) {
    std::string path = unused.path();
    bytes_ -= unused.size();
    std::lock_guard lock(which.guard);
    std::erase_if(which.segments, [&](const auto& each) { return each.get() == &unused; });
    return path;
}

void journal::remove_unused(const std::string& path) {
    try {
        remove_file(path);
    } catch (const file_error& error) {
        note_error(error.what());
    }
}

void journal::sync(lane& which) {
    for (const auto& each : which.all()) {
        try {
            each->sync();
        } catch (const file_error& error) {
            note_error(error.what());  // first: who sees the count finds its reason
            ++failed_segments_;
        }
        if (!each->has_failed()) continue;
        round_failed_ = true;
        if (each->has_begun() && !each->is_complete()) give_up(which, *each);
    }
    note_progress(which);
}

// The core goes on in the next segment. On a disk that fails again and again that happens ever less often, lest the
// journal fill up with segments: in the page cache, what is written survives the process all the same.
void journal::give_up(lane& which, const segment& failed) {
    const auto now = std::chrono::steady_clock::now();
    if (!failed.is_cut() && now < which.next_escape) return;
    // Without a request that would make it look, too.
    which.on_core_if_it_runs([writer = writers_[which.core].get()] { writer->move_on(); });
    if (which.must_rotate.exchange(true, std::memory_order_relaxed)) return;
    const bool is_quiet_long = now >= which.next_escape + longest_escape;
    which.escape_backoff = is_quiet_long ? first_escape : std::min(2 * which.escape_backoff, longest_escape);
    which.next_escape = now + which.escape_backoff;
}

// A lane is stuck when somebody waits and nothing becomes durable: neither the disk takes it nor the store. It stays
// so, when they have given up waiting, until what they waited for is safe.
void journal::note_progress(lane& which) {
    const auto now = std::chrono::steady_clock::now();
    const std::uint64_t position = which.position.load(std::memory_order_acquire);
    const std::uint64_t safe = which.safe_to();
    const bool has_waiters = which.release_waiters(safe) > 0;
    if (safe > which.safe_position || !has_waiters) which.safe_since = now;
    which.safe_position = safe;
    const bool is_stuck = now - which.safe_since > tuning_.patience || (which.is_stuck && safe < position);
    which.is_stuck.store(is_stuck, std::memory_order_relaxed);
}

void journal::bytes_released(std::uint64_t bytes) {
    bytes_ -= bytes;
    wake();
}

void journal::note_error(const std::string& text) {
    round_failed_ = true;
    std::lock_guard lock(mutex_);
    if (text != last_error_) log_error("usage journal: {}", text);
    last_error_ = text;
}

journal_status journal::status() const {
    journal_status now;
    now.bytes = bytes_;
    now.max_bytes = options_.journal_max_bytes;
    for (const auto& each : lanes_) {
        now.segments += each->all().size();
        const std::uint64_t ended = each->ended;  // first, so that the difference is never negative
        now.open_requests += each->begun - ended;
        now.refused += each->refused;
        now.late += each->late;
        now.deferred += each->deferred;
        now.lost_requests += each->lost;
    }
    now.failed_segments = failed_segments_;
    std::lock_guard lock(mutex_);
    now.last_error = last_error_;
    return now;
}

void journal::remove_all_segments() noexcept {
    for (const auto& each : lanes_)
        for (const auto& one : each->all()) {
            try {
                remove_file(one->path());
            } catch (const file_error&) {
                // The error that is being reported says more; what stays is empty and is removed at the next start.
            }
        }
}

}  // namespace ferry::usage
