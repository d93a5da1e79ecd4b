#include "upstream/way.hpp"

#include <boost/json.hpp>
#include <cmath>
#include <stdexcept>
#include <string>

namespace ferry::bench {
namespace {

namespace json = boost::json;

double number(const json::key_value_pair& member, double lowest) {
    const double n = member.value().is_number() ? member.value().to_number<double>() : -1;
    if (n >= lowest && n < 1e9) return n;
    throw std::invalid_argument("network." + std::string(member.key()) + " must be a number from " +
                                std::to_string(static_cast<int>(lowest)));
}

}  // namespace

void apply(const json::object& members, network& onto) {
    for (const auto& member : members) {
        const std::string_view name(member.key());
        const auto milliseconds = [&] { return std::chrono::microseconds(std::llround(number(member, 0) * 1000)); };
        if (name == "read_delay_ms")
            onto.read_delay = milliseconds();
        else if (name == "write_delay_ms")
            onto.write_delay = milliseconds();
        else if (name == "window")
            onto.window = static_cast<std::size_t>(number(member, 1));
        else if (name == "tickets_after_ms")
            onto.tickets_after = milliseconds();
        else if (name == "interim_after_ms")
            onto.interim_after = milliseconds();
        else
            throw std::invalid_argument("unknown member of network \"" + std::string(name) +
                                        "\": read_delay_ms, write_delay_ms, window, tickets_after_ms or "
                                        "interim_after_ms");
    }
}

}  // namespace ferry::bench
