// A growing buffer of characters for heads and log lines, which are put together from many short pieces.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace ferry {

// Like std::string, but an append is inlined: a literal costs a compare and a move or two instead of calls to strlen
// and memcpy. Owned by whoever builds the text; any thread, one at a time.
class text_buffer {
public:
    text_buffer() = default;
    explicit text_buffer(std::size_t room) { grow(room); }
    text_buffer(text_buffer&& other) noexcept
        : memory_(std::move(other.memory_)),
          size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0)) {}
    text_buffer& operator=(text_buffer&& other) noexcept {
        memory_ = std::move(other.memory_);
        size_ = std::exchange(other.size_, 0);
        capacity_ = std::exchange(other.capacity_, 0);
        return *this;
    }

    [[gnu::always_inline]] text_buffer& add(std::string_view piece) {
        if (piece.empty()) return *this;  // it may have no address to copy from
        if (capacity_ - size_ < piece.size()) grow(piece.size());
        std::memcpy(memory_.get() + size_, piece.data(), piece.size());
        size_ += piece.size();
        return *this;
    }
    text_buffer& add(char one) { return add(std::string_view(&one, 1)); }
    text_buffer& add(std::integral auto number) requires(sizeof(number) > 1) {
        std::array<char, 24> digits;
        const auto* end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
        return add(std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())));
    }

    void truncate(std::size_t size) { size_ = size; }
    void erase_front(std::size_t count) {
        if (count == 0) return;
        std::memmove(memory_.get(), memory_.get() + count, size_ - count);
        size_ -= count;
    }

    std::string_view view() const { return {memory_.get(), size_}; }
    operator std::string_view() const { return view(); }
    const char* data() const { return memory_.get(); }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }

private:
    [[gnu::noinline]] void grow(std::size_t wanted) {
        const std::size_t larger = std::max(capacity_ * 2, size_ + wanted);
        auto memory = std::make_unique_for_overwrite<char[]>(larger);
        if (size_ > 0) std::memcpy(memory.get(), memory_.get(), size_);
        memory_ = std::move(memory);
        capacity_ = larger;
    }

    std::unique_ptr<char[]> memory_;
    std::size_t size_ = 0, capacity_ = 0;
};

}  // namespace ferry
