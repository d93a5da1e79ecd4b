#pragma once

#include <span>
#include <string>
#include <string_view>

namespace ferry::openai {

// `text` with every secret, and every word that looks like a credential (sk-..., fk-..., what follows Bearer), as ***.
// What is percent-encoded around such a word is understood. A provider may quote the key it refuses; that key is
// Ferry's, not the client's.
std::string scrub_secrets(std::string_view text, std::span<const std::string_view> secrets);

// Whether scrub_secrets would find a word that looks like a credential. Cheap where there is none.
bool holds_credential(std::string_view text);

}  // namespace ferry::openai
