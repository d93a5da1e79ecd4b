// The bytes of a record: version, kind, request id, then its fields as varints and counted texts. Pure.
// A program reads its own version and older ones and refuses newer ones; bytes after the last known field are ignored.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <variant>
#include <vector>

#include "usage/records.hpp"

namespace ferry::usage {

inline constexpr unsigned char record_version = 1;

// Bounds of texts, in bytes.
inline constexpr std::size_t max_name_bytes = 1024;    // model names
inline constexpr std::size_t max_text_bytes = 256;     // what clients and upstreams say: ids, user agent
inline constexpr std::size_t max_message_bytes = 300;  // what a provider said of its failure
inline constexpr std::size_t max_code_bytes = 64;      // codes, operations, providers, addresses
inline constexpr std::size_t max_ids_bytes = 640;      // ids that an answer issued, as a JSON list
inline constexpr std::size_t max_attempt_results = 64;
inline constexpr std::size_t max_part_bytes = 15 * 1024;  // of what a request leaves in its conversation
// No record is longer; a longer one is damage.
inline constexpr std::size_t max_record_bytes = 16 * 1024;
// An end record can always be brought below this, by leaving out results of attempts.
inline constexpr std::size_t least_end_bytes = 1600;

// Where a record is built. The view an encoder returns lives until the next call.
class record_buffer {
public:
    std::string_view encode(const begin_record& record);
    std::string_view encode(const uuid& id, const attempt_record& record);
    // Messages and results of attempts that would take the record over `limit` are left out.
    std::string_view encode(const uuid& id, const end_record& record, std::size_t limit = max_record_bytes);
    // REQUIRES: at most max_part_bytes.
    std::string_view encode(const uuid& id, const turn_part& record);
    // The last record of a segment that is complete.
    std::string_view encode_seal();

private:
    std::array<char, max_record_bytes> bytes_;
};

struct decoded_attempt {
    uuid id;
    attempt_record record;
};
struct decoded_part {
    uuid id;
    turn_part part;
};
struct decoded_end {
    uuid id;
    end_record record;  // its `attempts` is empty: they stand here
    std::vector<attempt_result> attempts;
};
struct decoded_seal {};
struct newer_record {
    unsigned version;
};
struct malformed_record {};

using decoded_record = std::variant<malformed_record, newer_record, begin_record, decoded_attempt, decoded_part,
                                    decoded_end, decoded_seal>;

// Reads any bytes whatever without reading past them. Views in the result point into `payload`.
decoded_record decode(std::string_view payload);

}  // namespace ferry::usage
