// How many tokens each feature of a text is worth.
#pragma once

#include <cstdint>

#include "provider/vocabulary.hpp"
#include "usage/text_features.hpp"

namespace ferry::usage {

constexpr int weight_bits = 16;  // a weight is in 1/65536 of a token; none is negative

// One for each feature. Fitted to counts of the tokenizers themselves, so that the mean relative error is small.
const std::int32_t* token_weights_of(provider::vocabulary vocabulary);

// By how much, of its size, the weight of each feature differs among vocabularies: the standard deviation, in 1/1000.
const std::int32_t* weight_spreads();

}  // namespace ferry::usage
