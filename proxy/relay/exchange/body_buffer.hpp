// A request's body in one piece of memory that grows with what has arrived, never with what was announced; or, where it
// is long, in a file that looks like one.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>

#include "relay/exchange/services.hpp"
#include "relay/exchange/spool.hpp"

namespace ferry::relay {

// Owned by an exchange. Counts against the budget of all bodies until released.
class body_buffer {
public:
    explicit body_buffer(memory_budget& budget) : budget_(budget) {}
    ~body_buffer() { release(); }
    body_buffer(const body_buffer&) = delete;
    body_buffer& operator=(const body_buffer&) = delete;

    // Room for at least one and at most `wanted` more bytes; empty when the budget is used up.
    std::span<char> room(std::size_t wanted) {
        if (size_ == capacity_) {
            const auto larger = std::max<std::size_t>(capacity_ * 2, std::min<std::size_t>(wanted, first_step));
            if (!grow_to(larger)) return {};
        }
        return {data_ + size_, std::min(wanted, capacity_ - size_)};
    }
    void added(std::size_t bytes) { size_ += bytes; }
    // False when the budget is used up.
    bool append(std::string_view bytes) {
        while (!bytes.empty()) {
            const auto into = room(bytes.size());
            if (into.empty()) return false;
            std::memcpy(into.data(), bytes.data(), into.size());
            added(into.size());
            bytes.remove_prefix(into.size());
        }
        return true;
    }

    std::string_view view() const { return file_ ? file_->view() : std::string_view(data_, size_); }
    std::size_t size() const { return file_ ? file_->size() : size_; }
    // What lies in memory goes into `to`, and what follows is to be appended there. The view is there once it is
    // mapped.
    result<bool> move_to(spool to) {
        auto moved = to.append({data_, size_});
        if (moved) file_.emplace(std::move(to));
        free_memory();
        return moved;
    }
    spool* file() { return file_ ? &*file_ : nullptr; }
    void release() {
        file_.reset();
        free_memory();
    }

private:
    void free_memory() {
        std::free(data_);
        budget_.give_back(capacity_);
        data_ = nullptr;
        size_ = capacity_ = 0;
    }
    static constexpr std::size_t first_step = 16384;

    bool grow_to(std::size_t capacity) {
        if (!budget_.take(capacity - capacity_)) return false;
        auto* moved = static_cast<char*>(std::realloc(data_, capacity));
        if (moved == nullptr) {
            budget_.give_back(capacity - capacity_);
            return false;
        }
        data_ = moved;
        capacity_ = capacity;
        return true;
    }

    memory_budget& budget_;
    char* data_ = nullptr;
    std::size_t size_ = 0, capacity_ = 0;
    std::optional<spool> file_;
};

}  // namespace ferry::relay
