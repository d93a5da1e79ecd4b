#pragma once

#include <string>
#include <string_view>

namespace ferry::bench {

// Walks the members of one JSON object in place, building nothing; on nonsense it simply ends.
//     for (json_members m(text); m.next();) use(m.name(), m.value());
class json_members {
public:
    explicit json_members(std::string_view object);
    bool next();
    std::string_view name() const { return name_; }    // raw, between the quotes
    std::string_view value() const { return value_; }  // raw, quotes included

private:
    std::string_view rest_;
    std::string_view name_;
    std::string_view value_;
};

// Walks the elements of one JSON array likewise.
class json_elements {
public:
    explicit json_elements(std::string_view array);
    bool next();
    std::string_view value() const { return value_; }  // raw

private:
    std::string_view rest_;
    std::string_view value_;
};

// The inside of a raw JSON string, escapes as they are; "" if `value` is not a string.
std::string_view inside_quotes(std::string_view value);

// `text` as the inside of a JSON string. Bytes above 0x7f stay as they are.
void append_escaped(std::string_view text, std::string& out);

}  // namespace ferry::bench
