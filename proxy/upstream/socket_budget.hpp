// How many sockets to upstreams there may be, of all cores together.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <utility>

#include "upstream/endpoint_sockets.hpp"

namespace ferry::upstream {

// Shared by the pools of all cores. A socket that is needed is made all the same; the budget says when idle ones have
// to be closed for it. `shed` is set before the first connection is made: it has other cores close idle ones, too.
struct socket_budget {
    std::atomic<std::int64_t> most{std::numeric_limits<std::int64_t>::max()};
    std::atomic<std::int64_t> open{0};
    std::function<void()> shed = [] {};
    all_endpoint_sockets by_endpoint;

    bool is_spent() const { return open.load(std::memory_order_relaxed) >= most.load(std::memory_order_relaxed); }
};

// Counts one socket for as long as it lives. Move-only.
class counted_socket {
public:
    counted_socket() = default;
    explicit counted_socket(socket_budget& of) : of_(&of) { of_->open.fetch_add(1, std::memory_order_relaxed); }
    counted_socket(counted_socket&& other) noexcept : of_(std::exchange(other.of_, nullptr)) {}
    counted_socket& operator=(counted_socket&& other) noexcept {
        std::swap(of_, other.of_);
        return *this;
    }
    ~counted_socket() {
        if (of_ != nullptr) of_->open.fetch_sub(1, std::memory_order_relaxed);
    }

private:
    socket_budget* of_ = nullptr;
};

}  // namespace ferry::upstream
