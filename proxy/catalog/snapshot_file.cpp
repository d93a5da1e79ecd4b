#include "catalog/snapshot_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/clock.hpp"
#include "catalog/snapshot_rows.hpp"
#include "store/store_error.hpp"

namespace ferry::catalog {
namespace {

constexpr std::size_t written_at_once = 256 * 1024;

std::int64_t modified_us(const struct stat& found) {
    return std::int64_t{found.st_mtim.tv_sec} * 1'000'000 + found.st_mtim.tv_nsec / 1000;
}

}  // namespace

void snapshot_file::save(const store::catalog_rows& rows) {
    if (path_.empty()) return;
    const std::string folder = std::filesystem::path(path_).parent_path().string();
    // A name of its own: a process that takes over writes beside the one that ends.
    const std::string next = path_ + ".new-" + std::to_string(::getpid());
    file_ = {};
    make_folder(folder);
    remove_file(next);  // of a program that died over it
    saved_bytes_ = added_bytes_ = 0;
    file made = write_all(rows, next);
    rename_file(next, path_);
    made.set_path(path_);
    sync_folder(folder);
    file_ = std::move(made);
}

// Piece by piece: the text of all rows is longer than the rows.
file snapshot_file::write_all(const store::catalog_rows& rows, const std::string& path) {
    file made = file::create(path);
    write_catalog_text(rows, written_at_once, [&](std::string_view piece) {
        made.append(piece);
        saved_bytes_ += piece.size();
    });
    made.sync_data();
    return made;
}

bool snapshot_file::add(const store::catalog_changes& changes) {
    if (path_.empty()) return true;
    if (!is_own()) {
        file_ = {};
        return is_kept_by_another();
    }
    const std::string text = changes_text(changes);
    file current = std::move(file_);  // and lost where this throws: what was written of it may be cut
    current.append(text);
    current.sync_data();
    file_ = std::move(current);
    added_bytes_ += text.size();
    return true;
}

bool snapshot_file::is_own() const {
    return file_.is_open() && file_.has_name();
}

bool snapshot_file::is_kept_by_another() const {
    struct stat found {};
    if (::stat(path_.c_str(), &found) != 0) return false;
    const auto patience = std::chrono::duration_cast<std::chrono::microseconds>(2 * time_between_confirmations());
    return wall_us() - modified_us(found) < patience.count();
}

snapshot_file::clock::duration snapshot_file::time_between_confirmations() const {
    return std::min<clock::duration>(std::chrono::minutes(1), max_age_ / 10);
}

bool snapshot_file::confirm() {
    if (path_.empty() || clock::now() < next_confirmation_) return true;
    next_confirmation_ = clock::now() + time_between_confirmations();
    if (!is_own()) return is_kept_by_another();
    ::utimensat(AT_FDCWD, path_.c_str(), nullptr, 0);
    return true;
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
