#include "workload/trace_file.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "workload/json_text.hpp"

namespace ferry::bench {
namespace {

namespace json = boost::json;
using std::chrono::nanoseconds;

constexpr std::uint32_t most_tokens = 100'000'000;

bool is_azure(const std::string& file, trace_form form) {
    if (form != trace_form::automatic) return form == trace_form::azure;
    record_reader rows("--trace", file);
    const auto first = rows.next();
    return first && first->text.front() != '{';
}

std::vector<std::string_view> cells_of(std::string_view row) {
    std::vector<std::string_view> cells;
    for (;;) {
        const auto comma = row.find(',');
        auto cell = row.substr(0, comma);
        while (!cell.empty() && (cell.front() == ' ' || cell.front() == '"')) cell.remove_prefix(1);
        while (!cell.empty() && (cell.back() == ' ' || cell.back() == '"')) cell.remove_suffix(1);
        cells.push_back(cell);
        if (comma == std::string_view::npos) return cells;
        row.remove_prefix(comma + 1);
    }
}

std::optional<std::uint32_t> tokens_in(std::string_view cell) {
    std::uint32_t value = 0;
    const auto read = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (cell.empty() || read.ec != std::errc() || read.ptr != cell.data() + cell.size() || value > most_tokens)
        return {};
    return value;
}

// Takes digits and the separator behind them off the front of `text`.
bool take_number(std::string_view& text, std::size_t digits, std::string_view separators, int& into) {
    if (text.size() < digits) return false;
    const auto read = std::from_chars(text.data(), text.data() + digits, into);
    if (read.ec != std::errc() || read.ptr != text.data() + digits) return false;
    text.remove_prefix(digits);
    if (separators.empty()) return true;
    if (text.empty() || separators.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

std::uint32_t count_member(const json::object& row, const char* name) {
    const auto* found = row.if_contains(name);
    json::error_code error;
    const auto value = found && found->is_number() ? found->to_number<std::int64_t>(error) : -1;
    if (error || value < 0 || value > most_tokens) {
        throw std::invalid_argument("needs " + std::string(name) + ", a whole number of tokens");
    }
    return static_cast<std::uint32_t>(value);
}

}  // namespace

std::optional<nanoseconds> parsed_time(std::string_view text) {
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
    const bool is_whole = take_number(text, 4, "-", year) && take_number(text, 2, "-", month) &&
                          take_number(text, 2, " T", day) && take_number(text, 2, ":", hour) &&
                          take_number(text, 2, ":", minute) && take_number(text, 2, "", second);
    const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day)));
    if (!is_whole || !date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    std::int64_t fraction = 0;
    if (!text.empty() && text.front() == '.') {
        text.remove_prefix(1);
        std::int64_t unit = 100'000'000;
        for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), unit /= 10) {
            fraction += (text.front() - '0') * unit;
        }
    }
    if (!text.empty() && text != "Z" && text != "+00:00" && text != "+00" && text != " UTC") return std::nullopt;
    return std::chrono::sys_days(date).time_since_epoch() + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second) + nanoseconds(fraction);
}

trace_file::trace_file(const std::string& file, trace_form form)
    : rows_("--trace", file), is_csv_(is_azure(file, form)) {
    read_header();
}

void trace_file::rewind() {
    rows_.rewind();
    read_header();
    first_.reset();
    last_ = {};
}

void trace_file::read_header() {
    if (!is_csv_) return;
    const auto header = rows_.next();
    if (!header) return;
    const auto cells = cells_of(header->text);
    const auto column = [&](std::string_view name) {
        const auto found = std::find(cells.begin(), cells.end(), name);
        if (found == cells.end()) {
            rows_.fail(header->line, "the first line names no column " + std::string(name) +
                                         ". An Azure trace begins with TIMESTAMP,ContextTokens,GeneratedTokens, and "
                                         "every line of a Mooncake trace is a JSON object");
        }
        return static_cast<std::size_t>(found - cells.begin());
    };
    time_column_ = column("TIMESTAMP");
    input_column_ = column("ContextTokens");
    output_column_ = column("GeneratedTokens");
}

trace_entry trace_file::azure(const record& row) const {
    const auto cells = cells_of(row.text);
    if (std::max({time_column_, input_column_, output_column_}) >= cells.size()) {
        rows_.fail(row.line, "has " + std::to_string(cells.size()) + " columns, fewer than the first line names");
    }
    const auto at = parsed_time(cells[time_column_]);
    const auto input = tokens_in(cells[input_column_]), output = tokens_in(cells[output_column_]);
    if (!at) {
        rows_.fail(row.line, "\"" + std::string(cells[time_column_]) +
                                 "\" is no time of the form 2023-11-16 18:17:03.979960 (UTC)");
    }
    if (!input || !output) rows_.fail(row.line, "ContextTokens and GeneratedTokens are to be whole numbers");
    return {*at, *input, *output, {}};
}

trace_entry trace_file::mooncake(const record& row) const {
    try {
        const auto object = parsed_object(row.text);
        const auto* stamp = object.if_contains("timestamp");
        if (!stamp || !stamp->is_number() || !(stamp->to_number<double>() >= 0)) {
            throw std::invalid_argument("needs timestamp, a number of milliseconds");
        }
        trace_entry made;
        made.at = nanoseconds(std::llround(stamp->to_number<double>() * 1e6));
        made.input_tokens = count_member(object, "input_length");
        made.output_tokens = count_member(object, "output_length");
        const auto* blocks = object.if_contains("hash_ids");
        if (blocks && !blocks->is_array()) throw std::invalid_argument("hash_ids is to be an array of whole numbers");
        for (std::size_t i = 0; blocks && i < blocks->get_array().size(); ++i) {
            const auto& id = blocks->get_array()[i];
            json::error_code error;
            made.blocks.push_back(id.is_number() ? static_cast<std::uint64_t>(id.to_number<std::int64_t>(error)) : 0);
            if (!id.is_number() || error) throw std::invalid_argument("hash_ids is to be an array of whole numbers");
        }
        return made;
    } catch (const std::invalid_argument& e) {
        rows_.fail(row.line, std::string(e.what()) +
                                 "; a Mooncake trace has lines such as {\"timestamp\": 0, \"input_length\": 655, "
                                 "\"output_length\": 52, \"hash_ids\": [46, 47]}");
    }
}

std::optional<trace_entry> trace_file::next() {
    const auto row = rows_.next();
    if (!row) return std::nullopt;
    auto made = is_csv_ ? azure(*row) : mooncake(*row);
    if (!first_) first_ = made.at;
    made.at -= *first_;
    if (made.at < last_) {
        rows_.fail(row->line, "its time is before that of the line before; sort the trace by time");
    }
    last_ = made.at;
    return made;
}

}  // namespace ferry::bench
