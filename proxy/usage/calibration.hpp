// What the answers of one model, in one direction, taught about its tokens.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "provider/vocabulary.hpp"
#include "usage/text_features.hpp"

namespace ferry::usage {

// A factor for each feature: recursive least squares of the relative error, from the weights of the vocabulary. A
// weight that is much the same in all vocabularies is trusted more than one that is not. It is kept as the sums of its
// normal equations. Those of replicas merge by adding them: each replica stores the sums of what it saw itself, under
// its own name, and estimates by the merged ones of all. A value: the same answers in the same order make the same one.
// About 5 KiB.
class calibration {
public:
    enum class verdict { learnt, too_short, outlier };

    // How far `told` is off, in 1/1000 of `tokens`; nothing where that is too short or too far off to be learnt from.
    static std::optional<std::int32_t> off_permille(std::int64_t told, std::int64_t tokens);

    // An answer that says how many tokens it has. Not learnt are those of less than 20 tokens, those three times off,
    // and, once 50 were learnt, those six times as far off as is usual; if 16 of these come in a row, the model is
    // taken to be another one, and it begins anew.
    verdict learn(const text_features& features, provider::vocabulary vocabulary, std::int64_t tokens);

    // By which the tokens of each feature are multiplied: 1/4096, from a quarter to four.
    const std::array<std::int32_t, text_features_size>& factors() const { return factors_; }
    // Whether the answer that was learnt last changed them: beyond 50 one of four does, for solving is most of the
    // work.
    bool has_new_factors() const { return count_ <= settled || count_ % 4 == 0; }
    // What an estimate is off in the mean, of what was learnt of late; 50 before.
    std::int32_t error_permille() const { return static_cast<std::int32_t>(error_ * 1000); }
    // How many were learnt.
    std::int64_t count() const { return count_; }

    void merge(const calibration& other);

    // One line, of at most 16 KiB. What is not such a text, or of another version, gives nothing.
    std::string to_text() const;
    static std::optional<calibration> from_text(std::string_view text);

    bool operator==(const calibration&) const = default;

private:
    static constexpr std::int64_t settled = 50;
    static constexpr std::size_t products_size = text_features_size * (text_features_size + 1) / 2;

    void add(const std::array<double, text_features_size>& shares, double weight);
    void solve();

    // Shares are tokens of a feature, by the weights, of the tokens that were reported.
    std::array<float, products_size> products_{};     // sum of share i times share j, for j <= i
    std::array<float, text_features_size> shares_{};  // sum of share i
    std::array<std::int32_t, text_features_size> factors_ = [] {
        std::array<std::int32_t, text_features_size> ones{};
        ones.fill(4096);
        return ones;
    }();
    float error_ = 0.05F;
    std::int64_t count_ = 0;
    std::int64_t refused_ = 0;  // in a row
};

// The tokens of a text by its weights, each feature by its factor, as whole tokens; the largest there is where it does
// not fit.
std::int64_t tokens_of(const text_features& features, provider::vocabulary vocabulary,
                       const std::array<std::int32_t, text_features_size>& factors);

}  // namespace ferry::usage
