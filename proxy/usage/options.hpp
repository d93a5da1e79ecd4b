// What the operator may tune about usage accounting: section [usage] of the configuration.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "usage/rates.hpp"

namespace ferry::usage {

// process: a record survives the death of the process (kill -9), a background sync follows within 50 ms.
// power: the last byte of an answer waits until its record is on the disk, and so survives a power cut.
enum class durability { process, power };

struct options {
    // The folder of the journal's segments; absolute once loaded, created with mode 0700 if missing.
    std::string journal_dir = "var/journal";
    usage::durability durability = usage::durability::process;

    // All segments together, in bytes. When they are full, new billable requests are refused with 503 journal_full.
    std::uint64_t journal_max_bytes = std::uint64_t{4} << 30;

    // The shipper inserts into the store when this much time has passed or this many rows wait, whichever is first.
    std::chrono::milliseconds flush_interval{100};
    std::uint32_t flush_rows = 1000;

    // Tokens that a provider does not report are estimated.
    bool estimate = true;

    // Usage rows of a month that ended longer ago than this are dropped from the store; 0: never.
    std::chrono::days retention{0};
    // Likewise the sums of hours, but not before the rows.
    std::chrono::days sums_retention{0};

    // What reports in one currency are converted by.
    std::vector<currency_rate> rates;

    bool operator==(const options&) const = default;
};

}  // namespace ferry::usage
