#include "load/report/assertion.hpp"

#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace ferry::bench {
namespace {

std::string without_blanks(const std::string& text) {
    std::string out;
    for (const char c : text) {
        if (c != ' ') out += c;
    }
    return out;
}

bool compared(double value, const std::string& sign, double limit) {
    if (sign == "<") return value < limit;
    if (sign == "<=") return value <= limit;
    if (sign == ">") return value > limit;
    if (sign == ">=") return value >= limit;
    return (value == limit) == (sign == "==");
}

}  // namespace

assertion::assertion(const std::string& text) : text_(text) {
    const auto plain = without_blanks(text);
    const auto at = plain.find_first_of("<>=!");
    const auto end = plain.find_first_not_of("<>=!", at);
    const auto refuse = [&text] {
        throw std::invalid_argument("--assert " + text +
                                    ": give a figure of the JSON, one of < <= > >= == != and a "
                                    "number, as in 'p99_ttft_ms<500'");
    };
    if (at == std::string::npos || at == 0 || end == std::string::npos) refuse();
    name_ = plain.substr(0, at);
    sign_ = plain.substr(at, end - at);
    char* rest = nullptr;
    limit_ = std::strtod(plain.c_str() + end, &rest);
    const bool is_known =
        sign_ == "<" || sign_ == "<=" || sign_ == ">" || sign_ == ">=" || sign_ == "==" || sign_ == "!=";
    if (*rest || !is_known) refuse();
}

std::string assertion::checked(const std::map<std::string, double>& figures) const {
    const auto found = figures.find(name_);
    if (found == figures.end()) return text_ + ": there is no such figure in this run";
    if (compared(found->second, sign_, limit_)) return "";
    char value[64];
    std::snprintf(value, sizeof value, "%.6g", found->second);
    return text_ + ": it was " + value;
}

}  // namespace ferry::bench
