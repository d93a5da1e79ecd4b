#include "relay/exchange/spool.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace ferry::relay {

namespace {

fault cannot(const char* what) {
    return fault::self(fault_code::overloaded,
                       "There is no room to take the request's files at the moment: try again later.",
                       std::string("Cannot ") + what + " a file below limits.spool_dir: " + std::strerror(errno) + ".");
}

}  // namespace

result<spool> spool::open(const std::string& folder) {
    int fd = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC | O_EXCL, 0600);
    if (fd < 0 && (errno == EOPNOTSUPP || errno == EISDIR)) {
        // A file system that knows no files without names.
        auto name = folder + "/ferry-XXXXXX";
        fd = ::mkostemp(name.data(), O_CLOEXEC);
        if (fd >= 0) ::unlink(name.c_str());
    }
    if (fd < 0) return cannot("create");
    return spool(fd);
}

spool::spool(spool&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), size_(other.size_), map_(std::exchange(other.map_, nullptr)) {}

spool& spool::operator=(spool&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(size_, other.size_);
    std::swap(map_, other.map_);
    return *this;
}

spool::~spool() {
    if (map_ != nullptr) ::munmap(map_, size_);
    if (fd_ >= 0) ::close(fd_);
}

result<bool> spool::append(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(size_));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return cannot("write");
        size_ += static_cast<std::size_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

result<bool> spool::map() {
    if (size_ == 0) return true;
    void* const at = ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, fd_, 0);
    if (at == MAP_FAILED) return cannot("map");
    map_ = static_cast<char*>(at);
    ::madvise(map_, size_, MADV_SEQUENTIAL);
    return true;
}

void spool::give_back_before(const char* at) const {
    if (map_ == nullptr || at < map_ || at > map_ + size_) return;
    constexpr std::size_t page = 4096;
    const auto bytes = static_cast<std::size_t>(at - map_) / page * page;
    if (bytes > 0) ::madvise(map_, bytes, MADV_DONTNEED);
}

}  // namespace ferry::relay
