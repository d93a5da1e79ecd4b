#include "relay/tries/patience.hpp"

#include "base/decimal.hpp"

namespace ferry::relay {

std::optional<milliseconds> client_timeout(std::string_view seconds) {
    constexpr std::int64_t most = 24 * 3'600'000;
    const auto point = seconds.find('.');
    if (point != std::string_view::npos) seconds = seconds.substr(0, point + 4);
    const auto ms = parse_decimal(seconds, 3);
    if (!ms || *ms <= 0 || *ms > most) return std::nullopt;
    return milliseconds(*ms);
}

}  // namespace ferry::relay
