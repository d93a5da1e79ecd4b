// Which tokenizer a model most likely has.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace ferry::provider {

// Named by its size where it has no name of its own.
enum class vocabulary : std::uint8_t { o200k, cl100k, of_129k, of_152k, of_248k, unknown };
constexpr std::size_t vocabularies_size = 6;

// By the name of the model, else by that of the service; case does not matter, nor what stands before the last slash.
vocabulary vocabulary_of(std::string_view service, std::string_view model);

}  // namespace ferry::provider
