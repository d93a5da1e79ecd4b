#include "limits/period.hpp"

#include <algorithm>
#include <limits>

namespace ferry::limits {

namespace {

using namespace std::chrono;
using access::budget_period;

// The first day of the period in which a day lies, or of the one `further` behind it.
sys_days first_day(budget_period which, sys_days day, int further) {
    if (which == budget_period::day) return day + days(further);
    if (which == budget_period::week) return day - (weekday(day) - Monday) + days(7 * further);
    const year_month_day date(day);
    return sys_days(date.year() / date.month() / 1 + months(further));
}

// An hour that clocks show twice is two, and one that they show in part is shorter.
period hour_at(std::int64_t now_us, const calendar& by) {
    const auto clocks = by.at(now_us);
    const auto shown = sys_time<microseconds>(microseconds(now_us + clocks.ahead_us));
    const auto begin = floor<hours>(shown).time_since_epoch();
    const auto in_utc = [&](microseconds at) { return at.count() - clocks.ahead_us; };
    return {std::max(in_utc(begin), clocks.from_us), std::min(in_utc(begin + hours(1)), clocks.until_us)};
}

}  // namespace

period period_at(budget_period which, std::int64_t now_us, const calendar& by) {
    if (which == budget_period::total) return {0, std::numeric_limits<std::int64_t>::max()};
    if (which == budget_period::hour) return hour_at(now_us, by);
    const auto today = floor<days>(sys_time<microseconds>(microseconds(now_us + by.at(now_us).ahead_us)));
    for (int further = 0;; ++further) {
        const period found{by.begin_of(first_day(which, today, further)),
                           by.begin_of(first_day(which, today, further + 1))};
        // Clocks that are put back over midnight show a day that is over.
        if (now_us < found.end_us) return found;
    }
}

}  // namespace ferry::limits
