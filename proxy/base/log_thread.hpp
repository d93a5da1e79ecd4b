// Writes log lines to one descriptor from a thread of its own, so that nobody who logs waits for whoever reads.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace ferry {

// A pipe nobody reads, a stopped terminal or a slow disk holds up this thread alone. At most 1 MiB of lines wait here
// and as much in the writer; what is beyond is dropped and counted, and the number is logged once lines pass again.
// Owned by: whoever opened the log (`ferry serve`). Outlives every thread that puts lines in.
class log_thread {
public:
    // `descriptor` is not owned; `what` names the log in the message about lost lines and must be a literal.
    log_thread(int descriptor, const char* what);
    ~log_thread();  // finish() within a second
    log_thread(const log_thread&) = delete;
    log_thread& operator=(const log_thread&) = delete;

    // Any thread. Takes `count` whole lines, each with its line feed. Never waits: no lock is taken.
    void put(std::string lines, std::size_t count);

    // Any thread. Waits until all that was put in is written or dropped, at most so long; whether it is.
    bool flush(std::chrono::milliseconds most);

    // Flushes, then ends the thread. One that is held up in a write that cannot be cut short is left to itself.
    void finish(std::chrono::milliseconds most);

    // Any thread.
    std::uint64_t dropped_lines() const;

private:
    struct state;
    std::shared_ptr<state> state_;  // shared with the thread, which may outlive this object
};

}  // namespace ferry
