#pragma once

#include <span>
#include <string>
#include <string_view>

#include "store/rows.hpp"

namespace ferry::usage {

// The file of rows that the store will never take: dead-letter.jsonl in the journal's folder, mode 0600, one JSON
// object a line: `reason`, `row` with the columns of usage_records, `attempts`. A row may stand there twice (a crash
// between writing it and committing the rest of its batch).
// Owned by: shipper. Lives on: its thread. Created with the first row.
class dead_letter {
public:
    explicit dead_letter(const std::string& folder) : folder_(folder), path_(folder + "/dead-letter.jsonl") {}

    // Durable on return. Throws file_error.
    void add(const store::usage_row& row, std::span<const store::attempt_row> attempts, std::string_view reason);

    const std::string& path() const { return path_; }

private:
    std::string folder_;
    std::string path_;
};

}  // namespace ferry::usage
