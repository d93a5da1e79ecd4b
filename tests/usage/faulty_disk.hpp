// A disk that fails when it is told to, and waiting for what follows from it.
#pragma once

#include <atomic>
#include <future>
#include <memory>

#include "usage/journal_fixture.hpp"

namespace ferry::usage::testing {

// A disk whose calls of one kind fail while it is told to.
class disk {
public:
    explicit disk(file_call which, std::errc reason = std::errc::io_error) {
        set_file_fault([=, this](file_call call, const std::string&) -> std::error_code {
            if (call != which) return {};
            ++calls;
            return is_failing ? std::make_error_code(reason) : std::error_code();
        });
    }
    ~disk() { set_file_fault({}); }

    std::atomic<int> calls{0};
    std::atomic<bool> is_failing{false};
};

inline void until(const std::function<bool()>& is_so) {
    const auto limit = std::chrono::steady_clock::now() + 60s;
    while (!is_so()) {
        BOOST_REQUIRE(std::chrono::steady_clock::now() < limit);
        std::this_thread::yield();
    }
}

inline std::future<bool> ask_for_durability(journal_writer& writer) {
    const auto answer = std::make_shared<std::promise<bool>>();
    writer.when_durable(writer.position(), [answer](bool durable) { answer->set_value(durable); });
    return answer->get_future();
}

inline bool is_answered(const std::future<bool>& answer) {
    return answer.wait_for(0s) == std::future_status::ready;
}

}  // namespace ferry::usage::testing
