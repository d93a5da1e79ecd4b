// Lines of any bytes: those that are JSON values are put together to one JSON value, in bounded memory, and no text
// that was taken is lost.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "openai/event_facts.hpp"
#include "openai/json_merge.hpp"
#include "openai/json_walk.hpp"

using namespace ferry::openai;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

// The value of the only member `v`, as spelled; "" if the line is no JSON value.
std::string value_in(std::string_view line) {
    const auto object = "{\"v\":" + std::string(line) + "}";
    std::string value;
    int members = 0;
    if (!inspect_event(object).is_object) return value;
    for_each_member(object, [&](std::string_view, std::string_view spelled) {
        value = spelled;
        ++members;
    });
    return members == 1 ? value : std::string();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t most = 64 * 1024;
    std::string_view rest(reinterpret_cast<const char*>(data), size);
    json_merge made;
    merge_account account{most};
    std::string text;
    bool only_text = true;
    while (!rest.empty()) {
        const auto line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(line.size() == rest.size() ? line.size() : line.size() + 1);
        const auto value = value_in(line);
        if (value.empty()) continue;
        // Before it is known whether it is taken: what is refused may have begun to change what is there.
        only_text = only_text && (value == "null" || value.front() == '"');
        const bool taken = made.add("content", value, merge_rule::fragments, account);
        require(taken != account.failed());
        require(account.left <= most);
        if (!taken) break;
        if (value == "null") continue;
        if (only_text) text += value.substr(1, value.size() - 2);
    }
    std::string out;
    made.write(out);
    require(inspect_event("{\"v\":" + out + "}").is_object);
    require(out.size() <= 2 * most);
    if (only_text && !made.is_null()) require(out == "\"" + text + "\"");
    return 0;
}
