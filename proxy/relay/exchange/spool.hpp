// A request body that is too large for memory, in a file that has no name.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/fault.hpp"

namespace ferry::relay {

// Written as the body arrives, then read through a mapping whose pages are given back once they were sent: memory does
// not grow with it. The file goes with its owner, also when the process dies. Owned by: a body_buffer. Lives on: a
// core; what it writes stays in the page cache until the system finds time for the disk.
class spool {
public:
    // Faults: overloaded, with the system's reason for operators.
    static result<spool> open(const std::string& folder);
    spool(spool&& other) noexcept;
    spool& operator=(spool&& other) noexcept;
    ~spool();

    result<bool> append(std::string_view bytes);
    // Once all was written. From then on view() is there.
    result<bool> map();

    std::size_t size() const { return size_; }
    std::string_view view() const { return {map_, map_ == nullptr ? 0 : size_}; }
    // What lies before `at` in the view is not needed soon: it is read from the file again if it is.
    void give_back_before(const char* at) const;

private:
    explicit spool(int fd) : fd_(fd) {}

    int fd_ = -1;
    std::size_t size_ = 0;
    char* map_ = nullptr;
};

}  // namespace ferry::relay
