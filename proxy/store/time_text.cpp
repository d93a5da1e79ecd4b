#include "store/time_text.hpp"

#include <algorithm>
#include <chrono>

namespace ferry::store {
namespace {

using std::chrono::day;
using std::chrono::days;
using std::chrono::month;
using std::chrono::sys_days;
using std::chrono::year;
using std::chrono::year_month_day;

constexpr std::int64_t second_us = 1'000'000;
constexpr std::int64_t day_us = 86'400 * second_us;
constexpr std::int64_t first_us = sys_days(year(0) / 1 / 1).time_since_epoch().count() * day_us;
constexpr std::int64_t last_us = sys_days(year(10000) / 1 / 1).time_since_epoch().count() * day_us - 1;

void put(char* at, int width, std::int64_t value) {
    for (char* digit = at + width; digit != at; value /= 10) *--digit = static_cast<char>('0' + value % 10);
}

// Takes pieces off the front of a text; `ok` turns false for good at the first thing that does not fit.
struct taker {
    std::string_view text;
    bool ok = true;

    bool take(char wanted) {
        if (text.empty() || text.front() != wanted) return false;
        text.remove_prefix(1);
        return true;
    }
    void need(char wanted) { ok = take(wanted) && ok; }
    int number(std::size_t width, int most) {
        int value = 0;
        for (std::size_t i = 0; i < width; ++i) {
            if (i >= text.size() || text[i] < '0' || text[i] > '9') {
                ok = false;
                return 0;
            }
            value = value * 10 + (text[i] - '0');
        }
        text.remove_prefix(width);
        ok = ok && value <= most;
        return value;
    }
};

std::int64_t take_fraction(taker& in) {
    if (!in.take('.')) return 0;
    std::int64_t value = 0;
    int places = 0;
    for (; !in.text.empty() && in.text.front() >= '0' && in.text.front() <= '9'; ++places) {
        if (places < 6) value = value * 10 + (in.text.front() - '0');
        in.text.remove_prefix(1);
    }
    if (places == 0) in.ok = false;
    for (; places < 6; ++places) value *= 10;
    return value;
}

// `Z`, `+08`, `+0800` or `+08:00`, in microseconds east of UTC.
std::int64_t take_offset(taker& in) {
    if (in.text.empty() || in.take('Z')) return 0;
    const bool west = in.take('-');
    if (!west) in.need('+');
    std::int64_t minutes = in.number(2, 23) * 60;
    if (!in.text.empty()) {
        in.take(':');
        minutes += in.number(2, 59);
    }
    return (west ? -minutes : minutes) * 60 * second_us;
}

}  // namespace

std::string time_text(std::int64_t epoch_us) {
    epoch_us = std::clamp(epoch_us, first_us, last_us);
    std::int64_t whole_days = epoch_us / day_us;
    std::int64_t rest = epoch_us % day_us;
    if (rest < 0) {
        --whole_days;
        rest += day_us;
    }
    const year_month_day date{sys_days(days(whole_days))};
    std::string text = "0000-00-00 00:00:00.000000";
    put(&text[0], 4, static_cast<int>(date.year()));
    put(&text[5], 2, static_cast<unsigned>(date.month()));
    put(&text[8], 2, static_cast<unsigned>(date.day()));
    put(&text[11], 2, rest / (3600 * second_us));
    put(&text[14], 2, rest / (60 * second_us) % 60);
    put(&text[17], 2, rest / second_us % 60);
    put(&text[20], 6, rest % second_us);
    return text;
}

std::optional<std::int64_t> parse_time(std::string_view text) {
    taker in{text};
    const int y = in.number(4, 9999);
    in.need('-');
    const int m = in.number(2, 12);
    in.need('-');
    const int d = in.number(2, 31);
    const year_month_day date = year(y) / month(static_cast<unsigned>(m)) / day(static_cast<unsigned>(d));
    if (!in.ok || !date.ok()) return std::nullopt;
    const std::int64_t midnight = sys_days(date).time_since_epoch().count() * day_us;
    if (in.text.empty()) return midnight;

    if (!in.take('T')) in.need(' ');
    std::int64_t seconds = in.number(2, 23) * 3600;
    in.need(':');
    seconds += in.number(2, 59) * 60;
    if (in.take(':')) seconds += in.number(2, 59);
    const std::int64_t fraction = take_fraction(in);
    const std::int64_t offset = take_offset(in);
    if (!in.ok || !in.text.empty()) return std::nullopt;
    return midnight + seconds * second_us + fraction - offset;
}

}  // namespace ferry::store
