#include "limits/calendar.hpp"

#include <date/tz.h>

#include <algorithm>
#include <stdexcept>

#include "base/number_text.hpp"

namespace ferry::limits {

namespace {

using std::chrono::microseconds;
using std::chrono::minutes;

const date::tzdb& known_zones() {
    try {
        return date::get_tzdb();
    } catch (const std::exception& missing) {
        throw std::runtime_error(std::string("no time zones are known here: install the package tzdata (") +
                                 missing.what() + ")");
    }
}

std::optional<minutes> fixed_offset(std::string_view text) {
    if (text == "UTC") return minutes(0);
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
    const auto hours = parse_number(text.substr(1, 2)), more = parse_number(text.substr(4));
    if (!hours || !more || *hours > 14 || *more > 59) return std::nullopt;
    const minutes ahead(*hours * 60 + *more);
    return text[0] == '-' ? -ahead : ahead;
}

// Zones tell the first and last of their spans by times that microseconds do not reach.
std::int64_t clamped_us(date::sys_seconds at) {
    constexpr std::int64_t most_s = std::numeric_limits<std::int64_t>::max() / 1'000'000;
    return std::clamp<std::int64_t>(at.time_since_epoch().count(), -most_s, most_s) * 1'000'000;
}

}  // namespace

std::optional<calendar> calendar::named(std::string_view name) {
    calendar made;
    if (const auto ahead = fixed_offset(name)) {
        made.ahead_ = *ahead;
        return made;
    }
    const auto& zones = known_zones().zones;
    const auto found = std::find_if(zones.begin(), zones.end(), [&](const auto& zone) { return zone.name() == name; });
    if (found == zones.end()) return std::nullopt;
    made.zone_ = &*found;
    made.at(0);  // a file that cannot be read throws here
    return made;
}

std::vector<std::string> calendar::zone_names() {
    std::vector<std::string> names;
    for (const auto& zone : known_zones().zones) names.push_back(zone.name());
    return names;
}

calendar::span calendar::at(std::int64_t time_us) const {
    span found;
    found.ahead_us = microseconds(ahead_).count();
    if (zone_ == nullptr) return found;
    const auto info = zone_->get_info(date::sys_time<microseconds>(microseconds(time_us)));
    found.ahead_us = microseconds(info.offset).count();
    found.from_us = clamped_us(info.begin);
    found.until_us = clamped_us(info.end);
    return found;
}

std::int64_t calendar::begin_of(std::chrono::sys_days day) const {
    if (zone_ == nullptr) return microseconds(day.time_since_epoch() - ahead_).count();
    const date::local_seconds midnight(day.time_since_epoch());
    return microseconds(zone_->to_sys(midnight, date::choose::earliest).time_since_epoch()).count();
}

}  // namespace ferry::limits
