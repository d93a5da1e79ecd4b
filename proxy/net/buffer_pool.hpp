// Read buffers of one core, lent while there is something to read and kept for the next.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace ferry::net {

// Owned by a core; lives on it. REQUIRES: outlives every buffer it lent.
class buffer_pool {
public:
    static constexpr std::size_t buffer_size = 16384;

    // A lent buffer; gives itself back.
    class buffer {
    public:
        buffer() = default;
        buffer(buffer_pool& pool, std::unique_ptr<char[]> memory) : pool_(&pool), memory_(std::move(memory)) {}
        buffer(buffer&&) = default;
        buffer& operator=(buffer&& other) noexcept {
            give_back();
            pool_ = other.pool_;
            memory_ = std::move(other.memory_);
            size_ = other.size_;
            return *this;
        }
        ~buffer() { give_back(); }
        char* data() { return memory_.get(); }
        std::size_t size() const { return size_; }
        // For what does not fit and may not be taken piece by piece. The larger memory is not kept for the next.
        void grow(std::size_t bytes) {
            std::unique_ptr<char[]> larger(new char[bytes]);
            std::memcpy(larger.get(), memory_.get(), size_);
            give_back();
            memory_ = std::move(larger);
            size_ = bytes;
        }
        explicit operator bool() const { return memory_ != nullptr; }

    private:
        void give_back() {
            const bool is_usual = memory_ && size_ == buffer_size;
            if (is_usual && pool_->spare_.size() < most_spare) pool_->spare_.push_back(std::move(memory_));
            memory_.reset();
            size_ = buffer_size;
        }
        buffer_pool* pool_ = nullptr;
        std::unique_ptr<char[]> memory_;
        std::size_t size_ = buffer_size;
    };

    buffer lend() {
        if (spare_.empty()) return buffer(*this, std::unique_ptr<char[]>(new char[buffer_size]));
        auto memory = std::move(spare_.back());
        spare_.pop_back();
        return buffer(*this, std::move(memory));
    }

    // Frees what is not lent: nothing was to be read for a while.
    void drop_spares() {
        spare_.clear();
        spare_.shrink_to_fit();
    }
    std::size_t spares() const { return spare_.size(); }

private:
    static constexpr std::size_t most_spare = 256;
    std::vector<std::unique_ptr<char[]>> spare_;
};

}  // namespace ferry::net
