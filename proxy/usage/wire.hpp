// The elements of a record's bytes: LEB128 varints (signed ones zigzag), counted texts, optional numbers. Pure.
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/utf8.hpp"

namespace ferry::usage {

// REQUIRES: the buffer is larger than what is written; the bounds of record_format.hpp see to it.
class wire_writer {
public:
    static constexpr std::size_t longest_number = 11;  // with the mark of an optional one

    explicit wire_writer(char* to) : begin_(to), at_(to) {}

    void byte(unsigned char value) { *at_++ = static_cast<char>(value); }
    void raw(std::string_view bytes) {
        if (!bytes.empty()) std::memcpy(at_, bytes.data(), bytes.size());
        at_ += bytes.size();
    }
    void count(std::uint64_t value) {
        for (; value >= 0x80; value >>= 7) byte(static_cast<unsigned char>(value) | 0x80);
        byte(static_cast<unsigned char>(value));
    }
    void number(std::int64_t value) {
        count((static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
    }
    void optional(const std::optional<std::int64_t>& value) {
        byte(value ? 1 : 0);
        if (value) number(*value);
    }
    void text(std::string_view value, std::size_t most) {
        const std::string_view kept = clip_utf8(value, most);
        count(kept.size());
        raw(kept);
    }
    std::string_view written() const { return {begin_, static_cast<std::size_t>(at_ - begin_)}; }
    void cut_to(std::size_t bytes) { at_ = begin_ + bytes; }

private:
    char* begin_;
    char* at_;
};

// After the first piece that is not there, is_good() is false for good and everything reads as zero or empty.
class wire_reader {
public:
    explicit wire_reader(std::string_view bytes) : at_(bytes.data()), end_(at_ + bytes.size()) {}

    bool is_good() const { return good_; }
    bool is_at_end() const { return at_ == end_; }

    unsigned char byte() {
        if (at_ == end_) return fail(), 0;
        return static_cast<unsigned char>(*at_++);
    }
    std::string_view raw(std::size_t bytes) {
        if (bytes > static_cast<std::size_t>(end_ - at_)) return fail(), std::string_view();
        const std::string_view taken(at_, bytes);
        at_ += bytes;
        return taken;
    }
    std::uint64_t count() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const unsigned char next = byte();
            value |= static_cast<std::uint64_t>(next & 0x7F) << shift;
            if ((next & 0x80) == 0) return value;
        }
        fail();
        return 0;
    }
    std::int64_t number() {
        const std::uint64_t value = count();
        return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
    }
    std::optional<std::int64_t> optional() {
        if (byte() == 0) return std::nullopt;
        return number();
    }
    std::string_view text() { return raw(count()); }
    // An enumerator from 0 to `last`.
    template <class Enum>
    Enum one_of(Enum last) {
        const unsigned char value = byte();
        if (value > static_cast<unsigned char>(last)) fail();
        return good_ ? static_cast<Enum>(value) : Enum{};
    }

private:
    // What is left then is nothing.
    void fail() {
        good_ = false;
        at_ = end_;
    }

    const char* at_;
    const char* end_;
    bool good_ = true;
};

}  // namespace ferry::usage
