#include "upstream/random_body.hpp"

#include <algorithm>
#include <cstring>

#include "upstream/random.hpp"

namespace ferry::bench {

void fill_random(std::uint64_t seed, std::uint64_t at, std::string& to) {
    for (std::size_t done = 0; done < to.size();) {
        const auto word = mixed(seed + (at + done) / 8);
        const auto from = static_cast<std::size_t>((at + done) % 8);
        const auto n = std::min(sizeof word - from, to.size() - done);
        std::memcpy(to.data() + done, reinterpret_cast<const char*>(&word) + from, n);
        done += n;
    }
}

random_body::random_body(std::uint64_t seed, std::uint64_t bytes, std::size_t piece_bytes,
                         std::chrono::microseconds interval)
    : seed_(seed), bytes_(bytes), piece_bytes_(piece_bytes), interval_(interval) {}

bool random_body::next(piece& to) {
    if (at_ == bytes_) return false;
    if (at_ > 0) to.wait = interval_;
    to.bytes.resize(static_cast<std::size_t>(std::min<std::uint64_t>(piece_bytes_, bytes_ - at_)));
    fill_random(seed_, at_, to.bytes);
    at_ += to.bytes.size();
    return true;
}

}  // namespace ferry::bench
