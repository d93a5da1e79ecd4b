#include "provider/image_rule.hpp"

namespace ferry::provider {
namespace {

struct image_row {
    std::string_view begins;
    image_rule rule;
};

constexpr image_rule tiles(std::int32_t base, std::int32_t tile) {
    return {image_rule::formula::tiles, base, tile};
}
constexpr image_rule patches(std::int32_t permille) {
    return {image_rule::formula::patches, 0, 0, permille};
}
constexpr image_rule areas(std::int32_t side) {
    return {image_rule::formula::areas, 0, 0, 1000, side, 16384};
}

// The first that matches. OpenAI's guide "Images and vision", the section on costs; the guide to visual understanding
// of Model Studio; what is not known counts 520, as new-api does.
constexpr image_row image_rows[] = {
    {"gpt-4o-mini", tiles(2833, 5667)},
    {"gpt-4o", tiles(85, 170)},
    {"gpt-4.1-mini", patches(1620)},
    {"gpt-4.1-nano", patches(2460)},
    {"gpt-4", tiles(85, 170)},
    {"gpt-5-mini", patches(1620)},
    {"gpt-5-nano", patches(2460)},
    {"gpt-5", tiles(70, 140)},
    {"o4-mini", patches(1720)},
    {"o1", tiles(75, 150)},
    {"o3", tiles(75, 150)},
    {"computer-use", tiles(65, 129)},
    {"qwen2.5-vl", areas(28)},
    {"qwen2-vl", areas(28)},
    {"qwen3-vl", areas(32)},
    {"qwen-vl", areas(32)},
    {"glm-4v", {image_rule::formula::flat, 1047}},
};

}  // namespace

image_rule image_rule_of(std::string_view model) {
    for (const auto& row : image_rows)
        if (model.starts_with(row.begins)) return row.rule;
    return {image_rule::formula::flat, 520};
}

}  // namespace ferry::provider
