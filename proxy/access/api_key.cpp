#include "access/api_key.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>
#include <span>
#include <stdexcept>

#include "base/ascii.hpp"

namespace ferry::access {
namespace {

constexpr std::string_view prefix = "fk-";
constexpr std::string_view public_alphabet = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr std::string_view secret_alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t public_length = 10;
constexpr std::size_t secret_length = 43;
constexpr std::size_t key_length = prefix.size() + public_length + 1 + secret_length;

// Appends `count` characters drawn evenly: a byte beyond the last whole multiple of the alphabet is thrown away, for
// its remainder would favour the first letters.
void append_random(std::string& out, std::size_t count, std::string_view alphabet) {
    const std::size_t limit = 256 / alphabet.size() * alphabet.size();
    const std::size_t wanted = out.size() + count;
    std::array<unsigned char, 64> bytes;
    while (out.size() < wanted) {
        if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
            throw std::runtime_error("cannot make a key: the system's random number generator failed");
        for (const unsigned char byte : bytes)
            if (byte < limit && out.size() < wanted) out += alphabet[byte % alphabet.size()];
    }
}

struct context_free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Fetched once: a fetch per digest costs more than the digest itself. Never freed, for threads may outlive statics.
const EVP_MD* sha256_algorithm() {
    static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    return algorithm;
}

bool is_public(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
}
bool is_secret(char c) {
    return is_public(c) || (c >= 'A' && c <= 'Z');
}

std::string hex(std::span<const unsigned char> bytes) {
    std::string out;
    out.reserve(2 * bytes.size());
    for (const unsigned char byte : bytes) append_hex(out, byte);
    return out;
}

}  // namespace

std::string mint_api_key() {
    std::string key(prefix);
    key.reserve(key_length);
    append_random(key, public_length, public_alphabet);
    key += '-';
    append_random(key, secret_length, secret_alphabet);
    return key;
}

sha256_digest sha256(std::string_view text) {
    thread_local const std::unique_ptr<EVP_MD_CTX, context_free> context(EVP_MD_CTX_new());
    sha256_digest digest;
    if (!context || EVP_DigestInit_ex2(context.get(), sha256_algorithm(), nullptr) != 1 ||
        EVP_DigestUpdate(context.get(), text.data(), text.size()) != 1 ||
        EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1)
        throw std::runtime_error("cannot compute SHA-256: the OpenSSL library refuses");
    return digest;
}

std::string sha256_hex(std::string_view text) {
    const sha256_digest digest = sha256(text);
    return hex(digest);
}

std::optional<sha256_digest> parse_sha256_hex(std::string_view text) {
    sha256_digest digest;
    if (text.size() != 2 * digest.size()) return std::nullopt;
    for (std::size_t i = 0; i < digest.size(); ++i) {
        const int high = hex_value(text[2 * i]);
        const int low = hex_value(text[2 * i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        digest[i] = static_cast<unsigned char>(high << 4 | low);
    }
    return digest;
}

std::optional<std::string_view> public_part(std::string_view key) {
    if (key.size() != key_length || !key.starts_with(prefix)) return std::nullopt;
    const std::string_view part = key.substr(prefix.size(), public_length);
    const std::string_view secret = key.substr(prefix.size() + public_length + 1);
    if (key[prefix.size() + public_length] != '-') return std::nullopt;
    if (!std::all_of(part.begin(), part.end(), is_public)) return std::nullopt;
    if (!std::all_of(secret.begin(), secret.end(), is_secret)) return std::nullopt;
    return part;
}

std::string imported_public_id(const sha256_digest& digest) {
    return "im-" + hex(std::span(digest).first(10));
}

std::string public_id(std::string_view key) {
    if (const auto part = public_part(key)) return std::string(*part);
    return imported_public_id(sha256(key));
}

std::optional<std::string> import_defect(std::string_view key) {
    if (key.size() < min_imported_key || key.size() > max_imported_key)
        return "a key to import has 16 to 256 bytes, this one has " + std::to_string(key.size());
    if (const auto bad = std::find_if(key.begin(), key.end(), is_control); bad != key.end())
        return "a key to import holds no control bytes (it travels in a header); the byte at offset " +
               std::to_string(bad - key.begin()) + " is one";
    if (key.front() == ' ' || key.back() == ' ') return "a key to import neither begins nor ends with a space";
    return std::nullopt;
}

}  // namespace ferry::access
