#include "openai/usage_finder.hpp"

#include "base/ascii.hpp"

namespace ferry::openai {

usage_finder::usage_finder(answer_words* words) : reader_(words), scanner_(reader_, json_depth_max) {}

void usage_finder::feed(std::string_view piece) {
    has_begun_ = has_begun_ || piece.find_first_not_of(white_space) != std::string_view::npos;
    scanner_.feed(piece);
    reader_.facts().is_object = is_complete() && reader_.is_object();
}

bool usage_finder::is_complete() const {
    return scanner_.is_done();
}

}  // namespace ferry::openai
