// A credential. There is deliberately no way to print one: whoever needs the text has to say reveal().
#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace ferry {

class secret {
public:
    secret() = default;
    explicit secret(std::string text) : text_(std::move(text)) {}
    std::string_view reveal() const { return text_; }
    bool empty() const { return text_.empty(); }
    bool operator==(const secret&) const = default;

private:
    std::string text_;
};

}  // namespace ferry
