// The names of the parts Ferry routes by, and what counts as the same name to another reader.
#pragma once

#include <optional>
#include <string_view>

#include "openai/form_request.hpp"

namespace ferry::openai {

struct form_name_match {
    form_field which{};
    bool is_exact = false;  // false: only another reader takes it for this one
};

std::string_view name_of(form_field f);

// The field that a part of this name is, or is to readers that ignore case (name_fold.hpp) or that take brackets behind
// a name for an element of a list: `model[]`, `model[0]`. Nothing: any other part, which may stand more than once.
std::optional<form_name_match> match_form_field(std::string_view name);

}  // namespace ferry::openai
