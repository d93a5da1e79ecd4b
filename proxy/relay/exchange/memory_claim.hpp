// One request's share of a budget of memory.
#pragma once

#include <algorithm>
#include <cstddef>

#include "relay/exchange/services.hpp"

namespace ferry::relay {

// Owned by who uses the memory; gives back what it claimed when it ends.
class memory_claim {
public:
    explicit memory_claim(memory_budget& budget) : budget_(budget) {}
    ~memory_claim() { budget_.give_back(claimed_); }
    memory_claim(const memory_claim&) = delete;
    memory_claim& operator=(const memory_claim&) = delete;

    // The bytes used now, which may be fewer than before: what was claimed once is kept until the end. False: the
    // budget is used up.
    bool cover(std::size_t bytes) {
        if (bytes <= claimed_) return true;
        // In steps, so that a text that grows by little pieces does not count each of them.
        const auto wanted = std::max(bytes, claimed_ + step);
        if (!budget_.take(wanted - claimed_)) return false;
        claimed_ = wanted;
        return true;
    }

private:
    static constexpr std::size_t step = 16384;

    memory_budget& budget_;
    std::size_t claimed_ = 0;
};

}  // namespace ferry::relay
