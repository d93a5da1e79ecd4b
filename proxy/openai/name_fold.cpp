#include "openai/name_fold.hpp"

#include <algorithm>

#include "base/ascii.hpp"

namespace ferry::openai {
namespace {

constexpr std::string_view long_s = "\xc5\xbf", kelvin = "\xe2\x84\xaa";

bool is_ascii(std::string_view key) {
    return std::all_of(key.begin(), key.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

bool folds_to(std::string_view key, std::string_view name) {
    if (key.size() < name.size() || (key.size() > name.size() && is_ascii(key))) return false;
    for (const char wanted : name) {
        if (key.empty()) return false;
        std::size_t taken = 1;
        char c = lower_case(key[0]);
        if (key.starts_with(long_s)) {
            c = 's';
            taken = long_s.size();
        } else if (key.starts_with(kelvin)) {
            c = 'k';
            taken = kelvin.size();
        }
        if (c != lower_case(wanted)) return false;
        key.remove_prefix(taken);
    }
    return key.empty();
}

}  // namespace ferry::openai
