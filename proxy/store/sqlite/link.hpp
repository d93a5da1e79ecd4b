#pragma once

#include <sys/types.h>

#include <optional>
#include <utility>

#include "store/sqlite/connection.hpp"

namespace ferry::store::sqlite {

// A store's way to its connection: opened at the first call, and again when the file was replaced by another (a
// restored backup), since SQLite itself would go on writing into the file that nobody sees any more.
// Owned by: one store. Lives on: one thread at a time.
class link {
public:
    explicit link(connection_options options) : options_(std::move(options)) {}

    // Valid until the next call. Throws store_unavailable if the file cannot be opened, or was open and is gone now.
    connection& get();

private:
    struct identity {
        dev_t device;
        ino_t inode;
        bool operator==(const identity&) const = default;
    };
    std::optional<identity> look() const;

    connection_options options_;
    std::optional<connection> open_;
    std::optional<identity> opened_;
};

}  // namespace ferry::store::sqlite
