#pragma once

#include <map>
#include <string>

namespace ferry::bench {

// "p99_ttft_ms<500": a figure of the JSON, one of < <= > >= == !=, a number.
class assertion {
public:
    explicit assertion(const std::string& text);  // throws std::invalid_argument in words

    // "" if it holds, else a sentence.
    std::string checked(const std::map<std::string, double>& figures) const;

private:
    std::string text_, name_, sign_;
    double limit_ = 0;
};

}  // namespace ferry::bench
