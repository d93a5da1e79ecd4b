#include "store/postgres/array_text.hpp"

#include <charconv>
#include <utility>

#include "base/time_text.hpp"

namespace ferry::store::postgres {

void array_text::add(std::int64_t value) {
    begin();
    char digits[24];
    text_.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void array_text::add(std::string_view value) {
    begin();
    text_ += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\') text_ += '\\';
        text_ += c;
    }
    text_ += '"';
}

void array_text::add_null() {
    begin();
    text_ += "NULL";
}

void array_text::add_time(std::int64_t epoch_us) {
    begin();
    text_.append("\"").append(time_chars(epoch_us).text()).append("+00\"");
}

std::string array_text::take() {
    begin();
    text_.back() = text_.size() == 1 ? '{' : '}';
    if (text_.size() == 1) text_ += '}';
    return std::exchange(text_, {});
}

}  // namespace ferry::store::postgres
