#include "base/file.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>

namespace ferry {

namespace {

file_fault& injected() {
    static file_fault fault;
    return fault;
}

const char* text_of(file_call call) {
    static constexpr const char* texts[] = {"open", "create", "reserve space in", "map",    "write", "read",
                                            "sync", "lock",   "rename",           "remove", "list",  "sync the folder"};
    return texts[static_cast<int>(call)];
}

[[noreturn]] void fail(file_call call, const std::string& path, int error) {
    throw file_error({error, std::system_category()}, text_of(call), path);
}

// Where the seam is: before every call.
void check(file_call call, const std::string& path) {
    if (!injected()) return;
    if (const std::error_code error = injected()(call, path)) throw file_error(error, text_of(call), path);
}

}  // namespace

void set_file_fault(file_fault inject) {
    injected() = std::move(inject);
}

file file::open(file_call call, const std::string& path, int flags) {
    check(call, path);
    const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
    if (fd < 0) fail(call, path, errno);
    return {fd, path};
}

file file::open_existing(const std::string& path) {
    return open(file_call::open, path, O_RDWR);
}
file file::open_to_append(const std::string& path) {
    return open(file_call::open, path, O_RDWR | O_CREAT | O_APPEND);
}
file file::create(const std::string& path) {
    return open(file_call::create, path, O_RDWR | O_CREAT | O_EXCL);
}

file& file::operator=(file&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(path_, other.path_);
    return *this;
}

file::~file() {
    if (fd_ >= 0) ::close(fd_);
}

std::uint64_t file::size() const {
    struct stat found {};
    if (::fstat(fd_, &found) != 0) fail(file_call::read, path_, errno);
    return static_cast<std::uint64_t>(found.st_size);
}

bool file::has_name() const {
    struct stat found {};
    if (::fstat(fd_, &found) != 0) fail(file_call::read, path_, errno);
    return found.st_nlink > 0;
}

void file::allocate(std::uint64_t bytes) {
    check(file_call::allocate, path_);
    // Where the file system cannot reserve, posix_fallocate writes to each block.
    if (const int error = ::posix_fallocate(fd_, 0, static_cast<off_t>(bytes))) fail(file_call::allocate, path_, error);
}

void file::append(std::string_view text) {
    check(file_call::write, path_);
    while (!text.empty()) {
        const ssize_t written = ::write(fd_, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail(file_call::write, path_, errno);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

void file::write_at(std::uint64_t offset, std::string_view bytes) {
    check(file_call::write, path_);
    while (!bytes.empty()) {
        const ssize_t written = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) fail(file_call::write, path_, errno);
        bytes.remove_prefix(static_cast<std::size_t>(written));
        offset += static_cast<std::uint64_t>(written);
    }
}

std::string file::read(std::uint64_t most) const {
    check(file_call::read, path_);
    std::string bytes(std::min(size(), most), '\0');
    std::size_t got = 0;
    while (got < bytes.size()) {
        const ssize_t n = ::pread(fd_, bytes.data() + got, bytes.size() - got, static_cast<off_t>(got));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) fail(file_call::read, path_, errno);
        if (n == 0) break;
        got += static_cast<std::size_t>(n);
    }
    bytes.resize(got);
    return bytes;
}

void file::sync_data() const {
    check(file_call::sync, path_);
    if (::fdatasync(fd_) != 0) fail(file_call::sync, path_, errno);
}

bool file::try_lock() {
    check(file_call::lock, path_);
    if (::flock(fd_, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno == EWOULDBLOCK) return false;
    fail(file_call::lock, path_, errno);
}

mapping::mapping(const file& of, std::size_t bytes) : size_(bytes) {
    check(file_call::map, of.path());
    void* at = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, of.fd_, 0);
    if (at == MAP_FAILED) fail(file_call::map, of.path(), errno);
    data_ = static_cast<char*>(at);
    guard_ = std::make_unique<page_guard>(data_, size_);
}

mapping& mapping::operator=(mapping&& other) noexcept {
    std::swap(data_, other.data_);
    std::swap(size_, other.size_);
    std::swap(guard_, other.guard_);
    return *this;
}

mapping::~mapping() {
    guard_.reset();
    if (data_ != nullptr) ::munmap(data_, size_);
}

void rename_file(const std::string& from, const std::string& to) {
    check(file_call::rename, from);
    if (::rename(from.c_str(), to.c_str()) != 0) fail(file_call::rename, from, errno);
}

void remove_file(const std::string& path) {
    check(file_call::remove, path);
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) fail(file_call::remove, path, errno);
}

void make_folder(const std::string& path) {
    check(file_call::create, path);
    struct stat found {};
    if (::stat(path.c_str(), &found) == 0) {
        if (!S_ISDIR(found.st_mode)) fail(file_call::create, path, ENOTDIR);
        return;
    }
    const std::string parent = std::filesystem::path(path).parent_path().string();
    if (!parent.empty() && parent != path) make_folder(parent);
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) fail(file_call::create, path, errno);
    // Else a power cut could take away the folder with all that was synced in it.
    sync_folder(parent.empty() ? "." : parent);
}

std::vector<std::string> list_folder(const std::string& path) {
    check(file_call::list, path);
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(path.c_str()), ::closedir);
    if (!folder) fail(file_call::list, path, errno);
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(folder.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(name);
    }
    if (errno != 0) fail(file_call::list, path, errno);
    std::sort(names.begin(), names.end());
    return names;
}

void sync_folder(const std::string& path) {
    check(file_call::sync_folder, path);
    const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) fail(file_call::sync_folder, path, errno);
    const int error = ::fsync(fd) == 0 ? 0 : errno;
    ::close(fd);
    if (error != 0) fail(file_call::sync_folder, path, error);
}

}  // namespace ferry
