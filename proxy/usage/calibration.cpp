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
constexpr double common = 0.1;             // likewise of what all factors have in common, beside the spread of each
constexpr double near = 0.02;              // an answer that is further off counts less, so that few of them move little
constexpr std::int64_t remembered = 2000;  // answers; older ones fade
constexpr std::int64_t begun_anew = 16, fewest_tokens = 20;
constexpr float largest = 1e6F;  // of a sum in a text

constexpr std::size_t at(std::size_t i, std::size_t j) {
    return i * (i + 1) / 2 + j;
}

constexpr std::string_view version = "2";

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

std::int64_t tokens_of(const text_features& features, provider::vocabulary vocabulary,
                       const std::array<std::int32_t, text_features_size>& factors) {
    const auto* const weights = token_weights_of(vocabulary);
    // A sum of so many products of 64, 31 and 15 bits.
    unsigned __int128 sum = 0;
    for (std::size_t i = 0; i < features.size(); ++i)
        sum += static_cast<unsigned __int128>(features[i]) *
               (static_cast<std::uint64_t>(weights[i]) * static_cast<std::uint64_t>(factors[i]));
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
    const auto error = static_cast<double>(tokens_of(features, vocabulary, factors_)) / static_cast<double>(tokens) - 1;
    if (error > 2 || error < -2.0 / 3) return verdict::outlier;
    const auto far = std::abs(error);
    if (count_ >= settled && far > std::max(0.2, 6.0 * static_cast<double>(error_))) {
        if (++refused_ < begun_anew) return verdict::outlier;
        *this = calibration{};
    }
    refused_ = 0;
    const auto* const weights = token_weights_of(vocabulary);
    std::array<double, text_features_size> shares{};
    for (std::size_t i = 0; i < features.size(); ++i)
        shares[i] = static_cast<double>(features[i]) * weights[i] / (1 << weight_bits) / static_cast<double>(tokens);
    add(shares, near / std::max(near, far));
    ++count_;
    error_ += static_cast<float>((far - static_cast<double>(error_)) /
                                 static_cast<double>(std::min(count_ + 8, std::int64_t{200})));
    if (has_new_factors()) solve();
    return verdict::learnt;
}

void calibration::add(const std::array<double, text_features_size>& shares, double weight) {
    if (count_ >= remembered) {
        constexpr auto kept = static_cast<float>(1 - 1.0 / remembered);
        for (auto& product : products_) product *= kept;
        for (auto& share : shares_) share *= kept;
    }
    for (std::size_t i = 0; i < shares.size(); ++i) {
        if (shares[i] == 0) continue;
        shares_[i] += static_cast<float>(shares[i] * weight);
        for (std::size_t j = 0; j <= i; ++j) products_[at(i, j)] += static_cast<float>(shares[i] * shares[j] * weight);
    }
}

// Cholesky's decomposition, of the features that occurred; what is trusted beforehand keeps the matrix positive
// definite.
void calibration::solve() {
    std::array<std::size_t, text_features_size> of{};
    std::array<double, text_features_size> trust{}, found{};  // trust: of a weight, as if so many answers had told it
    std::array<double, products_size> root{};
    std::size_t size = 0;
    double all = 0;
    for (std::size_t i = 0; i < text_features_size; ++i) {
        factors_[i] = 1 << factor_bits;
        if (shares_[i] == 0) continue;
        const double spread = weight_spreads()[i] / 1000.0;
        trust[size] = noise * noise / (spread * spread);
        all += trust[size];
        of[size++] = i;
    }
    const double shared = common * common / (noise * noise + common * common * all);
    for (std::size_t i = 0; i < size; ++i) {
        for (std::size_t j = 0; j <= i; ++j)
            root[at(i, j)] = static_cast<double>(products_[at(of[i], of[j])]) - shared * trust[i] * trust[j];
        root[at(i, i)] += trust[i];
        found[i] = static_cast<double>(shares_[of[i]]) + trust[i] * (1 - shared * all);
    }
    std::array<double, text_features_size> column{};
    for (std::size_t k = 0; k < size; ++k) {
        const double pivot = std::sqrt(std::max(root[at(k, k)], trust[k] / 100));
        root[at(k, k)] = pivot;
        found[k] /= pivot;
        for (std::size_t i = k + 1; i < size; ++i) {
            column[i] = root[at(i, k)] /= pivot;
            found[i] -= column[i] * found[k];
            double* const row = &root[at(i, 0)];
            for (std::size_t j = k + 1; j <= i; ++j) row[j] -= column[i] * column[j];
        }
    }
    for (std::size_t i = size; i-- > 0;) {
        for (std::size_t k = i + 1; k < size; ++k) found[i] -= root[at(k, i)] * found[k];
        found[i] /= root[at(i, i)];
        factors_[of[i]] = static_cast<std::int32_t>(std::lround(std::clamp(found[i], 0.25, 4.0) * (1 << factor_bits)));
    }
}

void calibration::merge(const calibration& other) {
    if (other.count_ == 0) return;
    for (std::size_t i = 0; i < products_size; ++i) products_[i] += other.products_[i];
    for (std::size_t i = 0; i < text_features_size; ++i) shares_[i] += other.shares_[i];
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
