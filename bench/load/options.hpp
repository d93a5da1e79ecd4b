#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "workload/options.hpp"

namespace ferry::bench {

using nanoseconds = std::chrono::nanoseconds;

enum class arrival_pattern { poisson, constant };

// A request is good when it keeps within all that are given.
struct slo_limits {
    std::optional<double> ttft_ms, itl_ms, tpot_ms, e2el_ms;
    bool any() const { return ttft_ms || itl_ms || tpot_ms || e2el_ms; }
};

// One load, of one target. Exactly one of `concurrency`, `rate` and a trace says when requests begin; `duration`,
// `requests` or the end of a trace or file when no more do.
struct load_options {
    std::string base_url;
    workload_options work;
    std::vector<std::string> headers;  // "Name: value"
    bool insecure = false;             // any certificate will do
    std::string ca_file;

    std::uint32_t concurrency = 0;  // clients, each of which asks when its last answer came
    double rate = 0;                // requests a second, which wait for nothing
    arrival_pattern arrivals = arrival_pattern::poisson;
    double burstiness = 1;              // of poisson: shape of gamma-distributed gaps; below 1 they come in bursts
    std::uint32_t max_concurrency = 0;  // of an open loop; 0: no limit
    nanoseconds ramp_up{0};             // from nothing to the full load
    nanoseconds duration{0};            // of what is measured; 0: no limit
    std::uint64_t requests = 0;         // that are measured; 0: no limit
    nanoseconds warmup{0};              // before it

    nanoseconds timeout{std::chrono::minutes(10)};  // of one request
    nanoseconds grace{std::chrono::seconds(60)};    // after the duration, for what is under way
    nanoseconds give_up{std::chrono::seconds(60)};  // when nothing at all comes any more

    slo_limits slo;
};

// What stands around loads: where results go, and what is asked of them.
struct load_command_options {
    load_options load;
    std::string sweep;  // "concurrency=1..256", "rate=1..1000"
    std::string json_file, csv_file, hdr_log_file;
    std::vector<std::string> assertions;
    bool strict = false, yes = false, quiet = false, probes = true;
};

}  // namespace ferry::bench
