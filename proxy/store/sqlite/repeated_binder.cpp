#include "store/sqlite/repeated_binder.hpp"

#include <cstring>

#include "base/time_text.hpp"

namespace ferry::store::sqlite {

void repeated_binder::put(std::int64_t value) {
    slot& to = slots_[next_++];
    if (to.bound == kind::number && to.number == value) return statement_.keep();
    statement_.bind(value);
    to.bound = kind::number;
    to.number = value;
}

void repeated_binder::put(std::string_view value) {
    slot& to = slots_[next_++];
    if (value.size() > longest_kept) {
        to.bound = kind::other_text;
        statement_.bind(value);
        return;
    }
    std::memcpy(to.text, value.data(), value.size());
    if (to.bound == kind::kept_text && to.size == value.size()) return statement_.keep();
    to.bound = kind::kept_text;
    to.size = static_cast<unsigned char>(value.size());
    statement_.bind(std::string_view(to.text, to.size));
}

void repeated_binder::put(std::nullptr_t) {
    slot& to = slots_[next_++];
    if (to.bound == kind::null) return statement_.keep();
    to.bound = kind::null;
    statement_.bind(nullptr);
}

void repeated_binder::put_time(std::int64_t time_us) {
    put(time_chars(time_us).text());
}

void repeated_binder::put_time(const std::optional<std::int64_t>& time_us) {
    time_us ? put_time(*time_us) : put(nullptr);
}

}  // namespace ferry::store::sqlite
