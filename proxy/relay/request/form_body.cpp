#include "relay/request/form_body.hpp"

#include "relay/request/body_limits.hpp"

namespace ferry::relay {

namespace {

constexpr std::size_t most_in_memory = 256u << 10;

fault spools_are_full() {
    return fault::self(fault_code::overloaded,
                       "There is no room to take the request's files at the moment: try again later.",
                       "The forms in flight have used up limits.spool_bytes.");
}

}  // namespace

std::optional<fault> form_body::take(std::string_view piece) {
    if (auto refused = scanner_.feed(piece)) return refused;
    return keep(piece);
}

std::optional<fault> form_body::keep(std::string_view piece) {
    auto& body = x_.body;
    const auto most = most_body_bytes(x_);
    if (piece.size() > most || body.size() > most - piece.size()) {
        return body_too_large(most);
    }
    if (body.file() == nullptr && body.size() + piece.size() > most_in_memory) {
        auto opened = spool::open(x_.settings->spool_dir);
        if (!opened) return opened.error();
        const auto moved = body.move_to(std::move(*opened));
        if (!moved) return moved.error();
    }
    if (body.file() == nullptr) {
        if (body.append(piece)) return std::nullopt;
        return no_memory_for_body();
    }
    if (!x_.spooled.cover(body.size() + piece.size())) return spools_are_full();
    const auto kept = body.file()->append(piece);
    if (!kept) return kept.error();
    return std::nullopt;
}

std::optional<fault> form_body::finish() {
    auto scanned = scanner_.finish();
    if (!scanned) return scanned.error();
    if (x_.body.file() != nullptr) {
        const auto mapped = x_.body.file()->map();
        if (!mapped) return mapped.error();
    }
    auto& asked = x_.asked;
    asked.model = scanned->model;
    asked.id = scanned->id;
    asked.conversation_id = scanned->conversation_id;
    asked.stream = scanned->stream && x_.operation.streams != openai::stream_kind::none;
    asked.n = scanned->n;
    asked.user = scanned->user;
    x_.asked_bytes = static_cast<std::int64_t>(scanned->file_bytes);
    x_.asked_size = scanned->size.value_or("");
    x_.asked_quality = scanned->quality.value_or("");
    x_.form = std::move(*scanned);
    return std::nullopt;
}

}  // namespace ferry::relay
