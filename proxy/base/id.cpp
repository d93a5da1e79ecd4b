#include "base/id.hpp"

#include <openssl/rand.h>
#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>

#include "base/ascii.hpp"

namespace ferry {

namespace {

constexpr std::size_t random_per_id = 10;

// How often this process is the child of a fork: a stock of randomness from before it is its parent's too.
std::atomic<unsigned> forks{0};
[[maybe_unused]] const int counts_forks = pthread_atfork(nullptr, nullptr, [] { ++forks; });

// Randomness is fetched for many ids at once: a call of the generator costs more than an id may.
struct random_stock {
    std::array<unsigned char, random_per_id * 256> bytes;
    std::size_t used = sizeof bytes;
    unsigned fetched_after = 0;  // forks
};

void take_random(unsigned char* to) {
    thread_local random_stock stock;
    const unsigned now = forks.load(std::memory_order_relaxed);
    if (stock.used == stock.bytes.size() || stock.fetched_after != now) {
        if (RAND_bytes(stock.bytes.data(), static_cast<int>(stock.bytes.size())) != 1) std::abort();
        stock.used = 0;
        stock.fetched_after = now;
    }
    std::memcpy(to, stock.bytes.data() + stock.used, random_per_id);
    stock.used += random_per_id;
}

int lower_hex_value(char c) {
    return c == lower_case(c) ? hex_value(c) : -1;
}

constexpr bool has_dash_before(std::size_t byte) {
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

}  // namespace

uuid make_uuid(std::int64_t now_us) {
    uuid made;
    take_random(made.bytes.data() + 6);
    auto milliseconds = static_cast<std::uint64_t>(now_us) / 1000;
    for (int i = 5; i >= 0; --i, milliseconds >>= 8) made.bytes[i] = static_cast<unsigned char>(milliseconds);
    made.bytes[6] = static_cast<unsigned char>(0x70 | (made.bytes[6] & 0x0F));  // version 7
    made.bytes[8] = static_cast<unsigned char>(0x80 | (made.bytes[8] & 0x3F));  // variant 10
    return made;
}

std::array<char, 36> to_chars(const uuid& id) {
    std::array<char, 36> text;
    char* at = text.data();
    for (std::size_t i = 0; i < id.bytes.size(); ++i) {
        if (has_dash_before(i)) *at++ = '-';
        *at++ = hex_digits[id.bytes[i] >> 4];
        *at++ = hex_digits[id.bytes[i] & 0x0F];
    }
    return text;
}

std::string to_string(const uuid& id) {
    const std::array<char, 36> text = to_chars(id);
    return {text.data(), text.size()};
}

std::optional<uuid> parse_uuid(std::string_view text) {
    if (text.size() != 36) return std::nullopt;
    uuid parsed;
    std::size_t at = 0;
    for (std::size_t i = 0; i < parsed.bytes.size(); ++i) {
        if (has_dash_before(i) && text[at++] != '-') return std::nullopt;
        const int high = lower_hex_value(text[at]), low = lower_hex_value(text[at + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        parsed.bytes[i] = static_cast<unsigned char>(high * 16 + low);
        at += 2;
    }
    return parsed;
}

bool is_plain_id(std::string_view text) {
    constexpr std::size_t longest = 128;
    return !text.empty() && text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) {
        const char lower = lower_case(c);
        return is_digit(c) || (lower >= 'a' && lower <= 'z') ||
               std::string_view("-_.:/+=").find(c) != std::string_view::npos;
    });
}

}  // namespace ferry
