#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::store::postgres {

// One column of many rows as the text of a PostgreSQL array, `{1,NULL,"a b"}`: a statement then takes a whole batch
// with one parameter for each column. Owned by: the insertion of a batch.
class array_text {
public:
    void add(std::int64_t value);
    void add(int value) { add(static_cast<std::int64_t>(value)); }
    void add(bool value) { add(static_cast<std::int64_t>(value)); }
    void add(std::string_view value);
    void add(const std::string& value) { add(std::string_view(value)); }
    template <class T>
    void add(const std::optional<T>& value) {
        value ? add(*value) : add_null();
    }
    void add_null();
    void add_time(std::int64_t epoch_us);
    void add_time(std::optional<std::int64_t> epoch_us) { epoch_us ? add_time(*epoch_us) : add_null(); }

    // Ends the array. Nothing may be added afterwards.
    std::string take();

private:
    void begin() { text_ += text_.empty() ? '{' : ','; }

    std::string text_;
};

}  // namespace ferry::store::postgres
