#include "catalog/snapshot_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/clock.hpp"
#include "base/file.hpp"
#include "catalog/snapshot_rows.hpp"
#include "store/store_error.hpp"

namespace ferry::catalog {
namespace {

std::int64_t modified_us(const struct stat& found) {
    return std::int64_t{found.st_mtim.tv_sec} * 1'000'000 + found.st_mtim.tv_nsec / 1000;
}

}  // namespace

void snapshot_file::save(const store::catalog_rows& rows) {
    if (path_.empty()) return;
    const std::string folder = std::filesystem::path(path_).parent_path().string();
    // A name of its own: a process that takes over writes beside the one that ends.
    const std::string next = path_ + ".new-" + std::to_string(::getpid());
    make_folder(folder);
    remove_file(next);  // of a program that died over it
    {
        file made = file::create(next);
        made.append(catalog_text(rows));
        made.sync_data();
    }
    rename_file(next, path_);
    sync_folder(folder);
}

void snapshot_file::confirm() {
    if (path_.empty() || clock::now() < next_confirmation_) return;
    next_confirmation_ = clock::now() + std::min<clock::duration>(std::chrono::minutes(1), max_age_ / 10);
    ::utimensat(AT_FDCWD, path_.c_str(), nullptr, 0);
}

store::catalog_rows snapshot_file::load() const {
    if (path_.empty()) throw store::store_error("no store.snapshot_file is configured to start from");
    struct stat found {};
    if (::stat(path_.c_str(), &found) != 0)
        throw store::store_error("there is no " + path_ + " to start from: it is written once the store was read");
    if (wall_us() - modified_us(found) > std::chrono::microseconds(max_age_).count())
        throw store::store_error(path_ + " is older than store.snapshot_max_age allows");
    try {
        return read_catalog_text(file::open_existing(path_).read());
    } catch (const std::exception& error) {
        throw store::store_error(path_ + " cannot be used: " + error.what());
    }
}

}  // namespace ferry::catalog
