#pragma once

#include <chrono>
#include <string>

#include "store/rows.hpp"

namespace ferry::catalog {

// The last catalog that the store gave, kept in a file of mode 0600 (it holds the keys of the upstreams), so that a
// program can start and serve while the store is away. The file's time is when the store confirmed it last.
// Owned by: the loader. Lives on: its thread; every call blocks on the file system.
class snapshot_file {
public:
    // An empty path: nothing is ever kept.
    snapshot_file(std::string path, std::chrono::milliseconds max_age) : path_(std::move(path)), max_age_(max_age) {}

    // Replaces the file in one step. Throws file_error.
    void save(const store::catalog_rows& rows);
    // The store still says the same. Writes the file's time, now and then.
    void confirm();
    // Throws store::store_error if there is none, or it is damaged or older than max_age: why, and what to do.
    store::catalog_rows load() const;

private:
    using clock = std::chrono::steady_clock;

    std::string path_;
    std::chrono::milliseconds max_age_;
    clock::time_point next_confirmation_{};
};

}  // namespace ferry::catalog
