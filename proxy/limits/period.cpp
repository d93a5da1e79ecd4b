#include "limits/period.hpp"

#include <limits>

namespace ferry::limits {

using namespace std::chrono;

period period_at(access::budget_period which, std::int64_t now_us, minutes offset) {
    using access::budget_period;
    if (which == budget_period::total) return {0, std::numeric_limits<std::int64_t>::max()};
    const sys_time<microseconds> local{microseconds(now_us) + offset};
    const auto today = floor<days>(local);
    const auto to_utc = [offset](sys_time<microseconds> at) { return (at.time_since_epoch() - offset).count(); };
    const auto between = [&](auto begin, auto end) { return period{to_utc(begin), to_utc(end)}; };
    if (which == budget_period::hour) {
        const auto hour = floor<hours>(local);
        return between(hour, hour + hours(1));
    }
    if (which == budget_period::day) return between(today, today + days(1));
    if (which == budget_period::week) {
        const auto monday = today - (weekday(today) - Monday);
        return between(monday, monday + days(7));
    }
    const year_month_day date(today);
    const auto first = date.year() / date.month() / 1;
    return between(sys_days(first), sys_days(first + months(1)));
}

}  // namespace ferry::limits
