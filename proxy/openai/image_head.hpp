// How large an image is, from its first bytes. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace ferry::openai {

struct image_pixels {
    std::int64_t width = 0, height = 0;
};

// Of a PNG, JPEG, GIF or WEBP. Nothing for anything else, or where the size stands further behind.
std::optional<image_pixels> pixels_of(std::string_view bytes);

// Of a `data:` URL with base64, as it stands in JSON without its quotes; the first 64 KiB of it are looked at. Nothing
// for other URLs: nothing is fetched.
std::optional<image_pixels> pixels_of_url(std::string_view url);

}  // namespace ferry::openai
