#include "openai/form_file_name.hpp"

#include <optional>
#include <string>
#include <string_view>

#include "base/ascii.hpp"
#include "net/token.hpp"

namespace ferry::openai {
namespace {

// UTF-8''text of RFC 8187 section 3.2.1, decoded.
std::optional<std::string> decode_extended(std::string_view value) {
    constexpr std::string_view charset = "utf-8''";
    if (!net::same_token(value.substr(0, charset.size()), charset)) return std::nullopt;
    value.remove_prefix(charset.size());
    std::string text;
    while (!value.empty()) {
        std::size_t taken = 1;
        char c = value.front();
        if (c == '%') {
            taken = 3;
            if (value.size() < taken || !is_hex_digit(value[1]) || !is_hex_digit(value[2])) return std::nullopt;
            c = static_cast<char>(hex_value(value[1]) << 4 | hex_value(value[2]));
        }
        text += c;
        value.remove_prefix(taken);
    }
    return text;
}

std::string encode_base64(std::string_view text) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string encoded;
    for (std::size_t at = 0; at < text.size(); at += 3) {
        const auto group = text.substr(at, 3);
        unsigned bits = 0;
        for (std::size_t i = 0; i != 3; ++i) {
            bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0u);
        }
        for (std::size_t i = 0; i != 4; ++i) {
            encoded += i <= group.size() ? digits[bits >> (18 - 6 * i) & 63] : '=';
        }
    }
    return encoded;
}

}  // namespace

bool is_same_file_name(const mime_parameter& plain, const mime_parameter& extended) {
    const auto name = decode_extended(extended.value);
    if (!name || plain.value.find('\\') != std::string_view::npos) return false;
    // An encoded word of RFC 2047 (section 2), as .NET writes it.
    return plain.value == *name || plain.value == "=?utf-8?B?" + encode_base64(*name) + "?=";
}

}  // namespace ferry::openai
