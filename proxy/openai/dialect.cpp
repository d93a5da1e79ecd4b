#include "openai/dialect.hpp"

#include <array>

namespace ferry::openai {

namespace {

dialect decide(std::string_view beginning) {
    constexpr std::array<std::string_view, 5> fields = {":", "data:", "event:", "id:", "retry:"};
    for (const auto field : fields) {
        if (beginning == field) return dialect::events;
        if (field.starts_with(beginning)) return dialect::undecided;
    }
    const bool is_json = std::string_view("{[\"-0123456789tfn").find(beginning.front()) != std::string_view::npos;
    return is_json ? dialect::document : dialect::other;
}

}  // namespace

void dialect_finder::feed(std::string_view piece) {
    for (const char c : start_.skip(piece)) {
        if (found_ != dialect::undecided) return;
        beginning_ += c;
        found_ = start_.is_broken() ? dialect::other : decide(beginning_);
    }
}

}  // namespace ferry::openai
