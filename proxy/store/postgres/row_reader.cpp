#include "store/postgres/row_reader.hpp"

#include "base/decimal.hpp"
#include "base/number_text.hpp"
#include "base/time_text.hpp"

namespace ferry::store::postgres {

std::string time_column(std::string_view name) {
    std::string sql = "to_char(";
    sql.append(name).append(" AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') AS ");
    return sql.append(name.substr(name.find('.') + 1));
}

std::optional<std::string_view> row_reader::next() {
    const auto field = row_[next_++];
    if (field.is_null()) return std::nullopt;
    return std::string_view(field.c_str(), field.size());
}

void row_reader::note(std::string_view what) {
    if (defect_.empty()) defect_.append(row_[next_ - 1].name()).append(" ").append(what);
}

std::optional<std::string> row_reader::optional_text() {
    const auto found = next();
    if (!found) return std::nullopt;
    return std::string(*found);
}

std::string row_reader::text() {
    return std::string(next().value_or(""));
}

std::optional<std::int64_t> row_reader::optional_integer() {
    const auto found = next();
    if (!found) return std::nullopt;
    const auto value = parse_number(*found);
    if (!value) note("must be a whole number");
    return value;
}

std::int64_t row_reader::integer(std::int64_t if_null) {
    return optional_integer().value_or(if_null);
}

bool row_reader::flag() {
    const std::int64_t value = integer(0);
    if (value != 0 && value != 1) note("must be 0 or 1");
    return value == 1;
}

std::optional<std::int64_t> row_reader::optional_price() {
    const auto found = next();
    if (!found) return std::nullopt;
    if (const auto price = parse_decimal(*found, price_scale)) return price;
    note("must be a price per 1,000 tokens of at most 9 decimals, and not negative");
    return 0;  // not NULL, which would inherit another price: the row is refused for its defect
}

std::optional<std::int64_t> row_reader::optional_time() {
    const auto found = next();
    if (!found) return std::nullopt;
    const auto time = parse_time(*found);
    if (!time) note("must be a time such as 2030-12-31 23:59:59");
    return time;
}

std::int64_t row_reader::informative_time() {
    return parse_time(next().value_or("")).value_or(0);
}

}  // namespace ferry::store::postgres
