#include "base/time_text.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>

namespace ferry {
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

struct parts {
    std::int64_t whole, rest;  // 0 <= rest
};
parts split(std::int64_t value, std::int64_t unit) {
    parts split{value / unit, value % unit};
    if (split.rest < 0) {
        --split.whole;
        split.rest += unit;
    }
    return split;
}

// `HH:MM:SS`
void write_clock(char* to, std::int64_t second_of_day) {
    put(to, 2, second_of_day / 3600);
    put(to + 3, 2, second_of_day / 60 % 60);
    put(to + 6, 2, second_of_day % 60);
}

// `YYYY-MM-DD HH:MM:SS`
void write_second(char* to, std::int64_t epoch_s) {
    const auto [whole_days, rest] = split(epoch_s, 86'400);
    const year_month_day date{sys_days(days(whole_days))};
    put(to, 4, static_cast<int>(date.year()));
    put(to + 5, 2, static_cast<unsigned>(date.month()));
    put(to + 8, 2, static_cast<unsigned>(date.day()));
    write_clock(to + 11, rest);
}

// `Sun, 06 Nov 1994 08:49:37 GMT`
void write_http_date(char* to, std::int64_t epoch_s) {
    constexpr std::string_view weekdays = "SunMonTueWedThuFriSat", months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const auto [whole_days, rest] = split(epoch_s, 86'400);
    const sys_days midnight{days(whole_days)};
    const year_month_day date{midnight};
    weekdays.copy(to, 3, 3 * std::chrono::weekday(midnight).c_encoding());
    put(to + 5, 2, static_cast<unsigned>(date.day()));
    months.copy(to + 8, 3, 3 * (static_cast<unsigned>(date.month()) - 1));
    put(to + 12, 4, static_cast<int>(date.year()));
    write_clock(to + 17, rest);
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

time_chars::time_chars(std::int64_t epoch_us) {
    // Times come one close after the other: up to the second the text is nearly always that of the time before.
    thread_local std::int64_t last_second = -1;
    thread_local char last_text[] = "1969-12-31 23:59:59.";
    const auto [second, rest] = split(std::clamp(epoch_us, first_us, last_us), second_us);
    if (second != last_second) {
        write_second(last_text, second);
        last_second = second;
    }
    constexpr std::size_t up_to_second = sizeof last_text - 1;
    std::memcpy(chars_, last_text, up_to_second);
    put(chars_ + up_to_second, size - up_to_second, rest);
}

void append_rfc3339(text_buffer& out, std::int64_t epoch_us) {
    constexpr std::size_t date_length = 10;
    const time_chars time(epoch_us);
    out.add(time.text().substr(0, date_length)).add('T').add(time.text().substr(date_length + 1)).add('Z');
}

std::string_view http_date(std::int64_t epoch_s) {
    thread_local std::int64_t last_second = -1;
    thread_local char last_text[] = "Wed, 31 Dec 1969 23:59:59 GMT";
    const std::int64_t second = std::clamp(epoch_s, first_us / second_us, last_us / second_us);
    if (second != last_second) {
        write_http_date(last_text, second);
        last_second = second;
    }
    return {last_text, sizeof last_text - 1};
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

}  // namespace ferry
