// Any bytes: a chunked body means the same however it is split, and what a second reader of RFC 9112 makes of it.
#include <cstdint>
#include <optional>
#include <string>

#include "fuzz/fuzz.hpp"
#include "net/chunked_body.hpp"

using namespace ferry;
using namespace ferry::fuzz;

namespace {

struct decoded {
    std::string body;
    std::size_t consumed = 0;
    bool done = false, failed = false;

    bool operator==(const decoded&) const = default;
};

decoded decode(std::string_view bytes, std::size_t piece) {
    net::chunked_body chunks;
    decoded made;
    for (std::size_t at = 0; at < bytes.size() && !chunks.is_done() && !chunks.has_failed(); at += piece) {
        piece_list payload;
        const auto given = bytes.substr(at, piece);
        const auto used = chunks.read(given, payload);
        require(used <= given.size());
        require(used == given.size() || chunks.is_done() || chunks.has_failed());
        for (const auto one : payload) {
            require(one.data() >= given.data() && one.data() + one.size() <= given.data() + used);
            made.body += one;
        }
        made.consumed += used;
    }
    made.done = chunks.is_done();
    made.failed = chunks.has_failed();
    require(!(made.done && made.failed));
    return made;
}

// The grammar without extensions and trailers, read in the plainest way; nothing where those or an error come.
std::optional<std::string> plain_reading(std::string_view bytes) {
    std::string body;
    for (;;) {
        const auto line = bytes.find("\r\n");
        if (line == 0 || line > 16 || bytes.find_first_not_of("0123456789abcdefABCDEF") != line) return std::nullopt;
        const auto size = std::stoull(std::string(bytes.substr(0, line)), nullptr, 16);
        bytes.remove_prefix(line + 2);
        if (size == 0) return bytes.starts_with("\r\n") ? std::optional(body) : std::nullopt;
        if (size > bytes.size() || bytes.substr(size, 2) != "\r\n") return std::nullopt;
        body += bytes.substr(0, size);
        bytes.remove_prefix(size + 2);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char*>(data), size);
    const auto whole = decode(bytes, size + 1);
    for (const std::size_t piece : {1, 2, 7}) {
        const auto split = decode(bytes, piece);
        require(split.done == whole.done && split.failed == whole.failed);
        if (!whole.failed) require(split == whole);
    }
    if (const auto plain = plain_reading(bytes)) require(whole.done && whole.body == *plain);
    if (!whole.done) return 0;
    // What lies behind the body is no part of it.
    require(decode(bytes + "0\r\n\r\n", size + 6) == whole);
    require(decode(bytes.substr(0, whole.consumed), 1) == whole);
    return 0;
}
