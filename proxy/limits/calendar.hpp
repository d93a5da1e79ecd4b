// By which clocks days begin and end.
#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace date {
class time_zone;
}

namespace ferry::limits {

// Times are microseconds since the epoch. Copies are cheap. Any thread.
class calendar {
public:
    calendar() = default;  // UTC

    // "UTC", an offset from it such as "+08:00", or a zone of this machine's tzdata, "Asia/Shanghai". Nothing: there is
    // no such zone. Throws std::runtime_error: this machine has no tzdata.
    static std::optional<calendar> named(std::string_view name);
    // Those this machine knows. Throws std::runtime_error likewise.
    static std::vector<std::string> zone_names();

    // Clocks are so far ahead of UTC, from then until then.
    struct span {
        std::int64_t ahead_us = 0;
        std::int64_t from_us = std::numeric_limits<std::int64_t>::min();
        std::int64_t until_us = std::numeric_limits<std::int64_t>::max();
    };
    span at(std::int64_t time_us) const;
    // The first instant of a day: where clocks skip midnight, that after it; where they show it twice, the first.
    // `day`: as if it were UTC's.
    std::int64_t begin_of(std::chrono::sys_days day) const;

    bool operator==(const calendar&) const = default;

private:
    std::chrono::minutes ahead_{0};
    const date::time_zone* zone_ = nullptr;  // null: clocks are always `ahead_`
};

}  // namespace ferry::limits
