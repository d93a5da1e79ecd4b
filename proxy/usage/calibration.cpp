#include "usage/calibration.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "usage/token_weights.hpp"

namespace ferry::usage {
namespace {

constexpr int factor_bits = 12;
constexpr double noise = 0.04;             // standard deviation of an answer's relative error that no factor explains
constexpr double trust = 0.25;             // likewise of a factor around 1, before anything was learnt
constexpr std::int64_t remembered = 2000;  // answers; older ones fade
constexpr std::int64_t settled = 50, begun_anew = 16, fewest_tokens = 20;
constexpr float largest = 1e6F;  // of a sum in a text

// ASCII each by itself, which code and JSON are told apart by; scripts together.
constexpr std::size_t group_of(std::size_t feature) {
    using enum text_feature;
    const auto is = static_cast<text_feature>(feature);
    if (is <= control) return feature;
    constexpr auto first = static_cast<std::size_t>(control) + 1;
    if (is <= latin_extended) return first;
    if (is <= indic) return first + 1;
    if (is <= cjk_punct || is >= compatibility) return first + 2;
    if (is <= katakana) return first + 3;
    if (is == han_first) return first + 4;
    return is >= hangul_first ? first + 6 : first + 5;
}
static_assert(group_of(static_cast<std::size_t>(text_feature::hangul_next)) + 1 == calibration::groups_size);

constexpr std::size_t at(std::size_t i, std::size_t j) {
    return i * (i + 1) / 2 + j;
}

constexpr std::string_view version = "1";

template <typename Number>
void put(std::string& text, Number number) {
    char digits[32];
    text += ' ';
    text.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

template <typename Number>
bool take(std::string_view& text, Number& number, Number least, Number most) {
    if (text.empty() || text.front() != ' ') return false;
    const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), number);
    if (error != std::errc{} || !(number >= least && number <= most)) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

}  // namespace

std::array<std::uint64_t, calibration::groups_size> weighted_groups(const text_features& features,
                                                                    provider::vocabulary vocabulary) {
    std::array<std::uint64_t, calibration::groups_size> groups{};
    const auto* const weights = token_weights_of(vocabulary);
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    for (std::size_t i = 0; i < features.size(); ++i) {
        auto& group = groups[group_of(i)];
        const auto sum = static_cast<unsigned __int128>(features[i]) * static_cast<std::uint32_t>(weights[i]) + group;
        group = sum > most ? most : static_cast<std::uint64_t>(sum);
    }
    return groups;
}

std::int64_t tokens_of(const std::array<std::uint64_t, calibration::groups_size>& groups,
                       const std::array<std::int32_t, calibration::groups_size>& factors) {
    unsigned __int128 sum = 0;
    for (std::size_t i = 0; i < groups.size(); ++i)
        sum += static_cast<unsigned __int128>(groups[i]) * static_cast<std::uint32_t>(factors[i]);
    constexpr int bits = weight_bits + factor_bits;
    const auto tokens = (sum + (1U << (bits - 1))) >> bits;
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    return tokens > static_cast<std::uint64_t>(most) ? most : static_cast<std::int64_t>(tokens);
}

std::optional<std::int32_t> calibration::off_permille(std::int64_t told, std::int64_t tokens) {
    if (tokens < fewest_tokens || told / 3 > tokens || told < tokens / 3) return std::nullopt;
    return static_cast<std::int32_t>(std::abs(told - tokens) * 1000 / tokens);
}

calibration::verdict calibration::learn(const text_features& features, provider::vocabulary vocabulary,
                                        std::int64_t tokens) {
    if (tokens < fewest_tokens) return verdict::too_short;
    const auto groups = weighted_groups(features, vocabulary);
    const auto error = static_cast<double>(tokens_of(groups, factors_)) / static_cast<double>(tokens) - 1;
    if (error > 2 || error < -2.0 / 3) return verdict::outlier;
    const auto far = std::abs(error);
    if (count_ >= settled && far > std::max(0.2, 6.0 * static_cast<double>(error_))) {
        if (++refused_ < begun_anew) return verdict::outlier;
        *this = calibration{};
    }
    refused_ = 0;
    std::array<double, groups_size> shares{};
    for (std::size_t i = 0; i < groups_size; ++i)
        shares[i] = static_cast<double>(groups[i]) / (1 << weight_bits) / static_cast<double>(tokens);
    add(shares);
    ++count_;
    error_ += static_cast<float>((far - static_cast<double>(error_)) /
                                 static_cast<double>(std::min(count_ + 8, std::int64_t{200})));
    solve();
    return verdict::learnt;
}

void calibration::add(const std::array<double, groups_size>& shares) {
    const double kept = count_ < remembered ? 1 : 1 - 1.0 / remembered;
    for (std::size_t i = 0; i < groups_size; ++i) {
        shares_[i] = static_cast<float>(static_cast<double>(shares_[i]) * kept + shares[i]);
        for (std::size_t j = 0; j <= i; ++j) {
            auto& product = products_[at(i, j)];
            product = static_cast<float>(static_cast<double>(product) * kept + shares[i] * shares[j]);
        }
    }
}

// Cholesky's decomposition; what is trusted beforehand keeps the matrix positive definite.
void calibration::solve() {
    constexpr double prior = noise * noise / (trust * trust);
    std::array<double, products_size> root{};
    std::array<double, groups_size> found{};
    for (std::size_t i = 0; i < groups_size; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = static_cast<double>(products_[at(i, j)]) + (i == j ? prior : 0);
            for (std::size_t k = 0; k < j; ++k) sum -= root[at(i, k)] * root[at(j, k)];
            root[at(i, j)] = i == j ? std::sqrt(std::max(sum, prior / 2)) : sum / root[at(j, j)];
        }
        found[i] = static_cast<double>(shares_[i]) + prior;
        for (std::size_t k = 0; k < i; ++k) found[i] -= root[at(i, k)] * found[k];
        found[i] /= root[at(i, i)];
    }
    for (std::size_t i = groups_size; i-- > 0;) {
        for (std::size_t k = i + 1; k < groups_size; ++k) found[i] -= root[at(k, i)] * found[k];
        found[i] /= root[at(i, i)];
        factors_[i] = static_cast<std::int32_t>(std::lround(std::clamp(found[i], 0.25, 4.0) * (1 << factor_bits)));
    }
}

void calibration::merge(const calibration& other) {
    if (other.count_ == 0) return;
    for (std::size_t i = 0; i < products_size; ++i) products_[i] += other.products_[i];
    for (std::size_t i = 0; i < groups_size; ++i) shares_[i] += other.shares_[i];
    const auto mine = static_cast<float>(count_), others = static_cast<float>(other.count_);
    error_ = (error_ * mine + other.error_ * others) / (mine + others);
    count_ += other.count_;
    solve();
}

std::string calibration::to_text() const {
    std::string text(version);
    put(text, count_);
    put(text, refused_);
    put(text, error_);
    for (const auto sum : shares_) put(text, sum);
    for (const auto sum : products_) put(text, sum);
    return text;
}

std::optional<calibration> calibration::from_text(std::string_view text) {
    if (!text.starts_with(version)) return std::nullopt;
    text.remove_prefix(version.size());
    calibration read;
    if (!take(text, read.count_, std::int64_t{0}, std::int64_t{1} << 60) ||
        !take(text, read.refused_, std::int64_t{0}, begun_anew) || !take(text, read.error_, 0.0F, 3.0F))
        return std::nullopt;
    for (auto& sum : read.shares_)
        if (!take(text, sum, 0.0F, largest)) return std::nullopt;
    for (auto& sum : read.products_)
        if (!take(text, sum, 0.0F, largest)) return std::nullopt;
    if (!text.empty()) return std::nullopt;
    if (read.count_ != 0) read.solve();
    return read;
}

}  // namespace ferry::usage
