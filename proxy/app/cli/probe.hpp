// One tiny request to one row of the catalog, as a running Ferry would word and judge it, with the time of each phase.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "app/config/settings.hpp"
#include "base/fault.hpp"
#include "catalog/catalog.hpp"
#include "openai/token_usage.hpp"
#include "provider/repair.hpp"
#include "upstream/dialer.hpp"

namespace ferry::app {

// Times are microseconds; absent where the phase was not reached.
struct probe_result {
    upstream::dial_times dialled;
    std::optional<std::int64_t> first_byte_us;  // request sent -> first byte of the answer
    std::int64_t total_us = 0;                  // of all of it, with the tries that were repaired
    int status = 0;                             // of the answer, 0 if there was none
    std::string model;                          // the answer's own
    std::string finish_reason;
    std::optional<openai::token_usage> usage;
    provider::repair_set adjusted;  // what the request had to do without
    std::optional<fault> failed;    // absent if the answer is one that Ferry would pass on as a success
};

// Asks for one token, on an event loop of its own, and returns when the answer is whole or has failed. Limits are the
// row's, else those of the configuration, but none is longer than `patience`, and a pause within the answer not longer
// than 10 s. Nothing is booked. Blocks. Throws only what making the pool throws (ca_file).
probe_result probe(const settings& chosen, const catalog::candidate& row, bool stream,
                   std::chrono::milliseconds patience);

}  // namespace ferry::app
