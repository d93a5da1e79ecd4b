// The thin layer every file call of the journal goes through: owned descriptors, errors that name the path, and one
// seam where tests make the N-th call fail. Blocking: never called on a thread that serves requests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "base/page_guard.hpp"

namespace ferry {

// What could not be done, with the path and the system's reason: `cannot sync /x/y: Input/output error`.
class file_error : public std::system_error {
public:
    file_error(std::error_code code, const std::string& what_failed, const std::string& path)
        : std::system_error(code, "cannot " + what_failed + " " + path) {}
};

enum class file_call { open, create, allocate, map, write, read, sync, lock, rename, remove, list, sync_folder };

// The seam: when set, it is asked before every call; an error it returns is what the call then fails with.
// Tests only; set while no other thread uses files. An empty function takes it away.
using file_fault = std::function<std::error_code(file_call, const std::string& path)>;
void set_file_fault(file_fault inject);

// An open file. Move-only; closing gives up its lock. Lives on: any thread, one at a time (sync_data() may run beside
// anything). Every call throws file_error.
class file {
public:
    file() = default;
    static file open_existing(const std::string& path);   // to read and write
    static file open_to_append(const std::string& path);  // created with mode 0600 if missing
    static file create(const std::string& path);          // mode 0600; fails if it exists
    file(file&& other) noexcept : fd_(std::exchange(other.fd_, -1)), path_(std::move(other.path_)) {}
    file& operator=(file&& other) noexcept;
    ~file();

    bool is_open() const { return fd_ >= 0; }
    const std::string& path() const { return path_; }
    // After the file was renamed: what errors shall say from now on.
    void set_path(std::string path) { path_ = std::move(path); }

    std::uint64_t size() const;
    // False once nobody could open it any more: another process removed it.
    bool has_name() const;
    // Reserves `bytes` on the disk, zeroed, so that a write into them never finds the disk full.
    void allocate(std::uint64_t bytes);
    void append(std::string_view text);
    void write_at(std::uint64_t offset, std::string_view bytes);
    // From the start, at most `most` bytes.
    std::string read(std::uint64_t most = UINT64_MAX) const;
    void sync_data() const;
    // An exclusive lock that ends with this object or its process. False if another open file holds it.
    bool try_lock();

private:
    friend class mapping;
    file(int fd, std::string path) : fd_(fd), path_(std::move(path)) {}
    static file open(file_call call, const std::string& path, int flags);

    int fd_ = -1;
    std::string path_;
};

// A whole file in memory, shared with the file: a store into it is in the page cache at once and survives kill -9.
// Move-only. Where the file is made shorter meanwhile, or its disk fails, what is touched there is memory of no file.
class mapping {
public:
    mapping() = default;
    mapping(const file& of, std::size_t bytes);  // throws file_error
    mapping(mapping&& other) noexcept
        : data_(std::exchange(other.data_, nullptr)),
          size_(std::exchange(other.size_, 0)),
          guard_(std::move(other.guard_)) {}
    mapping& operator=(mapping&& other) noexcept;
    ~mapping();

    char* data() const { return data_; }
    std::size_t size() const { return size_; }
    // Something that was read or written here is not, or not any more, in the file. REQUIRES: it was mapped.
    bool has_lost_pages() const { return guard_->has_lost_pages(); }

private:
    char* data_ = nullptr;
    std::size_t size_ = 0;
    std::unique_ptr<page_guard> guard_;
};

void rename_file(const std::string& from, const std::string& to);
// Quietly does nothing if there is no such file.
void remove_file(const std::string& path);
// Creates the folder and its parents, mode 0700, where missing; what is made is durable on return. Throws if `path` is
// something else.
void make_folder(const std::string& path);
// Names of what is in the folder, sorted, without `.` and `..`.
std::vector<std::string> list_folder(const std::string& path);
// Makes creations, renames and removals in the folder durable.
void sync_folder(const std::string& path);

}  // namespace ferry
