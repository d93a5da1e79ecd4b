#include "store/request_time.hpp"

#include <algorithm>

#include "base/id.hpp"

namespace ferry::store {
namespace {

// An id is made just before its request's started_at is taken. The clock may be set in between; not by as much.
constexpr std::int64_t most_apart_us = 600'000'000;

std::string id_text_at(std::int64_t time_us) {
    uuid first;
    std::uint64_t milliseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(time_us, 0)) / 1000;
    for (int i = 5; i >= 0; --i, milliseconds >>= 8) first.bytes[i] = static_cast<unsigned char>(milliseconds);
    return to_string(first);
}

}  // namespace

std::string first_id_of(std::int64_t time_us) {
    return id_text_at(time_us - most_apart_us);
}

std::string last_id_of(std::int64_t time_us) {
    return id_text_at(time_us + most_apart_us);
}

}  // namespace ferry::store
