// CRC-32C (Castagnoli, as in RFC 3720): by the processor's instruction where it has one, by table elsewhere. Pure.
#pragma once

#include <cstdint>
#include <string_view>

namespace ferry::usage {

// Continues `seed`, the checksum of what came before: crc32c(b, crc32c(a)) == crc32c(a + b).
std::uint32_t crc32c(std::string_view bytes, std::uint32_t seed = 0);

// The same without the instruction, for processors that lack it and for tests.
std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t seed = 0);

}  // namespace ferry::usage
