#include "usage/journal.hpp"

#include <fmt/core.h>
#include <pthread.h>

#include <algorithm>
#include <utility>

#include "base/log.hpp"

namespace ferry::usage {

namespace {

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
        take_back(*each, each->ready);
        take_back(*each, each->rejected);
    }
    for (auto& writer : writers_) writer->close();
    for (auto& each : lanes_) sync(*each);
}

void journal::wake() {
    awake_.store(true, std::memory_order_release);
    // Without the mutex, so that a core never waits for it; a wake-up lost that way comes with the next interval.
    wake_.notify_one();
}

void journal::run() {
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
    take_back(which, which.rejected);
    const std::uint64_t wanted = which.wanted.load(std::memory_order_relaxed);
    const std::uint64_t bytes = tuning_.segment_bytes + 2 * wanted;
    if (which.ready.load(std::memory_order_acquire) != nullptr) {
        // The core may take it at any moment, so its size is remembered here.
        if (which.ready_bytes >= tuning_.segment_bytes / 2 + wanted) return;
        take_back(which, which.ready);
    }
    if (!may_grow(which, bytes)) return;
    try {
        add_segment(which, bytes);
    } catch (const file_error& error) {
        note_error(error.what());
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

// Removes a segment that no core has begun to write.
void journal::take_back(lane& which, std::atomic<segment*>& from) {
    const segment* unused = from.exchange(nullptr, std::memory_order_acq_rel);
    if (unused == nullptr) return;
    const std::string path = unused->path();
    bytes_ -= unused->size();
    {
        std::lock_guard lock(which.guard);
        std::erase_if(which.segments, [&](const auto& each) { return each.get() == unused; });
    }
    try {
        remove_file(path);
    } catch (const file_error& error) {
        note_error(error.what());
    }
}

void journal::sync(lane& which) {
    const std::uint64_t goal = which.position.load(std::memory_order_acquire);
    bool went_well = true;
    for (const auto& each : which.all()) {
        try {
            each->sync();
        } catch (const file_error& error) {
            went_well = false;
            if (!each->is_complete()) which.must_rotate.store(true, std::memory_order_relaxed);
            note_error(error.what());
        }
    }
    if (went_well) which.durable.store(goal, std::memory_order_release);

    std::vector<lane::waiter> due;
    std::function<void(std::function<void()>)> post;
    {
        std::lock_guard lock(which.guard);
        const auto later = std::stable_partition(which.waiters.begin(), which.waiters.end(),
                                                 [&](const lane::waiter& w) { return w.position <= goal; });
        due.assign(std::make_move_iterator(which.waiters.begin()), std::make_move_iterator(later));
        which.waiters.erase(which.waiters.begin(), later);
        post = which.post;
    }
    for (auto& each : due) {
        if (!post)
            each.callback(went_well);
        else
            post([callback = std::move(each.callback), went_well] { callback(went_well); });
    }
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
        now.deferred += each->deferred;
    }
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
