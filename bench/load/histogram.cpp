#include "load/histogram.hpp"

#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace ferry::bench {
namespace {

// 2048 slots tell apart what differs by one in a thousand; each further doubling needs but its upper half.
constexpr unsigned half_bits = 10;
constexpr std::size_t half = std::size_t(1) << half_bits;
constexpr std::uint32_t v2_cookie = 0x1c849313, v2_compressed_cookie = 0x1c849314;

void append_big_endian(std::uint64_t value, int bytes, std::string& out) {
    while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes) & 0xff);
}

// ZigZag LEB128, at most 9 bytes: the last one has eight bits of its own.
void append_zigzag(std::int64_t value, std::string& out) {
    auto left = static_cast<std::uint64_t>(value) << 1 ^ static_cast<std::uint64_t>(value >> 63);
    for (int i = 0; i < 8 && left >= 0x80; ++i, left >>= 7) out += static_cast<char>((left & 0x7f) | 0x80);
    out += static_cast<char>(left);
}

std::string in_base64(const std::string& bytes) {
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int n = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                  reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(n));
    return out;
}

}  // namespace

histogram::histogram() : counts_(slot_of(highest) + 1) {}

std::size_t histogram::slot_of(std::uint64_t value) {
    const unsigned doublings = static_cast<unsigned>(std::bit_width(value | (2 * half - 1))) - (half_bits + 1);
    return doublings * half + static_cast<std::size_t>(value >> doublings);
}

std::uint64_t histogram::upper_end(std::size_t slot) {
    const std::size_t doublings = slot < 2 * half ? 0 : slot / half - 1;
    return ((std::uint64_t(slot) - doublings * half + 1) << doublings) - 1;
}

void histogram::record(std::uint64_t value) {
    value = std::min(value, highest);
    const auto slot = slot_of(value);
    ++counts_[slot];
    used_ = std::max(used_, slot + 1);
    ++count_;
    max_ = std::max(max_, value);
    const auto v = static_cast<double>(value);
    sum_ += v;
    squares_ += v * v;
}

void histogram::add(const histogram& other) {
    for (std::size_t i = 0; i < other.used_; ++i) counts_[i] += other.counts_[i];
    used_ = std::max(used_, other.used_);
    count_ += other.count_;
    max_ = std::max(max_, other.max_);
    sum_ += other.sum_;
    squares_ += other.squares_;
}

void histogram::clear() {
    std::fill_n(counts_.begin(), used_, 0);
    used_ = 0;
    count_ = max_ = 0;
    sum_ = squares_ = 0;
}

double histogram::mean() const {
    return count_ ? sum_ / static_cast<double>(count_) : 0;
}

double histogram::deviation() const {
    if (!count_) return 0;
    return std::sqrt(std::max(0.0, squares_ / static_cast<double>(count_) - mean() * mean()));
}

std::uint64_t histogram::quantile(double fraction) const {
    const auto wanted = static_cast<std::uint64_t>(std::ceil(fraction * static_cast<double>(count_) - 1e-9));
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < used_; ++i) {
        seen += counts_[i];
        if (seen >= wanted && seen > 0) return std::min(upper_end(i), max_);
    }
    return max_;
}

double histogram::fraction_up_to(std::uint64_t value) const {
    if (!count_) return 0;
    const auto last = std::min(slot_of(std::min(value, highest)) + 1, used_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < last; ++i) seen += counts_[i];
    return static_cast<double>(seen) / static_cast<double>(count_);
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> histogram::ranges(std::size_t most) const {
    // Neighbours that differ by less than the width are one range.
    for (double width = 0;; width = width == 0 ? 0.002 : width * 1.5) {
        std::vector<std::pair<std::uint64_t, std::uint64_t>> found;
        double from = -1;
        for (std::size_t i = 0; i < used_ && found.size() <= most; ++i) {
            if (!counts_[i]) continue;
            const auto end = std::min(upper_end(i), max_);
            if (from < 0 || static_cast<double>(end) > from * (1 + width)) {
                from = static_cast<double>(end);
                found.emplace_back(end, 0);
            }
            found.back().first = end;
            found.back().second += counts_[i];
        }
        if (found.size() <= most) return found;
    }
}

std::string histogram::encoded() const {
    std::string counts;
    for (std::size_t i = 0; i < used_; ++i) {
        if (counts_[i]) {
            append_zigzag(static_cast<std::int64_t>(counts_[i]), counts);
            continue;
        }
        const auto begun = i;
        while (i + 1 < used_ && !counts_[i + 1]) ++i;
        append_zigzag(-static_cast<std::int64_t>(i + 1 - begun), counts);
    }
    std::string plain;
    append_big_endian(v2_cookie, 4, plain);
    append_big_endian(counts.size(), 4, plain);
    append_big_endian(0, 4, plain);  // no shift of the slots
    append_big_endian(3, 4, plain);  // significant digits
    append_big_endian(1, 8, plain);  // lowest value
    append_big_endian(highest, 8, plain);
    append_big_endian(std::bit_cast<std::uint64_t>(1.0), 8, plain);  // values are what they are
    plain += counts;
    auto size = compressBound(plain.size());
    std::string packed(size, '\0');
    compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(plain.data()),
             plain.size());
    packed.resize(size);
    std::string whole;
    append_big_endian(v2_compressed_cookie, 4, whole);
    append_big_endian(packed.size(), 4, whole);
    return in_base64(whole + packed);
}

}  // namespace ferry::bench
