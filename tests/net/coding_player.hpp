// Feeds a body in a content coding to a decoder, in any pieces and into room of any size.
#pragma once

#include <array>
#include <boost/test/unit_test.hpp>
#include <string>
#include <vector>

#include "net/content_coding.hpp"
#include "net/encoded.hpp"

namespace ferry::net::testing {

using verdict = content_decoder::verdict;

struct spelling {
    form how;
    content_coding coding;
    std::string_view name;
};
inline constexpr std::array<spelling, 5> all = {{{form::gzip, content_coding::gzip, "gzip"},
                                          {form::deflate, content_coding::deflate, "deflate"},
                                          {form::raw_deflate, content_coding::deflate, "deflate without wrapping"},
                                          {form::brotli, content_coding::brotli, "br"},
                                          {form::zstd, content_coding::zstd, "zstd"}}};

inline coding_list list_of(content_coding coding) {
    coding_list list;
    list.push_back(coding);
    return list;
}

// Feeds a body in pieces and takes what comes out through room of one size.
class player {
public:
    explicit player(const coding_list& codings, expansion_limits limits = {}, std::size_t room = 4096)
        : decoder(codings, limits), room_(room, '\0') {}

    void feed(std::string_view piece) {
        for (bool filled = true; says == verdict::good && (!piece.empty() || filled);) {
            const auto step = decoder.decode(piece, room_);
            says = step.says;
            piece.remove_prefix(step.consumed);
            text.append(room_.data(), step.produced);
            filled = step.produced == room_.size();
            BOOST_REQUIRE((step.consumed > 0 || filled || piece.empty() || says != verdict::good));
        }
    }
    void feed(std::string_view body, std::size_t first, std::size_t step) {
        feed(body.substr(0, first));
        for (auto at = std::min(first, body.size()); at < body.size(); at += step) feed(body.substr(at, step));
    }

    content_decoder decoder;
    std::string text;
    verdict says = verdict::good;

private:
    std::vector<char> room_;
};

inline std::string sample() {
    std::string text;
    for (int i = 0; i < 40; ++i) {
        text += "data: {\"index\":" + std::to_string(i * i) + ",\"text\":\"\xe4\xbd\xa0\"}\n\n";
    }
    return text;
}

}  // namespace ferry::net::testing
