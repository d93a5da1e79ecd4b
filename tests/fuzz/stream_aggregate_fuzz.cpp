// Lines of any bytes: those that are JSON objects become one JSON object, whatever they hold, in bounded memory.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "openai/event_facts.hpp"
#include "openai/stream_aggregate.hpp"

using namespace ferry::openai;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t most = 64 * 1024;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    stream_aggregate made(most);
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(line.size() == rest.size() ? line.size() : line.size() + 1);
        if (inspect_event(line).is_object && made.add(line) != aggregation::taken) return 0;
    }
    const auto document = made.finish();
    if (!inspect_event(document).is_object) std::abort();
    return 0;
}
