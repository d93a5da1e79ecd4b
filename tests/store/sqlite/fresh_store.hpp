#pragma once

#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "store/sqlite/database.hpp"

namespace ferry::store {

class temporary_folder {
public:
    temporary_folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "ferry-store-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = pattern;
    }
    ~temporary_folder() { std::filesystem::remove_all(path_); }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;

    std::string operator/(const char* name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

// A place where no store is yet: the embedded one's.
struct fresh_store {
    temporary_folder folder;

    options chosen() const {
        options made;
        made.url = "sqlite:" + (folder / "ferry.db");
        made.busy_timeout = std::chrono::milliseconds(50);
        return made;
    }
    std::unique_ptr<database> with(std::span<const migration> known) const {
        return std::make_unique<sqlite::file_database>(folder / "ferry.db", options(), known);
    }
};

inline std::span<const migration> own_migrations() {
    return sqlite_migrations();
}

// Where the stores' SQL differs.
namespace dialect {

inline constexpr auto lock_against_writers = "BEGIN IMMEDIATE; SELECT 1; COMMIT";
inline constexpr auto do_not_sync = "PRAGMA synchronous = OFF;";
inline constexpr auto day_of_start = "substr(started_at, 1, 10)";
inline constexpr auto bytes_00_ff = "x'00ff'", bytes_as_text = "x'00ff'", infinity = "9e999";
inline constexpr auto refuse_bad_rows =
    "CREATE TRIGGER poison BEFORE INSERT ON usage_records WHEN NEW.request_id = 'bad'"
    " BEGIN SELECT raise(ABORT, 'bad row'); END";
inline constexpr bool text_may_hold_zero = true;
inline std::string seconds_ago(int count) {
    return "strftime('%Y-%m-%d %H:%M:%f', 'now', '-" + std::to_string(count) + " seconds')";
}

}  // namespace dialect

}  // namespace ferry::store
