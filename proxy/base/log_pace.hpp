// A bound on how often one kind of line is written to the log.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/clock.hpp"

namespace ferry {

// `most` lines in any second that begins with one. Owned by a thread; used on it.
class log_pace {
public:
    explicit log_pace(int most) : most_(most) {}

    // How many lines were left out since the last one that was written; nothing if this one is to be left out too.
    std::optional<std::uint64_t> take(steady::time_point now) {
        if (now - began_ >= std::chrono::seconds(1)) {
            began_ = now;
            written_ = 0;
        }
        if (written_ < most_) {
            ++written_;
            return std::exchange(left_out_, 0);
        }
        ++left_out_;
        return std::nullopt;
    }

private:
    int most_;
    int written_ = 0;
    std::uint64_t left_out_ = 0;
    steady::time_point began_{};
};

}  // namespace ferry
