#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <string>

namespace ferry::test {

// A pipe whose read end never blocks, to look at what code writes to a descriptor.
class descriptor_pipe {
public:
    descriptor_pipe() {
        if (::pipe2(ends_.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
        ::fcntl(ends_[0], F_SETFL, O_NONBLOCK);
    }
    ~descriptor_pipe() {
        close_read_end();
        ::close(ends_[1]);
    }
    descriptor_pipe(const descriptor_pipe&) = delete;
    descriptor_pipe& operator=(const descriptor_pipe&) = delete;

    int write_end() const { return ends_[1]; }

    std::string read_available() {
        std::string text;
        std::array<char, 4096> piece;
        for (ssize_t n; (n = ::read(ends_[0], piece.data(), piece.size())) > 0;) text.append(piece.data(), n);
        return text;
    }

    void close_read_end() {
        if (ends_[0] >= 0) ::close(ends_[0]);
        ends_[0] = -1;
    }

private:
    std::array<int, 2> ends_{-1, -1};
};

}  // namespace ferry::test
