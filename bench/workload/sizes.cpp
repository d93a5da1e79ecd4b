#include "workload/sizes.hpp"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <string>

namespace ferry::bench {
namespace {

constexpr std::uint32_t most = 100'000'000;
constexpr std::size_t most_listed = 10'000'000;

std::optional<std::uint32_t> whole(std::string_view text) {
    std::uint32_t value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size() || value > most) return {};
    return value;
}

double positive(std::string_view text, std::string_view of) {
    double value = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || read.ec != std::errc() || read.ptr != text.data() + text.size() || !(value > 0) ||
        value > most) {
        throw std::invalid_argument("\"" + std::string(text) + "\" is no number above 0, as the " + std::string(of) +
                                    " has to be");
    }
    return value;
}

bool take(std::string_view& text, std::string_view word) {
    if (text.substr(0, word.size()) != word) return false;
    text.remove_prefix(word.size());
    return true;
}

}  // namespace

sizes::sizes(std::string_view text) {
    const auto given = text;
    if (take(text, "normal:")) {
        const auto comma = text.find(',');
        if (comma == std::string_view::npos) {
            throw std::invalid_argument("\"" + std::string(given) + "\" is to be normal:MEAN,DEVIATION");
        }
        shape_ = shape::normal;
        mean_ = positive(text.substr(0, comma), "mean");
        deviation_ = positive(text.substr(comma + 1), "standard deviation");
    } else if (take(text, "exponential:")) {
        shape_ = shape::exponential;
        mean_ = positive(text, "mean");
    } else if (take(text, "file:")) {
        read(text);
    } else {
        const auto dots = text.find("..");
        const auto low = whole(text.substr(0, dots));
        const auto high = dots == std::string_view::npos ? low : whole(text.substr(dots + 2));
        if (!low || !high || *low > *high) {
            throw std::invalid_argument("\"" + std::string(given) +
                                        "\" is none of 100, 50..200, normal:300,80 (mean, standard deviation), "
                                        "exponential:300 (mean), file:SIZES.txt");
        }
        low_ = *low;
        high_ = *high;
    }
}

void sizes::read(std::string_view file) {
    const std::string name(file);
    std::ifstream in(name);
    if (!in) throw std::invalid_argument("the file of sizes " + name + " cannot be read: is its name right?");
    shape_ = shape::listed;
    std::string line;
    for (std::uint64_t number = 1; std::getline(in, line); ++number) {
        const auto begin = line.find_first_not_of(" \t\r");
        if (begin == std::string::npos) continue;
        const auto size = whole(std::string_view(line).substr(begin, line.find_last_not_of(" \t\r") + 1 - begin));
        if (!size) {
            throw std::invalid_argument(name + ", line " + std::to_string(number) + ": \"" + line.substr(0, 40) +
                                        "\" is no whole number up to 100,000,000; give one on each line");
        }
        if (listed_.size() == most_listed) {
            throw std::invalid_argument(name + " has more than 10,000,000 sizes; a sample of them does as well");
        }
        listed_.push_back(*size);
    }
    if (listed_.empty()) throw std::invalid_argument(name + " holds no sizes; give a whole number on each line");
}

std::uint32_t sizes::draw(dice& from) const {
    const auto rounded = [](double size) {
        return static_cast<std::uint32_t>(std::clamp(std::round(size), 1.0, static_cast<double>(most)));
    };
    switch (shape_) {
        case shape::even:
            return low_ == high_ ? low_ : low_ + static_cast<std::uint32_t>(from.below(high_ - low_ + 1));
        case shape::normal:
            return rounded(mean_ + deviation_ * from.normal());
        case shape::exponential:
            return rounded(from.exponential(mean_));
        case shape::listed:
            break;
    }
    return listed_[from.below(listed_.size())];
}

double sizes::mean() const {
    if (shape_ == shape::even) return (static_cast<double>(low_) + high_) / 2;
    if (shape_ != shape::listed) return mean_;
    return std::accumulate(listed_.begin(), listed_.end(), 0.0) / static_cast<double>(listed_.size());
}

std::uint32_t sizes::lowest() const {
    if (shape_ == shape::even) return low_;
    return shape_ == shape::listed ? *std::min_element(listed_.begin(), listed_.end()) : 1;
}

std::uint32_t sizes::highest() const {
    if (shape_ == shape::even) return high_;
    return shape_ == shape::listed ? *std::max_element(listed_.begin(), listed_.end()) : most;
}

}  // namespace ferry::bench
