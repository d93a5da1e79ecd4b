// The first byte chooses the codings, the rest is the body: what comes out is the same however the body is split, and
// stays within its limit.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "net/content_coding.hpp"

using namespace ferry::net;

namespace {

constexpr std::size_t most = 1u << 20;

void require(bool holds) {
    if (!holds) std::abort();
}

struct outcome {
    std::string text;
    content_decoder::verdict says = content_decoder::verdict::good;
    bool complete = false;
};

outcome play(const coding_list& codings, std::string_view body, std::size_t piece, std::size_t room) {
    content_decoder decoder(codings, {.bytes = most});
    std::string into(room, '\0');
    outcome got;
    for (std::size_t at = 0; at < body.size() && got.says == content_decoder::verdict::good; at += piece) {
        auto part = body.substr(at, piece);
        for (bool filled = true; got.says == content_decoder::verdict::good && (!part.empty() || filled);) {
            const auto step = decoder.decode(part, into);
            require(step.consumed <= part.size() && step.produced <= room);
            got.says = step.says;
            got.text.append(into, 0, step.produced);
            part.remove_prefix(step.consumed);
            filled = step.produced == room;
            require(step.consumed > 0 || filled || part.empty() || got.says != content_decoder::verdict::good);
        }
        require(decoder.memory() < (64u << 20));
    }
    got.complete = decoder.complete();
    require(got.text.size() <= most + room);
    return got;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    using enum content_coding;
    constexpr std::array<content_coding, 4> each = {gzip, deflate, brotli, zstd};
    coding_list codings;
    codings.push_back(each[data[0] & 3]);
    if (data[0] & 4) codings.push_back(each[(data[0] >> 3) & 3]);
    const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto whole = play(codings, body, body.size() + 1, 65536);
    for (const std::size_t piece : {std::size_t(1), std::size_t(7)}) {
        const auto split = play(codings, body, piece, 4096);
        if (whole.says == content_decoder::verdict::too_large) continue;
        require(split.says == whole.says);
        // How much of a broken block comes out depends on how much of it was there.
        const bool good = whole.says == content_decoder::verdict::good;
        require(split.text.starts_with(whole.text) || whole.text.starts_with(split.text));
        require(!good || split.text == whole.text);
        require(split.complete == whole.complete || !good);
    }
    return 0;
}
