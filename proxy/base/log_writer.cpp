#include "base/log_writer.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <string_view>

namespace ferry {
namespace {

constexpr std::size_t flush_after = 16 * 1024;
constexpr std::size_t keep_at_most = 1024 * 1024;

}  // namespace

log_writer::log_writer(int descriptor) : descriptor_(descriptor), buffer_(flush_after + PIPE_BUF) {
    struct stat what {};
    if (::fstat(descriptor, &what) == 0) {
        if (S_ISREG(what.st_mode)) target_ = target::file;
        if (S_ISSOCK(what.st_mode)) target_ = target::socket;
    }
    if (target_ == target::stream) {
        const auto path = fmt::format("/proc/self/fd/{}", descriptor);
        const int again = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        owned_ = again >= 0;
        if (owned_) descriptor_ = again;
    }
}

log_writer::~log_writer() {
    flush();
    if (owned_) ::close(descriptor_);
}

void log_writer::add(std::string_view lines, std::size_t count) {
    if (buffer_.size() + lines.size() > keep_at_most) flush();
    if (buffer_.size() + lines.size() > keep_at_most) {
        lost_ += count;
        return;
    }
    buffer_.add(lines);
    // A slow reader is tried once per 16 KiB that gather, not once per line.
    if (buffer_.size() >= flush_next_) flush();
}

void log_writer::flush() {
    std::size_t sent = 0;
    while (sent < buffer_.size()) {
        const std::size_t size = next_piece(sent);
        const ssize_t wrote = target_ == target::socket
                                  ? ::send(descriptor_, buffer_.data() + sent, size, MSG_DONTWAIT | MSG_NOSIGNAL)
                                  : ::write(descriptor_, buffer_.data() + sent, size);
        if (wrote >= 0) {
            sent += static_cast<std::size_t>(wrote);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            break;
        } else if (errno != EINTR) {
            const auto rest = buffer_.view().substr(sent);
            lost_ += static_cast<std::uint64_t>(std::count(rest.begin(), rest.end(), '\n'));
            sent = buffer_.size();
        }
    }
    buffer_.erase_front(sent);
    flush_next_ = buffer_.size() + flush_after;
}

// The whole lines from `from` on that may go in one call.
std::size_t log_writer::next_piece(std::size_t from) const {
    const std::size_t left = buffer_.size() - from;
    if (target_ == target::file || left <= PIPE_BUF) return left;
    const std::size_t end = buffer_.view().substr(from, PIPE_BUF).rfind('\n');
    return end == std::string_view::npos ? PIPE_BUF : end + 1;
}

}  // namespace ferry
