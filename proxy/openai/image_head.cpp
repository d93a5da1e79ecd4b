#include "openai/image_head.hpp"

#include <array>
#include <cstddef>
#include <string>

namespace ferry::openai {
namespace {

constexpr std::size_t most_base64 = 64u << 10;

std::int64_t byte_at(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}
std::int64_t big16(std::string_view bytes, std::size_t at) {
    return byte_at(bytes, at) << 8 | byte_at(bytes, at + 1);
}
std::int64_t little16(std::string_view bytes, std::size_t at) {
    return byte_at(bytes, at) | byte_at(bytes, at + 1) << 8;
}
std::int64_t little24(std::string_view bytes, std::size_t at) {
    return little16(bytes, at) | byte_at(bytes, at + 2) << 16;
}
std::int64_t big32(std::string_view bytes, std::size_t at) {
    return big16(bytes, at) << 16 | big16(bytes, at + 2);
}

using found = std::optional<image_pixels>;

// ISO/IEC 10918-1, annex B: segments with their lengths; those of the kind "start of frame" hold the size.
found pixels_of_jpeg(std::string_view bytes) {
    for (std::size_t at = 2; at + 9 <= bytes.size();) {
        const auto marker = byte_at(bytes, at + 1);
        if (byte_at(bytes, at) != 0xff) return std::nullopt;
        if (marker == 0xff) {
            ++at;
            continue;
        }
        const bool is_frame = marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
        if (is_frame) return image_pixels{big16(bytes, at + 7), big16(bytes, at + 5)};
        at += 2 + static_cast<std::size_t>(big16(bytes, at + 2));
    }
    return std::nullopt;
}

// The WebP Container Specification.
found pixels_of_webp(std::string_view bytes) {
    if (bytes.size() < 30) return std::nullopt;
    const auto form = bytes.substr(12, 4);
    if (form == "VP8X") return image_pixels{little24(bytes, 24) + 1, little24(bytes, 27) + 1};
    if (form == "VP8 ") return image_pixels{little16(bytes, 26) & 0x3fff, little16(bytes, 28) & 0x3fff};
    if (form != "VP8L") return std::nullopt;
    const auto bits = little16(bytes, 21) | little16(bytes, 23) << 16;
    return image_pixels{(bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1};
}

constexpr auto values_of_base64 = [] {
    std::array<signed char, 256> values{};
    values.fill(-1);
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (std::size_t i = 0; i < digits.size(); ++i) {
        values[static_cast<unsigned char>(digits[i])] = static_cast<signed char>(i);
    }
    return values;
}();

// To the first byte that is none of it. A slash may be escaped in JSON.
std::string decoded_base64(std::string_view text) {
    std::string bytes;
    unsigned bits = 0;
    int count = 0;
    for (const char c : text.substr(0, most_base64)) {
        if (c == '\\') continue;
        const int value = values_of_base64[static_cast<unsigned char>(c)];
        if (value < 0) break;
        bits = bits << 6 | static_cast<unsigned>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        bytes += static_cast<char>(bits >> count & 0xff);
    }
    return bytes;
}

}  // namespace

std::optional<image_pixels> pixels_of(std::string_view bytes) {
    found pixels;
    if (bytes.starts_with("\x89PNG\r\n\x1a\n") && bytes.size() >= 24) {
        pixels = image_pixels{big32(bytes, 16), big32(bytes, 20)};
    } else if (bytes.starts_with("\xff\xd8")) {
        pixels = pixels_of_jpeg(bytes);
    } else if (bytes.starts_with("GIF8") && bytes.size() >= 10) {
        pixels = image_pixels{little16(bytes, 6), little16(bytes, 8)};
    } else if (bytes.starts_with("RIFF") && bytes.size() >= 16 && bytes.substr(8, 4) == "WEBP") {
        pixels = pixels_of_webp(bytes);
    }
    if (pixels && (pixels->width <= 0 || pixels->height <= 0)) return std::nullopt;
    return pixels;
}

std::optional<image_pixels> pixels_of_url(std::string_view url) {
    constexpr std::string_view coding = ";base64,";
    if (!url.starts_with("data:")) return std::nullopt;
    const auto at = url.substr(0, 256).find(coding);
    if (at == std::string_view::npos) return std::nullopt;
    return pixels_of(decoded_base64(url.substr(at + coding.size())));
}

}  // namespace ferry::openai
