// The bytes of a segment file. Pure.
// A page of header, then frames at multiples of 8 bytes up to the first one that is all zero:
//   crc32c (4) | length (4) | sequence (8) | payload (length) | zeros to a multiple of 8
// The checksum covers length, sequence and payload and starts from the segment's identity, so that neither another
// segment's frame nor one moved within the file passes. Sequences count from 1. Numbers are little-endian.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.hpp"

namespace ferry::usage {

inline constexpr std::uint32_t segment_version = 1;
inline constexpr std::uint64_t segment_header_bytes = 4096;
inline constexpr std::uint64_t frame_header_bytes = 16;

// Which segment a file is; also its name.
struct segment_identity {
    uuid instance;  // of the process that wrote it
    std::uint32_t core = 0;
    std::uint64_t number = 0;  // 1, 2, ... on its core
    bool operator==(const segment_identity&) const = default;
};

// `<instance>-<core>-<number>.seg`
std::string segment_file_name(const segment_identity& id);
std::optional<segment_identity> parse_segment_file_name(std::string_view name);

// What every checksum of the segment starts from.
std::uint32_t checksum_seed(const segment_identity& id);

struct segment_header {
    std::uint32_t version = segment_version;
    segment_identity id;
    std::uint64_t file_bytes = 0;
};

enum class header_state { good, newer_version, damaged };

// REQUIRES: `page` has segment_header_bytes.
void write_header(char* page, const segment_header& header);
// `expected` is what the file's name says. A header that is whole but of a newer version is not damage.
header_state check_header(std::string_view file, const segment_identity& expected, segment_header& out);

// Up to where everything is committed in the store: ends before it are not shipped again. It stands in the header
// page with its own checksum; 0 if that does not fit (the rows are then offered to the store again, which knows them).
struct checkpoint_bytes {
    static constexpr std::uint64_t offset = 64;
    static constexpr std::size_t size = 16;
};
void write_checkpoint(char* to, const segment_identity& id, std::uint64_t checkpoint);
std::uint64_t read_checkpoint(std::string_view file, const segment_identity& id);

// Bytes a payload takes as a frame.
constexpr std::uint64_t frame_bytes(std::uint64_t payload) {
    return (frame_header_bytes + payload + 7) & ~7ull;
}

// REQUIRES: `to` is zeroed and has frame_bytes(payload.size()).
void write_frame(char* to, std::uint32_t seed, std::uint64_t sequence, std::string_view payload);

struct frame {
    std::uint64_t offset = 0;
    std::string_view payload;  // points into the file's bytes
};

// Gives the frames of a segment one by one. Where one is bad, it looks for the next whole one, so that damage costs
// the records it touches and no others; skipped_damage() tells. At the end, has_clean_tail() says whether nothing but
// zeros follow the last frame.
class frame_reader {
public:
    frame_reader(std::string_view file, const segment_identity& id, std::uint64_t from = segment_header_bytes);

    std::optional<frame> next();
    // Reading goes on where it stood, in a file that has grown to this.
    void extend(std::string_view file) { file_ = file; }

    std::uint64_t offset() const { return at_; }
    bool skipped_damage() const { return skipped_damage_; }
    bool has_clean_tail() const;

private:
    std::optional<frame> frame_at(std::uint64_t offset, std::uint64_t& sequence) const;

    std::string_view file_;
    std::uint32_t seed_;
    std::uint64_t at_;
    std::uint64_t sequence_ = 0;
    bool skipped_damage_ = false;
};

}  // namespace ferry::usage
