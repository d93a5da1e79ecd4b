#pragma once

#include <signal.h>

#include <cstdio>
#include <memory>
#include <string>

#include "load/options.hpp"
#include "load/tally.hpp"
#include "load/target.hpp"
#include "workload/workload.hpp"

namespace ferry::bench {

// How far a run is, told every second.
struct run_progress {
    double elapsed = 0;  // seconds since what is measured began; below 0 in the warm-up
    std::uint64_t in_flight = 0;
    const tally& counts;
    const load_options& options;
};

// Told how a run goes, on its thread. May be null wherever one is taken.
class run_observer {
public:
    virtual ~run_observer() = default;
    virtual void second(const run_progress& p) = 0;
    virtual void over() = 0;  // the run: what is drawn is to go
};

// Where single requests and seconds are written to, as they end. Files may be null; whoever opened them closes them.
struct run_files {
    std::FILE* csv = nullptr;
    std::FILE* hdr_log = nullptr;
};

struct load_result {
    load_options options;
    std::string date;     // of its beginning, ISO 8601
    double duration = 0;  // seconds, until the last answer
    std::unique_ptr<tally> counts;
    // Of the time until no more requests began, what fraction the generator ran, and waited for a CPU others used.
    double busy = 0, waited = 0;
    std::string ended;  // why before its end, in words; "": it was not
    bool interrupted = false;

    double per_second(std::uint64_t n) const { return duration > 0 ? static_cast<double>(n) / duration : 0; }
    // Why what was measured says as much about the generator as about the target; "": it does not.
    std::string bottleneck() const;
};

// Runs one load to its end, on this thread: SIGINT and SIGTERM end it early. Throws std::exception in words if the
// options do not go together or the workload's files are bad.
load_result run_load(const load_options& options, const load_target& target, run_observer* observer,
                     const run_files& files);

// While it lives, SIGINT and SIGTERM do not end the program, but the load that runs, or the next one at once: so that
// between two of them there is no moment in which all that was measured is lost. Any thread.
class held_endings {
public:
    held_endings();
    ~held_endings();
    held_endings(const held_endings&) = delete;
    held_endings& operator=(const held_endings&) = delete;

private:
    sigset_t ending_{}, before_{};
};

// One request, as the load's first one: of a stream only the beginning.
request_outcome probe(const load_options& options, const load_target& target);

}  // namespace ferry::bench
