#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace ferry::micro {

// Something that Ferry does for every request, event or byte.
struct inner_loop {
    std::string name;
    std::string unit;                       // what one operation is: "event", "KiB"
    std::function<void(std::size_t)> call;  // does it so often, and consumes what comes of it
    std::size_t per_call = 1;               // operations of a call
    bool is_free = false;                   // promised: an operation allocates nothing
    // Before each round, in no figure; may be empty. A round has most_calls at most.
    std::function<void()> prepare = {};
    std::size_t most_calls = 1'000'000'000;
};

void add_event_loops(std::vector<inner_loop>& to);
void add_request_loops(std::vector<inner_loop>& to);
void add_text_loops(std::vector<inner_loop>& to);
void add_journal_loops(std::vector<inner_loop>& to);

// The compiler takes it for looked at, and for changed: nothing that led to it is left out, or done once for all.
template <typename T>
void consume(T& result) {
    asm volatile("" : : "g"(&result) : "memory");
}

// Ends the program: what is measured is not what was meant.
[[noreturn]] void not_as_meant(const std::string& what);

}  // namespace ferry::micro
