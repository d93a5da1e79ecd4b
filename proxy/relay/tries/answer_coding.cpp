#include "relay/tries/answer_coding.hpp"

namespace ferry::relay {

using verdict = net::content_expansion::verdict;

namespace {

fault invalid_answer(std::string text) {
    return fault::upstream(fault_code::upstream_invalid_response, retry_advice::next_candidate, std::move(text));
}

}  // namespace

fault coding_fault(verdict says) {
    switch (says) {
        case verdict::unknown:
            return invalid_answer("The upstream's answer has a content coding that Ferry does not know.");
        case verdict::too_large:
            return invalid_answer("The upstream's answer is compressed, and expands to more than Ferry passes on.");
        case verdict::broken:
        case verdict::good:
            break;
    }
    return invalid_answer("The upstream's answer is not in the content coding it names.");
}

fault coding_cut_short() {
    return invalid_answer("The upstream's answer is compressed, and ends before its compressed data does.");
}

std::optional<fault> expand_whole(const net::http_head& head, bool is_whole, std::string& body) {
    const auto expansion = net::content_expansion::of(head, answer_expansion);
    if (!expansion) return std::nullopt;
    const std::string coded = std::move(body);
    body.clear();
    piece_list pieces;
    pieces.push_back(coded);
    expansion->add(pieces);
    auto says = verdict::good;
    do {
        pieces.clear();
        expansion->make_room();
        says = expansion->expand(pieces);
        for (const auto piece : pieces) body.append(piece);
    } while (says == verdict::good && expansion->has_more());
    if (says != verdict::good) return coding_fault(says);
    if (is_whole && !expansion->complete()) return coding_cut_short();
    return std::nullopt;
}

}  // namespace ferry::relay
