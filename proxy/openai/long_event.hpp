#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "openai/usage_finder.hpp"

namespace ferry::openai {

// An event of a stream that is too long to be held: its data is read while its bytes pass by, in pieces of any size,
// with memory that does not grow. Lines may end in LF, CR or CRLF.
// Owned by: whoever passes the event on. Lives on: a core.
class long_event {
public:
    // `words`: as usage_finder has them.
    explicit long_event(answer_words* words = nullptr) : data_(words) {}

    // The next bytes of the event, from its first on.
    void feed(std::string_view piece);

    // What its data says: its is_object is false unless the data of all its lines together is one JSON object.
    const event_facts& facts() const { return data_.facts(); }
    bool has_data() const { return has_data_; }

private:
    enum class part : unsigned char { name, blank, value, other };

    void end_line();
    std::string_view take_name(std::string_view piece);

    usage_finder data_;
    part at_ = part::name;
    std::size_t matched_ = 0;  // bytes of the line that agree with `data`
    bool after_cr_ = false;
    bool has_data_ = false;
};

}  // namespace ferry::openai
