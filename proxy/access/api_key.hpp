// The text of client keys: `fk-<10 of [0-9a-z]>-<43 of [0-9A-Za-z]>`, and what is stored of them. Pure but for the
// random bytes of mint_api_key(). Any thread. A key is a secret: only its public part and its SHA-256 are ever stored
// or logged.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ferry::access {

// The sizes of an imported key, in bytes; shorter is too easy to guess, longer is no key.
inline constexpr std::size_t min_imported_key = 16;
inline constexpr std::size_t max_imported_key = 256;

using sha256_digest = std::array<unsigned char, 32>;

// Makes a new key: 52 bits of public part, 256 bits of secret. Throws std::runtime_error if the system has no
// randomness to give.
std::string mint_api_key();

// On the request path: no allocation after a thread's first call. Throws std::runtime_error if the library has no
// SHA-256 to give.
sha256_digest sha256(std::string_view text);

// 64 lower-case hex digits, as api_keys.key_sha256 holds them.
std::string sha256_hex(std::string_view text);

// The digest that `hex` (64 hex digits of either case) spells; nothing if it spells none.
std::optional<sha256_digest> parse_sha256_hex(std::string_view hex);

// The 10 characters between `fk-` and `-` if `key` has exactly the form of a minted key; nothing for any other text.
// A view into `key`.
std::optional<std::string_view> public_part(std::string_view key);

// The api_keys.public_id under which `key` is stored and looked up: the public part of a minted key, otherwise (an
// imported key) `im-` and the first 20 hex digits of its SHA-256.
std::string public_id(std::string_view key);

// The public_id of an imported key whose SHA-256 is `digest`.
std::string imported_public_id(const sha256_digest& digest);

// Why `key` cannot be imported, as a sentence that does not repeat it; nothing if it can: 16..256 bytes, no control
// bytes and no blank at either end, for it must arrive unchanged in a header.
std::optional<std::string> import_defect(std::string_view key);

}  // namespace ferry::access
