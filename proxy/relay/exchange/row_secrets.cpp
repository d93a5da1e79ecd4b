#include "relay/exchange/row_secrets.hpp"

namespace ferry::relay {

std::vector<std::string_view> secrets_of(const catalog::candidate& row) {
    std::vector<std::string_view> all;
    const auto add = [&all](const catalog::header& sent) {
        const auto value = sent.value.reveal();
        // Shorter than this a value is a word of the language (`true`, `beta`), not a secret.
        constexpr std::size_t least = 8;
        if (value.size() >= least) all.push_back(value);
        const auto space = value.find(' ');
        if (space != std::string_view::npos && value.size() - space > least) all.push_back(value.substr(space + 1));
    };
    if (row.credentials) add(*row.credentials);
    for (const auto& extra : row.extra_headers) add(extra);
    return all;
}

}  // namespace ferry::relay
