#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "workload/options.hpp"
#include "workload/record_reader.hpp"

namespace ferry::bench {

// One request of a trace.
struct trace_entry {
    std::chrono::nanoseconds at{};  // since the first one; never falls
    std::uint32_t input_tokens = 0, output_tokens = 0;
    std::vector<std::uint64_t> blocks;  // of 512 tokens each; the same number is the same text
};

inline constexpr std::uint32_t trace_block = 512;

// Mooncake's traces (a JSON object a line: timestamp in ms, input_length, output_length, hash_ids) and Azure's (CSV:
// TIMESTAMP, ContextTokens, GeneratedTokens), row by row. Owned by: a workload. Throws std::invalid_argument in words.
class trace_file {
public:
    trace_file(const std::string& file, trace_form form);

    std::optional<trace_entry> next();
    void rewind();
    std::uint64_t consumed() const { return rows_.consumed(); }

private:
    void read_header();
    trace_entry mooncake(const record& row) const;
    trace_entry azure(const record& row) const;

    record_reader rows_;
    const bool is_csv_;
    std::size_t time_column_ = 0, input_column_ = 0, output_column_ = 0;
    std::optional<std::chrono::nanoseconds> first_;
    std::chrono::nanoseconds last_{};
};

// "2023-11-16 18:17:03.9799600", with T or a space between, and Z or +00:00 behind or nothing: since 1970.
std::optional<std::chrono::nanoseconds> parsed_time(std::string_view text);

}  // namespace ferry::bench
