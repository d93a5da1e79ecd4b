#include "base/page_guard.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <mutex>

namespace ferry {

// What the signal handler looks at: atomics only, and never freed, because it may walk the list at any moment.
// `begin` is 0 while nobody uses it.
struct page_guard::range {
    std::atomic<std::uintptr_t> begin{0}, end{0};
    std::atomic<bool> has_lost_pages{false};
    std::unique_ptr<bool[]> is_replaced;  // for each page; guarded by `replacing`
    bool is_taken = true;                 // guarded by `owners`
    range* next = nullptr;
};

namespace {

std::atomic<page_guard::range*> ranges{nullptr};
std::atomic_flag replacing = ATOMIC_FLAG_INIT;  // held for one mmap, by handlers only
std::mutex owners;
struct sigaction earlier {};
const auto page_bytes = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));

// Two threads may have touched the page together: the second one must not wipe out what the first has written since.
bool replace_page(page_guard::range& of, std::uintptr_t page) {
    bool& is_replaced = of.is_replaced[(page - of.begin) / page_bytes];
    while (replacing.test_and_set(std::memory_order_acquire)) continue;
    if (!is_replaced) {
        // The system call itself: sanitizers put more than is allowed in a handler around mmap().
        const long got = ::syscall(SYS_mmap, page, page_bytes, PROT_READ | PROT_WRITE,
                                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        is_replaced = got == static_cast<long>(page);
    }
    of.has_lost_pages.store(true, std::memory_order_relaxed);
    const bool went_well = is_replaced;
    replacing.clear(std::memory_order_release);
    return went_well;
}

bool save(std::uintptr_t address) {
    for (auto* each = ranges.load(std::memory_order_acquire); each != nullptr; each = each->next)
        if (address >= each->begin && address < each->end) return replace_page(*each, address & ~(page_bytes - 1));
    return false;
}

void on_bus_error(int number, siginfo_t* info, void*) {
    const int error = errno;
    const bool is_sent = info->si_code <= 0;  // by kill(): no page is behind it
    const bool is_saved = !is_sent && save(reinterpret_cast<std::uintptr_t>(info->si_addr));
    errno = error;
    if (is_saved) return;
    ::sigaction(number, &earlier, nullptr);  // the touch is repeated, and the earlier handler sees it
    if (is_sent) ::raise(number);
}

// Called for each guard, since test frameworks set the handler anew for each test.
void take_over_signal() {
    struct sigaction current {};
    ::sigaction(SIGBUS, nullptr, &current);
    if ((current.sa_flags & SA_SIGINFO) != 0 && current.sa_sigaction == on_bus_error) return;
    earlier = current;
    struct sigaction ours {};
    ours.sa_sigaction = on_bus_error;
    ours.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&ours.sa_mask);
    ::sigaction(SIGBUS, &ours, nullptr);
}

page_guard::range* take_range() {
    for (auto* each = ranges.load(); each != nullptr; each = each->next)
        if (!each->is_taken) {
            each->is_taken = true;
            return each;
        }
    auto* made = new page_guard::range;
    made->next = ranges.load();
    ranges.store(made, std::memory_order_release);
    return made;
}

}  // namespace

page_guard::page_guard(char* data, std::size_t bytes) {
    const std::lock_guard lock(owners);
    take_over_signal();
    range_ = take_range();
    range_->is_replaced = std::make_unique<bool[]>((bytes + page_bytes - 1) / page_bytes);
    range_->has_lost_pages = false;
    const auto begin = reinterpret_cast<std::uintptr_t>(data);
    range_->end = begin + bytes;
    range_->begin.store(begin, std::memory_order_release);
}

page_guard::~page_guard() {
    const std::lock_guard lock(owners);
    range_->end = 0;
    range_->begin = 0;
    range_->is_taken = false;
}

bool page_guard::has_lost_pages() const {
    std::atomic_signal_fence(std::memory_order_seq_cst);  // behind the touches that came before
    return range_->has_lost_pages.load(std::memory_order_relaxed);
}

}  // namespace ferry
