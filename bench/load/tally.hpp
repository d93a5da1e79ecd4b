#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "load/histogram.hpp"
#include "load/options.hpp"
#include "load/outcome.hpp"

namespace ferry::bench {

struct error_count {
    std::uint64_t count = 0;
    std::string example;  // the first one
};

// What happened within one second of a run (or several, once there are very many), warm-up included.
struct timeline_point {
    double t = 0;  // seconds since what is measured begins, at its end
    std::uint64_t completed = 0, failed = 0, output_tokens = 0;
    std::uint64_t in_flight = 0;                                              // at its end: due and not answered yet
    double ttft_p50_ms = 0, ttft_p99_ms = 0, itl_p50_ms = 0, itl_p99_ms = 0;  // 0 where there were none
};

// The five times of requests, in the order of all tables.
enum class metric { ttft, tpot, itl, e2el };
inline constexpr std::array<const char*, 4> metric_names{"ttft", "tpot", "itl", "e2el"};

// All that a run counts, in bounded memory however long it is. Owned by: a run. Lives on: its thread.
class tally {
public:
    explicit tally(const slo_limits& slo) : slo_(slo) {}

    // At once, so that a live screen sees them.
    void note_ttft(nanoseconds took, bool is_measured);
    void note_itl(nanoseconds took, bool is_measured);
    void note_token(bool is_streamed);
    void note_end(const request_outcome& o);
    // Every second: closes a point of the timeline, and gives what the seconds saw to the HDR log.
    void close_second(double t, std::uint64_t in_flight, std::FILE* hdr_log);

    const histogram& times(metric m) const { return all_[static_cast<std::size_t>(m)]; }
    const timeline_point& last_second() const { return last_second_; }

    std::uint64_t completed = 0, failed = 0, good = 0;  // measured ones; good ones keep within the SLO
    std::uint64_t input_tokens = 0, output_tokens = 0;
    std::uint64_t told = 0, untold = 0;  // answers with a usage, and without
    std::map<std::string, error_count> errors;
    std::map<std::string, error_count> warmup_errors;
    std::vector<timeline_point> timeline;
    histogram send_lag, receive_lag;
    std::uint64_t opened = 0, reused = 0, stale = 0;  // connections; requests on one that was open; sent once more
    std::uint64_t bytes_sent = 0, bytes_received = 0;
    std::uint64_t capped = 0;     // arrivals that had to wait for --max-concurrency
    std::uint64_t abandoned = 0;  // under way when the run was interrupted

private:
    bool is_good(const request_outcome& o) const;
    void log_interval(double t, std::FILE* hdr_log) const;

    const slo_limits slo_;
    std::array<histogram, 4> all_, recent_;
    std::uint64_t recent_completed_ = 0, recent_failed_ = 0, recent_tokens_ = 0;
    double second_began_ = 0;
    bool began_ = false;
    std::size_t seconds_in_point_ = 1, seconds_taken_ = 0;
    timeline_point last_second_;
};

double in_ms(std::uint64_t ns);

}  // namespace ferry::bench
