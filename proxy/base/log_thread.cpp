#include "base/log_thread.hpp"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/lockfree/queue.hpp>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/log_writer.hpp"

namespace ferry {

namespace {

constexpr std::size_t most_blocks = 8192;
constexpr std::size_t most_bytes = 1024 * 1024;

struct block {
    std::string lines;
    std::size_t count;
};

// The main thread takes signals by sigtimedwait: no thread may have them delivered meanwhile.
class no_signals {
public:
    no_signals() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~no_signals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    no_signals(const no_signals&) = delete;
    no_signals& operator=(const no_signals&) = delete;

private:
    sigset_t before_{};
};

}  // namespace

struct log_thread::state {
    state(int descriptor, const char* what)
        : name(what), wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), writer(descriptor) {
        if (wake < 0) throw std::runtime_error("the log cannot be opened: too many open files");
    }
    ~state() {
        queue.consume_all([](block* one) { delete one; });
        ::close(wake);
    }
    state(const state&) = delete;
    state& operator=(const state&) = delete;

    void notify() {
        const std::uint64_t one = 1;
        if (asleep.exchange(false)) static_cast<void>(::write(wake, &one, sizeof one));
    }
    void run();
    void write_queued();
    void wait();
    void tell_lost();

    const char* const name;
    const int wake;
    boost::lockfree::queue<block*, boost::lockfree::capacity<most_blocks>> queue;
    std::atomic<std::size_t> queued_bytes{0};
    std::atomic<std::int64_t> unwritten{0};  // blocks in the queue and in the writer
    std::atomic<std::uint64_t> refused{0};   // lines that found the queue full
    std::atomic<std::uint64_t> lost{0};      // lines the writer could not get rid of
    std::atomic<bool> asleep{false}, ending{false};

    // Of the thread alone.
    log_writer writer;
    std::int64_t in_writer = 0;
    std::uint64_t told = 0;

    std::mutex mutex;  // guards has_ended; what `change` tells
    std::condition_variable change;
    bool has_ended = false;
    std::thread thread;
};

void log_thread::state::run() {
    ::pthread_setname_np(::pthread_self(), "log");
    for (bool last = false; !last;) {
        last = ending.load();
        write_queued();
        if (!last) wait();
    }
    const std::lock_guard lock(mutex);
    has_ended = true;
    change.notify_all();
}

void log_thread::state::write_queued() {
    block* next = nullptr;
    while (queue.pop(next)) {
        const std::unique_ptr<block> owned(next);
        queued_bytes.fetch_sub(owned->lines.size());
        writer.add(owned->lines, owned->count);
        ++in_writer;
    }
    writer.flush();
    lost.store(writer.lost_lines());
    if (writer.buffered() > 0) return;
    tell_lost();
    {
        const std::lock_guard lock(mutex);
        unwritten.fetch_sub(std::exchange(in_writer, 0));
    }
    change.notify_all();
}

// Once the reader is back.
void log_thread::state::tell_lost() {
    const auto all = refused.load() + lost.load();
    if (all == told) return;
    log_warn("{} lines of {} were lost: its reader was too slow or writing failed", all - told, name);
    told = all;
}

void log_thread::state::wait() {
    constexpr int some_time_ms = 100;
    if (writer.buffered() > 0) {
        // A target that is ready and takes nothing all the same must not be asked without end.
        const auto before = writer.buffered();
        pollfd target{writer.descriptor(), POLLOUT, 0};
        ::poll(&target, 1, some_time_ms);
        writer.flush();
        if (writer.buffered() == before && target.revents != 0) ::poll(nullptr, 0, some_time_ms / 10);
        return;
    }
    asleep.store(true);
    if (queue.empty() && !ending.load()) {
        pollfd call{wake, POLLIN, 0};
        ::poll(&call, 1, -1);
    }
    asleep.store(false);
    std::uint64_t calls = 0;
    static_cast<void>(::read(wake, &calls, sizeof calls));
}

log_thread::log_thread(int descriptor, const char* what) : state_(std::make_shared<state>(descriptor, what)) {
    const no_signals blocked;
    state_->thread = std::thread([shared = state_] { shared->run(); });
}

log_thread::~log_thread() {
    finish(std::chrono::seconds(1));
}

void log_thread::put(std::string lines, std::size_t count) {
    const auto size = lines.size();
    if (state_->queued_bytes.fetch_add(size) + size <= most_bytes) {
        auto made = std::make_unique<block>(block{std::move(lines), count});
        state_->unwritten.fetch_add(1);
        if (state_->queue.push(made.get())) {
            static_cast<void>(made.release());
            state_->notify();
            return;
        }
        state_->unwritten.fetch_sub(1);
    }
    state_->queued_bytes.fetch_sub(size);
    state_->refused.fetch_add(count);
}

bool log_thread::flush(milliseconds most) {
    std::unique_lock lock(state_->mutex);
    return state_->change.wait_for(lock, most, [this] { return state_->unwritten.load() <= 0; });
}

void log_thread::finish(milliseconds most) {
    if (!state_->thread.joinable()) return;
    flush(most);
    state_->ending.store(true);
    state_->notify();
    std::unique_lock lock(state_->mutex);
    const bool ended = state_->change.wait_for(lock, milliseconds(300), [this] { return state_->has_ended; });
    lock.unlock();
    if (ended) {
        state_->thread.join();
    } else {
        state_->thread.detach();
    }
}

std::uint64_t log_thread::dropped_lines() const {
    return state_->refused.load() + state_->lost.load();
}

}  // namespace ferry
