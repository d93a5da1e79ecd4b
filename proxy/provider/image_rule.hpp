// By which formula a model counts an image.
#pragma once

#include <cstdint>
#include <string_view>

namespace ferry::provider {

struct image_rule {
    // tiles: of 512 pixels, after the image was made to fit 2048 x 2048 and its short side 768.
    // patches: of 32 pixels, at most 1536, times `permille`.
    // areas: both sides rounded to `side`, a token for each square, and two.
    // flat: `base` for any image.
    enum class formula : std::uint8_t { tiles, patches, areas, flat };
    formula by = formula::flat;
    std::int32_t base = 0, tile = 0, permille = 1000, side = 0, most = 0;
};

// By the name of the model, without what stands before its last slash, in small letters.
image_rule image_rule_of(std::string_view model);

}  // namespace ferry::provider
