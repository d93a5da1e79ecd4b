#include "net/content_coding.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "net/decoding_stage.hpp"
#include "net/token.hpp"

namespace ferry::net {

namespace {

constexpr std::size_t between_size = 8192;  // of what one coding has given and the next has not taken

// False: unknown, or one too many.
bool add_coding(std::string_view name, coding_list& list) {
    using enum content_coding;
    struct named {
        std::string_view name;
        content_coding coding;
    };
    // RFC 9110 section 8.4.1.3: x-gzip is gzip.
    static constexpr std::array<named, 5> known = {
        {{"gzip", gzip}, {"x-gzip", gzip}, {"deflate", deflate}, {"br", brotli}, {"zstd", zstd}}};
    if (name.empty() || same_token(name, "identity")) return true;
    for (const auto& one : known) {
        if (!same_token(name, one.name)) continue;
        if (list.size() == list.capacity()) return false;
        list.push_back(one.coding);
        return true;
    }
    return false;
}

}  // namespace

std::optional<coding_list> content_codings(const http_head& head) {
    coding_list list;
    if (!head.content_encoding) return list;
    for (const auto& [name, value] : head.fields) {
        if (!same_token(name, "content-encoding")) continue;
        for (auto rest = value;;) {
            const auto comma = rest.find(',');
            if (!add_coding(trimmed(rest.substr(0, comma)), list)) return std::nullopt;
            if (comma == std::string_view::npos) break;
            rest.remove_prefix(comma + 1);
        }
    }
    return list;
}

// A stage, and what it has given that the next one has not taken.
struct content_decoder::link {
    explicit link(content_coding coding) : stage(make_stage(coding)) {}

    std::unique_ptr<decoding_stage> stage;
    std::unique_ptr<char[]> between;  // none behind the last stage
    std::string_view waiting;         // of `between`
    bool broken = false;
};

content_decoder::content_decoder(const coding_list& codings, expansion_limits limits) : limits_(limits) {
    chain_.reserve(codings.size());
    for (auto coding = codings.rbegin(); coding != codings.rend(); ++coding) {
        if (!chain_.empty()) chain_.back().between.reset(new char[between_size]);
        chain_.emplace_back(*coding);
    }
}

content_decoder::~content_decoder() = default;
content_decoder::content_decoder(content_decoder&&) noexcept = default;

// Whether anything was taken or given.
bool content_decoder::run_one(std::size_t i, std::string_view& in, std::span<char>& out) {
    auto& one = chain_[i];
    const bool last = i + 1 == chain_.size();
    // What was given before must be taken before there is room for more.
    if (one.broken || !one.waiting.empty()) return false;
    auto& from = i == 0 ? in : chain_[i - 1].waiting;
    std::span<char> between(one.between.get(), last ? 0 : between_size);
    auto& into = last ? out : between;
    const auto before_in = from.size(), before_out = into.size();
    one.broken = !one.stage->run(from, into);
    const auto given = before_out - into.size();
    if (!last) one.waiting = {one.between.get(), given};
    return from.size() < before_in || given > 0;
}

content_decoder::step content_decoder::run_all(std::string_view in, std::span<char> out) {
    const auto before_in = in.size(), before_out = out.size();
    for (bool moved = true; moved && !out.empty();) {
        moved = false;
        for (std::size_t i = 0; i < chain_.size(); ++i) moved = run_one(i, in, out) || moved;
    }
    step done{.consumed = before_in - in.size(), .produced = before_out - out.size()};
    // What was decoded before it broke has come out once there is room left.
    const auto is_broken = [](const link& one) { return one.broken; };
    if (!out.empty() && std::any_of(chain_.begin(), chain_.end(), is_broken)) done.says = verdict::broken;
    return done;
}

content_decoder::step content_decoder::decode(std::string_view in, std::span<char> out) {
    auto done = run_all(in, out);
    // Whatever the libraries make of odd bytes: nobody may wait for ever for what does not move.
    if (!in.empty() && done.consumed == 0 && done.produced == 0) done.says = verdict::broken;
    taken_ += done.consumed;
    given_ += done.produced;
    if (limits_.bytes > 0 && given_ > limits_.bytes) done.says = verdict::too_large;
    if (limits_.ratio > 0 && given_ > limits_.ratio_from && given_ / limits_.ratio > taken_) {
        done.says = verdict::too_large;
    }
    return done;
}

bool content_decoder::complete() const {
    for (const auto& one : chain_) {
        if (!one.stage->complete() || !one.waiting.empty()) return false;
    }
    return true;
}

std::size_t content_decoder::memory() const {
    std::size_t all = (chain_.size() - 1) * between_size;
    for (const auto& one : chain_) all += one.stage->memory();
    return all;
}

}  // namespace ferry::net
