#include "upstream/base64.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace ferry::bench {

std::string to_base64(std::string_view bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL ends it with a zero
    const int n = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                  reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(n));
    return out;
}

bool from_base64(std::string_view text, std::string& out) {
    if (text.size() % 4) return false;
    out.assign(text.size() / 4 * 3, '\0');
    const int n = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                  reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
    if (n < 0) return false;
    const auto last = text.substr(text.size() - std::min<std::size_t>(2, text.size()));
    const auto padding = std::count(last.begin(), last.end(), '=');
    out.resize(static_cast<std::size_t>(n - padding));
    return true;
}

}  // namespace ferry::bench
