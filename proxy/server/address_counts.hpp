// How many connections each client address has: `limits.connections_per_address`.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

namespace ferry::server {

// An IPv6 network of 64 bits counts as one address: that is what one customer is given. Shared by the cores, any
// thread; asked once a connection, and only where there is a limit.
class address_counts {
public:
    // Counts a connection for as long as it lives. Move-only.
    class entry {
    public:
        entry() = default;
        entry(address_counts& in, std::string key, std::size_t number)
            : in_(&in), key_(std::move(key)), number_(number) {}
        entry(entry&& other) noexcept
            : in_(std::exchange(other.in_, nullptr)), key_(std::move(other.key_)), number_(other.number_) {}
        entry& operator=(entry&& other) noexcept {
            std::swap(in_, other.in_);
            std::swap(key_, other.key_);
            std::swap(number_, other.number_);
            return *this;
        }
        ~entry() {
            if (in_ != nullptr) in_->leave(key_);
        }

        // How many the address has with this one; 0 where nothing is counted.
        std::size_t number() const { return number_; }

    private:
        address_counts* in_ = nullptr;
        std::string key_;
        std::size_t number_ = 0;
    };

    // `address` as byte_stream::peer_address tells it.
    entry enter(const std::string& address);

private:
    void leave(const std::string& key);

    std::mutex mutex_;  // guards counts_
    std::unordered_map<std::string, std::size_t> counts_;
};

}  // namespace ferry::server
