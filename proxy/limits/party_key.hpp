// Whose limits and budgets: one number for a key, user or team.
#pragma once

#include <cstddef>
#include <cstdint>

#include "access/limits.hpp"

namespace ferry::limits {

inline std::uint64_t party_key(access::party who, std::int64_t id) {
    return static_cast<std::uint64_t>(id) * 4 + static_cast<std::uint64_t>(who);
}

// What is kept of them is kept in so many parts, each under a lock of its own, which is held while the part is walked
// through: so there are many.
inline constexpr std::size_t party_shards = 256;

inline std::size_t party_shard(std::uint64_t key) {
    return static_cast<std::size_t>((key * 0x9E3779B97F4A7C15U) >> 56);  // by the upper bits of a product: all alike
}

}  // namespace ferry::limits
