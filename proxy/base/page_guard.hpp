#pragma once

#include <cstddef>

namespace ferry {

// Keeps the process alive when a page of a mapped file cannot be had: another program made the file shorter, the disk
// under it is full or broken. The kernel answers a touch of such a page with SIGBUS, which ends a process. Under a
// guard the page becomes ordinary memory instead, zeroed, and the thread goes on; has_lost_pages() then says that what
// is written there reaches no file. Pages that can still be had stay the file's.
// Owned by: the mapping it watches over, of which it covers all. Lives on: any thread.
class page_guard {
public:
    // REQUIRES: `data` is the start of a page, and stays mapped as long as this lives. Takes over SIGBUS; what happens
    // outside of guarded memory goes on to whoever handled the signal before.
    page_guard(char* data, std::size_t bytes);
    ~page_guard();
    page_guard(const page_guard&) = delete;
    page_guard& operator=(const page_guard&) = delete;

    // Seen at once by the thread that touched the page.
    bool has_lost_pages() const;

    struct range;

private:
    range* range_;
};

}  // namespace ferry
