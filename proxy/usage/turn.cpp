#include "usage/turn.hpp"

#include "usage/wire.hpp"

namespace ferry::usage {

namespace {

std::size_t size_of(const turn& what) {
    std::size_t size = 6 * wire_writer::longest_number;
    for (const auto& one : what.messages) {
        size += one.role.size() + one.content.size() + (one.extra ? one.extra->size() : 0);
        size += 4 * wire_writer::longest_number;
    }
    return size;
}

// Whole, however long.
void put(wire_writer& out, std::string_view text) {
    out.count(text.size());
    out.raw(text);
}

}  // namespace

std::string encode_turn(const turn& what) {
    std::string bytes(size_of(what), '\0');
    wire_writer out(bytes.data());
    out.number(what.owner);
    out.number(what.conversation_id);
    out.number(what.position);
    out.byte(what.has_answer ? 1 : 0);
    for (const auto& one : what.messages) {
        out.byte(one.extra ? 2 : 1);
        put(out, one.role);
        put(out, one.content);
        if (one.extra) put(out, *one.extra);
    }
    out.byte(0);
    bytes.resize(out.written().size());
    return bytes;
}

std::optional<turn> decode_turn(std::string_view bytes) {
    wire_reader in(bytes);
    turn what;
    what.owner = in.number();
    what.conversation_id = in.number();
    what.position = in.number();
    what.has_answer = in.byte() != 0;
    for (auto next = in.byte(); next != 0 && in.is_good(); next = in.byte()) {
        message one;
        one.role = in.text();
        one.content = in.text();
        if (next == 2) one.extra = in.text();
        what.messages.push_back(std::move(one));
    }
    if (!in.is_good()) return std::nullopt;
    return what;
}

}  // namespace ferry::usage
