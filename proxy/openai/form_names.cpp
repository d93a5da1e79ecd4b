#include "openai/form_names.hpp"

#include <array>

#include "openai/name_fold.hpp"

namespace ferry::openai {
namespace {

constexpr std::array<std::string_view, form_field_count> field_names = {
    "model", "id", "conversationId", "stream", "response_format", "n", "size", "quality", "user", "purpose"};

}  // namespace

std::string_view name_of(form_field f) {
    return field_names[static_cast<std::size_t>(f)];
}

std::optional<form_name_match> match_form_field(std::string_view name) {
    const auto base = name.substr(0, name.find('['));
    for (std::size_t i = 0; i != field_names.size(); ++i) {
        if (folds_to(base, field_names[i])) return form_name_match{static_cast<form_field>(i), name == field_names[i]};
    }
    return std::nullopt;
}

}  // namespace ferry::openai
