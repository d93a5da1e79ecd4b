#pragma once

#include <chrono>
#include <cstdint>

namespace ferry::limits {

// Section [budget] of the configuration.
struct budget_options {
    std::int64_t slice_permille = 10;  // of a budget, that a process leases at once
    std::chrono::milliseconds lease{30'000};
    bool refuses_when_away = false;      // while the store is away and the lease has ended
    std::chrono::minutes utc_offset{0};  // of the calendar by which periods begin

    bool operator==(const budget_options&) const = default;
};

}  // namespace ferry::limits
