#include "openai/usage_finder.hpp"

namespace ferry::openai {

usage_finder::usage_finder() : reader_(true), scanner_(reader_, json_depth_max) {}

void usage_finder::feed(std::string_view piece) {
    if (!begun_) {
        const auto at = piece.find_first_not_of(" \t\r\n");
        begun_ = at != std::string_view::npos;
        if (begun_) first_ = piece[at];
    }
    scanner_.feed(piece);
}

bool usage_finder::is_complete() const {
    return scanner_.is_done();
}

event_facts usage_finder::facts() const {
    auto facts = reader_.facts();
    facts.is_object = is_complete() && reader_.is_object();
    return facts;
}

}  // namespace ferry::openai
