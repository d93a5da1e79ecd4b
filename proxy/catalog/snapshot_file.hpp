#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "base/file.hpp"
#include "store/rows.hpp"

namespace ferry::catalog {

// The last catalog that the store gave, kept in a file of mode 0600 (it holds the keys of the upstreams), so that a
// program can start and serve while the store is away. The file's time is when the store confirmed it last.
// It is written whole and put in its place in one step; what changes afterwards is added at its end. A crash or a full
// disk leaves a file that ends with an earlier version, whole.
// Owned by: the loader. Lives on: its thread; every call blocks on the file system.
class snapshot_file {
public:
    // An empty path: nothing is ever kept.
    snapshot_file(std::string path, std::chrono::milliseconds max_age) : path_(std::move(path)), max_age_(max_age) {}

    bool is_wanted() const { return !path_.empty(); }
    // Replaces the file in one step. Throws file_error; nothing can be added then until it has been saved again.
    void save(const store::catalog_rows& rows);
    // Adds what has changed since. False: there is no file of this object's to add to, save() it first. True as well
    // where another process has put a file of its own there lately, for then that process keeps it. Throws as save().
    bool add(const store::catalog_changes& changes);
    // Whether more was added than was saved.
    bool has_outgrown() const { return added_bytes_ > saved_bytes_ + least_growth; }
    // The store still says the same. Writes the file's time, now and then; false if it is not the file that was saved.
    bool confirm();
    // Throws store::store_error if there is none, or it is damaged or older than max_age: why, and what to do.
    store::catalog_rows load() const;

private:
    using clock = std::chrono::steady_clock;
    static constexpr std::uint64_t least_growth = 64 * 1024;

    file write_all(const store::catalog_rows& rows, const std::string& path);
    bool is_own() const;
    bool is_kept_by_another() const;
    clock::duration time_between_confirmations() const;

    std::string path_;
    std::chrono::milliseconds max_age_;
    file file_;  // what was saved, until a write fails
    std::uint64_t saved_bytes_ = 0, added_bytes_ = 0;
    clock::time_point next_confirmation_{};
};

}  // namespace ferry::catalog
