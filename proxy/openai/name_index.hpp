#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

namespace ferry::openai {

// Finds a name in a list that others fill, in a number of comparisons that grows with the logarithm of its length. Few
// names are looked at one by one; of many the places are kept in the order of their names. No hash: whoever fills the
// list cannot choose names that fall together. `name_at(place)` gives the name at a place of the list.
// Owned by: whoever owns the list. REQUIRES: the list only grows at its end, or clear() is called.
template <class Less = std::less<std::string_view>>
class name_index {
public:
    static constexpr std::size_t most = UINT16_MAX;  // names
    static constexpr std::size_t few = 8;

    explicit name_index(Less less = {}) : less_(less) {}

    // The place of `name` among the first `count` of the list; `count` if it is not there.
    template <class NameAt>
    std::size_t find(std::string_view name, std::size_t count, NameAt&& name_at) {
        if (count <= few) {
            std::size_t place = 0;
            while (place != count && name_at(place) != name) ++place;
            return place;
        }
        const auto before = [&](std::uint16_t a, std::string_view b) { return less_(name_at(a), b); };
        const auto lower = [&](std::string_view b) {
            return std::lower_bound(order_.begin(), order_.end(), b, before);
        };
        while (order_.size() < count) {
            const auto place = static_cast<std::uint16_t>(order_.size());
            order_.insert(lower(name_at(place)), place);
        }
        const auto at = lower(name);
        return at != order_.end() && name_at(*at) == name ? *at : count;
    }

    // The list was changed in other ways than by growing.
    void clear() { order_.clear(); }

private:
    std::vector<std::uint16_t> order_;
    Less less_;
};

}  // namespace ferry::openai
