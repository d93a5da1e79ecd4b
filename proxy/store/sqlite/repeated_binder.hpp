#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "store/sqlite/query.hpp"

namespace ferry::store::sqlite {

// Binds the columns of rows to a statement that runs again and again, and tells SQLite only what differs from the run
// before: most columns of most rows are alike, and a call to bind costs more than a look.
// Short texts are kept here, and one of the same length is put where SQLite reads the one before.
// Owned by: the block that runs the statement, which it must not outlive. REQUIRES: nothing else binds to `statement`;
// the rows live until it ran.
class repeated_binder {
public:
    repeated_binder(query& statement, std::size_t parameters) : statement_(statement), slots_(parameters) {}

    // The next run begins with the first parameter.
    void restart() { next_ = 0; }

    // A visitor of usage_columns.hpp.
    template <class Member>
    void value(const char*, const Member& member) {
        put(member);
    }
    template <class Time>
    void time(const char*, const Time& time_us) {
        put_time(time_us);
    }

private:
    enum class kind : unsigned char { nothing, null, number, kept_text, other_text };
    static constexpr std::size_t longest_kept = 48;  // ids and times are among them

    struct slot {
        kind bound = kind::nothing;
        unsigned char size = 0;   // of kept_text
        std::int64_t number = 0;  // of number
        char text[longest_kept];  // of kept_text
    };

    template <class T>
    void put(const std::optional<T>& value) {
        value ? put(*value) : put(nullptr);
    }
    void put(int value) { put(static_cast<std::int64_t>(value)); }
    void put(bool value) { put(static_cast<std::int64_t>(value)); }
    void put(std::int64_t value);
    void put(std::string_view value);
    void put(std::nullptr_t);
    void put_time(std::int64_t time_us);
    void put_time(const std::optional<std::int64_t>& time_us);

    query& statement_;
    std::vector<slot> slots_;  // one for each parameter
    std::size_t next_ = 0;
};

}  // namespace ferry::store::sqlite
